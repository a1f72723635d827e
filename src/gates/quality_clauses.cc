// The evaluations of quality: what was recorded about this release, against what is asked for.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/text.h"
#include "gates/findings.h"
#include "gates/quality_evidence.h"
#include "gates/start_gates.h"

namespace sluice::gates {
namespace {

// What one record says of the domain, and whether it counts.
struct Word {
  const KeptEvidence* kept = nullptr;
  const Assessed* assessed = nullptr;
  Objection objection{};
};

std::string name_of(const Word& word) {
  return fmt::format("{} by {}", evidence_name(word.kept->evidence.id),
                     quoted(word.kept->evidence.by));
}

// Every word about the domain, sorted by what it is worth.
struct Heard {
  std::vector<Word> fails;
  std::vector<Word> passes;
  std::vector<Word> open;       // INCONCLUSIVE in themselves
  std::vector<Word> uncounted;  // with the objection
  int elsewhere = 0;            // about other releases

  [[nodiscard]] int examined() const {
    return static_cast<int>(fails.size() + passes.size() + open.size() + uncounted.size());
  }
};

// A revoked record and the word of somebody who may not speak replace nothing, and what could not
// be decided does not replace a FAIL. What was made earlier is older, whenever it was brought.
bool replaces(const Facts& facts, const Word& newer, const Word& older) {
  const Evidence& evidence = newer.kept->evidence;
  if (newer.assessed->proof != older.assessed->proof) return false;
  if (evidence.series != older.kept->evidence.series || newer.kept->revocation) return false;
  if (newer.assessed->verdict == Verdict::inconclusive &&
      older.assessed->verdict == Verdict::fail) {
    return false;
  }
  return objection_to_evaluator(facts, evidence, newer.assessed->domain).code.empty();
}

std::vector<Word> words_about(const Facts& facts, std::string_view domain, int& elsewhere) {
  std::vector<Word> words;
  for (const KeptEvidence& kept : facts.service.evidence.records) {
    for (const Assessed& assessed : kept.evidence.assessed) {
      if (assessed.domain != domain) continue;
      const bool ours = kept.evidence.about == facts.release.digest;
      elsewhere += ours ? 0 : 1;
      if (ours) words.push_back({.kept = &kept, .assessed = &assessed});
    }
  }
  // Where two were made at the same time, the ledger's order counts.
  std::ranges::stable_sort(
      words, {}, [](const Word& word) -> const Tick& { return word.kept->evidence.observed; });
  return words;
}

// The newest of each series, and what it does not replace.
std::vector<Word> newest(const Facts& facts, std::string_view domain, int& elsewhere) {
  const std::vector<Word> words = words_about(facts, domain, elsewhere);
  std::vector<Word> left;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool replaced =
        std::any_of(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end(),
                    [&](const Word& newer) { return replaces(facts, newer, words[i]); });
    if (!replaced) left.push_back(words[i]);
  }
  return left;
}

// A FAIL does not go away by age, by a change of the rules, or by a revocation of its author.
bool fails(const Facts& facts, const Word& word, std::string_view domain) {
  if (word.assessed->verdict != Verdict::fail) return false;
  return !word.kept->revocation || !may_set_aside(facts, *word.kept->revocation, domain);
}

Heard hear(const Facts& facts, const QualityRule& rule) {
  Heard heard;
  for (Word& word : newest(facts, rule.domain, heard.elsewhere)) {
    word.objection = objection_to(facts, *word.kept, *word.assessed, rule);
    if (fails(facts, word, rule.domain)) {
      heard.fails.push_back(std::move(word));
    } else if (!word.objection.code.empty()) {
      heard.uncounted.push_back(std::move(word));
    } else if (word.assessed->verdict == Verdict::pass && word.assessed->looked_at > 0) {
      heard.passes.push_back(std::move(word));
    } else {
      heard.open.push_back(std::move(word));
    }
  }
  return heard;
}

bool shows(const std::vector<Word>& words, Proof proof) {
  return std::ranges::any_of(words,
                             [&](const Word& word) { return word.assessed->proof == proof; });
}

// What one thing is, and what is to be done about it.
struct Lack {
  std::string code;
  std::string why;
  std::string remedy;
};

std::string bring(const Facts& facts, std::string_view domain) {
  return fmt::format("`sluice evidence add {} FILE` by {}", printable(facts.contract.file, 200),
                     who_evaluates(facts, domain));
}

// A proof that is asked for, and of which nothing counts.
Lack missing(const Facts& facts, const Heard& heard, const QualityRule& rule, Proof proof) {
  Lack lack{.code = fmt::format("{}_missing", to_text(proof)),
            .why = proof == Proof::tests
                       ? std::string("no tests of this release are recorded")
                       : fmt::format("no {} of this release is recorded", to_text(proof)),
            .remedy = bring(facts, rule.domain)};
  std::vector<std::string> whys;
  for (const Word& word : heard.uncounted) {
    if (word.assessed->proof != proof) continue;
    if (whys.empty()) lack.code = word.objection.code;
    whys.push_back(
        fmt::format("{} {}", evidence_name(word.kept->evidence.id), word.objection.words));
  }
  if (!whys.empty()) {
    lack.why = fmt::format("no {} counts: {}", to_text(proof), list_text(whys));
  } else if (heard.elsewhere > 0) {
    lack.why += fmt::format(" ({} about other releases)", heard.elsewhere);
  }
  return lack;
}

// A scan by a tool that is not asked for does no harm beside one that is.
bool holds_back(const Word& word, const Heard& heard) {
  return word.assessed->code != "tool_not_allowed" || !shows(heard.passes, word.assessed->proof);
}

std::vector<Lack> lacks_of(const Facts& facts, const Heard& heard, const QualityRule& rule) {
  std::vector<Lack> lacks;
  if (std::string doubt = evaluation_doubt(facts); !doubt.empty()) {
    lacks.push_back({"author_unknown", std::move(doubt), std::string(kListAuthor)});
  }
  for (const Proof proof : rule.demands) {
    if (shows(heard.passes, proof) || shows(heard.open, proof)) continue;
    lacks.push_back(missing(facts, heard, rule, proof));
  }
  for (const Word& word : heard.open) {
    if (!holds_back(word, heard)) continue;
    lacks.push_back({word.assessed->code, fmt::format("{}: {}", name_of(word), word.assessed->why),
                     word.assessed->remedy + ", then " + bring(facts, rule.domain)});
  }
  return lacks;
}

ClauseVerdict failed(const Facts& facts, const Heard& heard, const QualityRule& rule,
                     ClauseVerdict verdict) {
  verdict.verdict = Verdict::fail;
  verdict.code = heard.fails.front().assessed->code;
  std::vector<std::string> whys;
  std::vector<std::string> remedies;
  for (const Word& word : heard.fails) {
    std::string why = fmt::format("{}: {}", name_of(word), word.assessed->why);
    if (word.kept->revocation) {
      why +=
          fmt::format(" (its revocation by {} counts only by an evaluator of {} who is no author)",
                      quoted(word.kept->revocation->by), quoted(rule.domain));
    }
    whys.push_back(std::move(why));
    remedies.push_back(word.assessed->remedy);
    verdict.evidence.push_back(word.kept->evidence.id);
  }
  verdict.why = list_text(whys);
  std::ranges::sort(remedies);
  const auto twice = std::ranges::unique(remedies);
  remedies.erase(twice.begin(), twice.end());
  verdict.remedy = list_text(remedies) + ", then " + bring(facts, rule.domain);
  return verdict;
}

ClauseVerdict open(const std::vector<Lack>& lacks, ClauseVerdict verdict) {
  std::vector<std::string> whys;
  std::vector<std::string> remedies;
  for (const Lack& lack : lacks) {
    whys.push_back(lack.why);
    if (std::ranges::find(remedies, lack.remedy) == remedies.end()) remedies.push_back(lack.remedy);
  }
  verdict.code = lacks.front().code;
  verdict.why = list_text(whys);
  verdict.remedy = list_text(remedies);
  return verdict;
}

ClauseVerdict passed(const Heard& heard, ClauseVerdict verdict) {
  verdict.verdict = Verdict::pass;
  verdict.code = "ok";
  verdict.looked_at = 0;
  std::vector<std::string> whys;
  for (const Word& word : heard.passes) {
    const Evidence& evidence = word.kept->evidence;
    whys.push_back(fmt::format("{} by {}, {}: {}", to_text(word.assessed->proof),
                               printable(evidence.by, 80), evidence_name(evidence.id),
                               word.assessed->why));
    verdict.looked_at += std::min(word.assessed->looked_at, 1'000'000);
    verdict.evidence.push_back(evidence.id);
  }
  verdict.why = list_text(whys);
  return verdict;
}

ClauseVerdict evaluate(const Facts& facts, Clause clause) {
  const std::string_view domain = domain_of(clause);
  const auto rule = std::ranges::find(facts.policy.quality, domain, &QualityRule::domain);
  SLUICE_ASSERT(rule != facts.policy.quality.end());
  const Heard heard = hear(facts, *rule);
  ClauseVerdict verdict{.clause = clause, .looked_at = heard.examined()};
  if (!heard.fails.empty()) return failed(facts, heard, *rule, std::move(verdict));
  const std::vector<Lack> lacks = lacks_of(facts, heard, *rule);
  if (!lacks.empty()) return open(lacks, std::move(verdict));
  return passed(heard, std::move(verdict));
}

}  // namespace

ClauseVerdict pre_quality_security(const Facts& facts) {
  return evaluate(facts, Clause::pre_quality_security);
}
ClauseVerdict pre_quality_architecture(const Facts& facts) {
  return evaluate(facts, Clause::pre_quality_architecture);
}
ClauseVerdict pre_quality_performance(const Facts& facts) {
  return evaluate(facts, Clause::pre_quality_performance);
}
ClauseVerdict pre_quality_observability(const Facts& facts) {
  return evaluate(facts, Clause::pre_quality_observability);
}

}  // namespace sluice::gates
