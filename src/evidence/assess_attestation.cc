#include "base/text.h"
#include "evidence/assessment.h"
#include "evidence/assessment_text.h"

namespace sluice::evidence {
namespace {

bool has(const std::vector<std::string>& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

bool is_about(const DigestSet& subject, const AttestationRule& rule) {
  if (const auto sha = subject.find("sha256"); sha != subject.end()) {
    const auto digest = parse_digest(sha->second);
    if (digest && std::ranges::find(rule.artifacts, *digest) != rule.artifacts.end()) return true;
  }
  const auto commit = subject.find("gitCommit");
  return commit != subject.end() && !rule.commit.empty() &&
         commit->second == to_lower_ascii(rule.commit);
}

// The id of builder or verifier in whose name the statement is made; empty where there is none.
std::string speaks_as(const Predicate& predicate) {
  if (const auto* made = std::get_if<Provenance>(&predicate)) return made->builder_id;
  if (const auto* summary = std::get_if<VerificationSummary>(&predicate))
    return summary->verifier_id;
  return {};
}

// Why this signer does not count; empty where it does.
std::string objection(const TrustedKey& signer, const Statement& statement,
                      const AttestationRule& rule) {
  const std::string who = in_ticks(signer.evaluator);
  const std::string as = speaks_as(statement.predicate);
  if (signer.evaluator == rule.author) return fmt::format("{} is the author of the change", who);
  if (!has(signer.predicate_types, statement.predicate_type)) {
    return fmt::format("{} may not sign {}", who, in_ticks(statement.predicate_type));
  }
  if (!has(signer.domains, rule.domain)) {
    return fmt::format("{} may not speak of {}", who, in_ticks(rule.domain));
  }
  if (!as.empty() && !has(signer.speaks_for, as)) {
    return fmt::format("{} may not sign for {}", who, in_ticks(as));
  }
  return {};
}

// The evaluators that count. One key is one signature, whoever else claims it.
std::vector<std::string> entitled(const Attestation& attestation, const AttestationRule& rule,
                                  std::vector<std::string>& objections) {
  std::vector<std::string> evaluators;
  std::vector<Digest> keys;
  for (const TrustedKey& signer : attestation.signers) {
    std::string why_not = objection(signer, attestation.statement, rule);
    const Digest& key = signer.key.fingerprint;
    if (!why_not.empty()) {
      objections.push_back(std::move(why_not));
    } else if (!has(evaluators, signer.evaluator) && std::ranges::find(keys, key) == keys.end()) {
      evaluators.push_back(signer.evaluator);
      keys.push_back(key);
    }
  }
  return evaluators;
}

// What the predicate itself comes to; one overload for each.
struct Said {
  Doubts failures;
  Doubts doubts;
  std::string words;
  std::int64_t looked_at = 1;

  void operator()(const UnknownPredicate& /*unknown*/, const AttestationRule& /*rule*/) {
    doubts.add("predicate_unknown", "the type of the predicate is not understood",
               "bring a statement of a type that is");
  }

  void operator()(const Provenance& made, const AttestationRule& rule) {
    words = fmt::format("built by {} as {}", in_ticks(made.builder_id), in_ticks(made.build_type));
    looked_at += static_cast<std::int64_t>(made.external_parameters.size());
    for (const std::string& name : made.external_parameters) {
      if (has(rule.external_parameters, name)) continue;
      doubts.add("unexpected_parameter",
                 fmt::format("the build was given the parameter {}", in_ticks(name)),
                 "build without it, or have it allowed");
    }
  }

  void operator()(const VerificationSummary& summary, const AttestationRule& rule) {
    words = fmt::format("{} verified {} for {}", in_ticks(summary.verifier_id),
                        listed(summary.levels), in_ticks(summary.resource_uri));
    if (!summary.passed) {
      failures.add("verification_failed",
                   fmt::format("{} says FAILED", in_ticks(summary.verifier_id)),
                   "repair what was found, and have it verified again");
    }
    for (const std::string& level : rule.levels) {
      if (has(summary.levels, level)) continue;
      doubts.add("level_missing", fmt::format("level {} is not verified", in_ticks(level)),
                 "have it verified for that level, too");
    }
  }

  void operator()(const TestResult& tests, const AttestationRule& rule) {
    looked_at += tests.passed + tests.warned + static_cast<std::int64_t>(tests.failed.size());
    words = fmt::format("tests passed ({} named)", tests.passed + tests.warned);
    if (tests.outcome == TestOutcome::failed || !tests.failed.empty()) {
      std::vector<std::string> names;
      for (const std::string& name : tests.failed) names.push_back(in_ticks(name));
      failures.add("tests_failed",
                   names.empty() ? "the tests failed" : fmt::format("failed: {}", listed(names)),
                   "repair what fails, and run the tests again");
    } else if ((tests.outcome == TestOutcome::warned || tests.warned > 0) && !rule.warned_passes) {
      doubts.add("tests_warned", "the tests passed with warnings", "clear the warnings");
    }
  }

  void operator()(const VulnerabilityScan& scan, const AttestationRule& rule) {
    looked_at += static_cast<std::int64_t>(scan.found.size());
    words = fmt::format("{} found {} below {}", in_ticks(scan.scanner),
                        scan.found.empty() ? "nothing" : fmt::format("{}", scan.found.size()),
                        to_text(rule.fails_at));
    for (const ScannedVulnerability& one : scan.found) {
      const std::string id = in_ticks(one.id.empty() ? "no id" : one.id);
      if (!one.severity) {
        doubts.add("severity_unclear", fmt::format("no severity can be told of {}", id),
                   "let the scanner give severities");
      } else if (*one.severity >= rule.fails_at) {
        failures.add("vulnerable", fmt::format("{} {}", to_text(*one.severity), id),
                     "mend the vulnerability, and scan again");
      }
    }
    if (!scan.finished) {
      doubts.add("scan_unstated", "the scan does not say when it was finished",
                 "let the scan run to its end");
    }
  }
};

Assessment refused(std::string_view code, std::string why, std::string remedy) {
  Doubts doubts;
  doubts.add(code, std::move(why), std::move(remedy));
  return doubts.assessment(Verdict::inconclusive, 1);
}

}  // namespace

Assessment assess(const Attestation& attestation, const AttestationRule& rule) {
  const Statement& statement = attestation.statement;
  if (std::ranges::none_of(statement.subjects,
                           [&](const DigestSet& subject) { return is_about(subject, rule); })) {
    return refused("other_subject", "the statement is about other artifacts",
                   "bring a statement about the digest of this release");
  }
  std::vector<std::string> objections;
  const std::vector<std::string> evaluators = entitled(attestation, rule, objections);
  if (evaluators.empty() || evaluators.size() < rule.signers_min) {
    return refused(
        "not_entitled",
        objections.empty()
            ? fmt::format("signed by {}; {} are needed",
                          counted(static_cast<std::int64_t>(evaluators.size()), "evaluator"),
                          rule.signers_min)
            : listed(objections),
        "have it signed by an evaluator whom sluice.yaml names for this domain");
  }
  Said said;
  std::visit([&](const auto& predicate) { said(predicate, rule); }, statement.predicate);
  if (!said.failures.none()) return said.failures.assessment(Verdict::fail, said.looked_at);
  if (!said.doubts.none()) return said.doubts.assessment(Verdict::inconclusive, said.looked_at);
  return passed(fmt::format("{}; signed by {}", said.words, listed(evaluators)), said.looked_at);
}

}  // namespace sluice::evidence
