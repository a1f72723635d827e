#include "contract/rollback_claim.h"

#include "base/text.h"
#include "contract/blocks.h"
#include "contract/clauses_of_prose.h"
#include "contract/inline_text.h"
#include "contract/placeholder.h"

namespace sluice::contract {
namespace {

constexpr auto kNegators = std::to_array<std::string_view>(
    {"not",   "no",      "never",  "cannot",  "can't",  "couldn't", "didn't", "wasn't",  "weren't",
     "isn't", "aren't",  "hasn't", "haven't", "hadn't", "without",  "nobody", "none",    "unable",
     "nor",   "neither", "don't",  "doesn't", "won't",  "lacks",    "lack",   "missing", "yet"});
constexpr auto kTests =
    std::to_array<std::string_view>({"test*", "verif*", "validat*", "exercis*", "rehears*",
                                     "drill*", "simulat*", "tried", "checked", "confirmed"});
constexpr auto kPerformed =
    std::to_array<std::string_view>({"performed", "done", "run", "ran", "executed", "conducted",
                                     "carried", "completed", "succeeded", "passed", "did", "made"});
constexpr auto kPast =
    std::to_array<std::string_view>({"tested", "verified", "validated", "exercised", "rehearsed",
                                     "simulated", "tried", "checked", "confirmed", "drilled"});
// Before a participle: it has not happened, or only perhaps.
constexpr auto kModals = std::to_array<std::string_view>(
    {"will",     "would", "should", "could",      "can",      "may",     "might",
     "must",     "shall", "being",  "plan*",      "need",     "needs",   "going",
     "if",       "once",  "unless", "until",      "intend*",  "expect*", "assum*",
     "we'll",    "it'll", "i'll",   "pending",    "want",     "wants",   "please",
     "upcoming", "todo",  "tbd",    "eventually", "supposed", "hope*",   "later"});
constexpr auto kWaysBack =
    std::to_array<std::string_view>({"downgrad*", "rollback*", "revert*", "backout", "restor*",
                                     "disabling", "toggl*", "rolled", "rolling", "undo*"});

// "Disabled the gate", "the gate was disabled": done, and not only how something is.
bool was_disabled(const ProseClause& clause) {
  const auto& words = clause.words;
  for (std::size_t at = find_word(words, {"disable", "disabled"}); at < words.size();
       at = find_word(words, {"disable", "disabled"}, at + 1)) {
    const bool state =
        at > 0 && find_word({words[at - 1]}, {"is", "are", "stays", "remains", "if"}) == 0;
    const bool by_default = at + 2 < words.size() && words[at + 2] == "default";
    if (!state && !by_default) return true;
  }
  return false;
}

// "Rollback", but not "rollback instructions".
bool names_way_back(const ProseClause& clause) {
  constexpr auto kThings = std::to_array<std::string_view>(
      {"instructions", "steps", "button", "plan", "plans", "runbook*", "doc*", "procedure*",
       "guide*", "mechanism*", "strategy", "script*", "policy"});
  const auto& words = clause.words;
  for (std::size_t at = find_word(words, kWaysBack); at < words.size();
       at = find_word(words, kWaysBack, at + 1)) {
    if (at + 1 == words.size() || find_word(words, kThings, at + 1) != at + 1) return true;
  }
  return false;
}

bool goes_back(const ProseClause& clause) {
  if (names_way_back(clause) || was_disabled(clause)) return true;
  constexpr auto kPhrases = std::to_array<std::string_view>(
      {"roll back", "roll* it back", "turned off", "turning off", "switched off", "switching off",
       "and off", "gate off", "flag off", "feature off", "without the feature",
       "without this feature", "previous version", "older version", "old version",
       "earlier version", "previous release"});
  return std::ranges::any_of(kPhrases,
                             [&](std::string_view phrase) { return has_phrase(clause, phrase); });
}

bool is_number(std::string_view word) {
  return word.find_first_not_of("0123456789") == std::string_view::npos;
}

// "0 of 3", "2 of 3"
bool counts_some(const ProseClause& clause) {
  const auto& words = clause.words;
  for (std::size_t at = find_word(words, {"of"}, 1); at + 1 < words.size();
       at = find_word(words, {"of"}, at + 1)) {
    const std::string &some = words[at - 1], &all = words[at + 1];
    if (is_number(some) && is_number(all) && some != all) return true;
  }
  return false;
}

// Not all of it, not of this release, not by doing it, or not for certain.
bool is_partial(const ProseClause& clause) {
  constexpr auto kHedges = std::to_array<std::string_view>(
      {"partial*",   "partly",   "incomplete", "todo",      "tbd",       "only",      "except",
       "mostly",     "largely",  "almost",     "nearly",    "probably",  "likely",    "presumably",
       "apparently", "maybe",    "perhaps",    "think",     "believe*",  "guess",     "hopefully",
       "supposedly", "afaik",    "know",       "similar*",  "another",   "theor*",    "paper",
       "review*",    "inspect*", "tabletop",   "reading",   "possible",  "supported", "documented",
       "available",  "feasible", "principle",  "asked",     "request*",  "exists",    "release's",
       "version's",  "vendor*",  "supplier*",  "according", "says",      "said",      "claim*",
       "reportedly", "told",     "mock*",      "stub*",     "syntax",    "pending",   "await*",
       "unknown",    "apart",    "excluded",   "excluding", "prototype*"});
  return has_any(clause, kHedges) || has_phrase(clause, "in the past") ||
         has_phrase(clause, "in a previous") || has_phrase(clause, "for a previous") ||
         has_phrase(clause, "in an earlier") || has_phrase(clause, "with the previous") ||
         has_phrase(clause, "for the previous") || has_phrase(clause, "in the previous") ||
         has_phrase(clause, "with the last") || has_phrase(clause, "for the last") ||
         has_phrase(clause, "can be") || has_phrase(clause, "could be") ||
         has_phrase(clause, "left out") || has_phrase(clause, "same way") ||
         has_phrase(clause, "same mechanism") || counts_some(clause);
}

// The way back was gone, and did harm: "it corrupted data"; not "without data loss".
bool tells_of_harm(const ProseClause& clause) {
  constexpr auto kHarm =
      std::to_array<std::string_view>({"corrupt*", "orphan*", "lost", "loss", "crash*", "broke",
                                       "inconsisten*", "stuck", "hung", "deadlock*", "failing"});
  constexpr std::size_t kReach = 3;
  const auto& words = clause.words;
  for (std::size_t at = find_word(words, kHarm); at < words.size();
       at = find_word(words, kHarm, at + 1)) {
    const std::size_t from = at < kReach ? 0 : at - kReach;
    const bool negated = find_word(words, kNegators, from) < at ||
                         find_word(words, {"0", "zero", "nothing"}, from) < at;
    if (!negated) return true;
  }
  const std::size_t fell = find_word(words, {"took", "went", "brought", "takes", "brings"});
  if (find_word(words, {"down"}, fell) <= fell + kReach + 1 && has_any(clause, {"down"}) &&
      fell < words.size()) {
    return true;
  }
  return has_phrase(clause, "with errors") || has_phrase(clause, "with problems");
}

// "Actually no.": a short sentence behind the yes.
bool withdraws(const ProseClause& clause) {
  constexpr std::size_t kShort = 4;
  constexpr auto kWords =
      std::to_array<std::string_view>({"no", "nope", "not", "never", "actually"});
  if (clause.words.size() > kShort || find_word({clause.words.front()}, kWords) != 0) return false;
  return !has_any(clause, {"issue*", "problem*", "error*", "failure*", "impact", "regression*",
                           "downtime", "loss", "data", "changes"});
}

// "TODO: fill in" somewhere in the answer.
bool is_left_open(const ProseClause& clause) {
  return has_any(clause, {"todo", "tbd", "fixme", "inconclusive", "ambiguous"}) ||
         has_phrase(clause, "fill in");
}

// "no need to test", "not applicable", "should not affect rollback".
bool says_not_applicable(const ProseClause& clause) {
  constexpr auto kMatter = std::to_array<std::string_view>(
      {"applicable", "apply", "applies", "needed", "necessary", "required", "relevant", "need",
       "affect", "affects", "impact", "impacts", "affected", "impacted", "require", "requires"});
  constexpr std::size_t kReach = 5;
  for (std::size_t at = find_word(clause.words, kNegators); at < clause.words.size();
       at = find_word(clause.words, kNegators, at + 1)) {
    if (find_word(clause.words, kMatter, at + 1) <= at + kReach &&
        find_word(clause.words, kMatter, at + 1) < clause.words.size()) {
      return true;
    }
  }
  return has_any(clause, {"unaffected", "irrelevant", "inapplicable", "unnecessary"});
}

// A negator shortly before a word of testing: "has not yet been tested", "did not work".
bool negates_test(const ProseClause& clause) {
  constexpr std::size_t kReach = 4;
  const auto& words = clause.words;
  for (std::size_t at = find_word(words, kNegators); at < words.size();
       at = find_word(words, kNegators, at + 1)) {
    const std::size_t test =
        std::min({find_word(words, kTests, at + 1), find_word(words, kPerformed, at + 1),
                  find_word(words, {"work", "worked", "works"}, at + 1)});
    if (test < words.size() && test <= at + kReach) return true;
  }
  return false;
}

// "The downgrade was not", and "not rollback" where a clause turns round.
bool leaves_out(const ProseClause& clause) {
  const auto& words = clause.words;
  constexpr auto kEndings = std::to_array<std::string_view>(
      {"not", "never", "wasn't", "weren't", "isn't", "aren't", "hasn't", "haven't", "didn't"});
  if (words.size() < 2) return false;
  const bool been = words.back() == "been";
  const bool ends = find_word({words[words.size() - (been ? 2 : 1)]}, kEndings) == 0;
  const auto second = words.begin() + std::min<std::ptrdiff_t>(2, std::ssize(words));
  const bool turns = find_word({words.begin(), second}, {"not", "no"}) < 2;
  return ends || (turns && goes_back(clause));
}

// It was tried and did not end well, or was given up. What was found out ("verified that it fails")
// is something else.
bool tells_of_failure(const ProseClause& clause) {
  constexpr auto kFailures = std::to_array<std::string_view>(
      {"failed", "fails", "unsuccessful*", "cancelled", "canceled", "postponed", "skipped",
       "deferred", "abandoned", "aborted", "blocked", "broke", "untested", "partially", "partly"});
  const std::size_t at = find_word(clause.words, kFailures);
  const bool of_test = goes_back(clause) || has_any(clause, kTests);
  if (at < clause.words.size() && find_word(clause.words, {"that"}) > at && of_test) return true;
  return has_phrase(clause, "out of time") || has_phrase(clause, "without success") ||
         has_phrase(clause, "in vain");
}

bool denies(const ProseClause& clause) {
  if (goes_back(clause) && has_any(clause, {"impossible"})) return true;
  if (says_not_applicable(clause)) return false;
  return negates_test(clause) || leaves_out(clause) || tells_of_failure(clause);
}

bool promises(const ProseClause& clause) {
  if (clause.words.size() <= 3 && has_any(clause, {"pending", "planned", "scheduled", "will"}))
    return true;
  const bool future =
      has_any(clause, {"will", "plan*", "shall", "intend*", "upcoming", "pending", "we'll", "it'll",
                       "i'll", "need", "needs", "going", "later", "eventually", "scheduled"}) ||
      has_phrase(clause, "to be") || has_phrase(clause, "working on") ||
      has_phrase(clause, "in progress") || has_phrase(clause, "under development") ||
      has_phrase(clause, "being") || has_phrase(clause, "should be tested") ||
      has_phrase(clause, "must be tested");
  return future && (has_any(clause, kTests) || has_any(clause, kPerformed) ||
                    has_any(clause, {"added", "adding", "add", "covered", "cover", "implemented",
                                     "provided", "e2e", "rehearse", "drill", "before", "planned"}));
}

// A plan that was verified is no rollback that was performed.
bool is_about_paper(const ProseClause& clause) {
  return has_any(clause, {"plan", "plans", "procedure*", "document*", "runbook*", "instructions",
                          "checklist", "strategy", "design"}) &&
         !has_any(clause, {"tested", "exercised", "rehearsed", "drilled", "tried"});
}

// "tests", but not "to test".
bool names_test(const ProseClause& clause) {
  constexpr auto kNouns = std::to_array<std::string_view>(
      {"test*", "drill*", "rehearsal*", "verification", "validation"});
  const std::size_t at = find_word(clause.words, kNouns);
  return at < clause.words.size() && (at == 0 || clause.words[at - 1] != "to");
}

// "Rollback is tested": by whom, and when? "on every merge" says it.
bool is_habit(const ProseClause& clause, std::size_t participle) {
  const bool present =
      participle > 0 && find_word({clause.words[participle - 1]}, {"is", "are", "gets"}) == 0;
  return present && !has_any(clause, {"every", "each", "nightly", "daily", "weekly", "ci",
                                      "automatically", "continuously"});
}

// A test that was performed, according to this clause: not denied, promised or conditional.
bool was_performed(const ProseClause& clause) {
  const std::size_t end = clause.words.size();
  std::size_t at = find_word(clause.words, kPast);
  if (at == end && names_test(clause)) at = find_word(clause.words, kPerformed);
  if (at == end || denies(clause) || is_about_paper(clause) || has_phrase(clause, "to be")) {
    return false;
  }
  return !is_habit(clause, at) && find_word(clause.words, kModals) > at;
}

// A unit test rolls nothing back.
bool speaks_of_unit_tests(const ProseClause& clause) {
  return has_any(clause, {"unit"}) &&
         !has_any(clause, {"manual*", "e2e", "integration", "staging"});
}

// "Disabled the gate, restarted the server", "Restarted it without the feature".
bool acted(const ProseClause& clause) {
  if (clause.words.empty() || denies(clause)) return false;
  std::size_t first = 0;
  while (first + 1 < clause.words.size() &&
         find_word({clause.words[first]}, {"we", "i", "then", "and", "next", "finally"}) == 0) {
    ++first;
  }
  const bool checks = find_word({clause.words[first]}, kTests) == 0;
  const bool past = clause.words[first].ends_with("ed") && !checks && !is_partial(clause);
  return past && goes_back(clause) && find_word(clause.words, kModals) == clause.words.size();
}

class Reading {
 public:
  explicit Reading(std::vector<ProseClause> clauses) : clauses_(std::move(clauses)) {
    // "Rollback tested: pending" answers behind the colon.
    const bool label = clauses_.size() > 1 && clauses_.front().introduces &&
                       clauses_.front().words.size() <= 3 && !clauses_[1].item &&
                       clauses_.front().words.back() == "tested";
    if (label) clauses_.erase(clauses_.begin());
  }

  [[nodiscard]] Claim claim() const {
    if (clauses_.empty()) return Claim::unclear;
    const ProseClause& first = clauses_.front();
    if (starts_with({"todo", "tbd", "untested", "false", "partially", "partly"})) return Claim::no;
    if (starts_with({"no", "none", "not", "never", "nope"})) return claim_of_no();
    if (any(denies)) return Claim::no;
    const bool yes = starts_with({"yes", "yep", "true", "y"});
    const Claim claim = yes ? claim_of_yes(first) : was_tested() ? Claim::yes : Claim::unclear;
    const bool doubtful =
        any(tells_of_harm) || any(withdraws) || any(is_left_open) || any(counts_some);
    if (claim == Claim::yes && doubtful) return Claim::unclear;
    if (yes || claim == Claim::yes) return claim;
    if (any(says_not_applicable)) return Claim::not_applicable;
    return any(promises) ? Claim::planned : Claim::unclear;
  }

 private:
  template <class Predicate>
  [[nodiscard]] bool any(Predicate predicate) const {
    return std::ranges::any_of(clauses_, predicate);
  }

  [[nodiscard]] bool starts_with(WordList words) const {
    return find_word({clauses_.front().words.front()}, words) == 0;
  }

  [[nodiscard]] Claim claim_of_no() const {
    if (says_not_applicable(clauses_.front())) return Claim::not_applicable;
    return any(promises) ? Claim::planned : Claim::no;
  }

  // A yes is believed where its own sentence does not take it back, and the way back is not left
  // out.
  [[nodiscard]] Claim claim_of_yes(const ProseClause& first) const {
    bool detailed = false;
    for (const ProseClause& clause : clauses_) {
      if (clause.sentence != first.sentence) continue;
      if (promises(clause)) return Claim::planned;
      if (find_word(clause.words, kModals) < clause.words.size() || is_partial(clause)) {
        return Claim::unclear;
      }
      if (takes_back(clause)) return Claim::unclear;
      detailed |= clause.words.size() > 1;
    }
    const bool only_there =
        any([](const auto& one) { return has_any(one, {"upgrad*", "rollout"}); });
    if (only_there && !any(goes_back)) return Claim::unclear;
    if (any(speaks_of_unit_tests) && !was_tested()) return Claim::unclear;
    if (!detailed && any(promises)) return Claim::planned;
    if (any(says_not_applicable) && !detailed && !was_tested()) return Claim::unclear;
    return Claim::yes;
  }

  static bool takes_back(const ProseClause& clause) {
    const std::size_t at = find_word(clause.words, kNegators);
    if (at == clause.words.size()) return false;
    const std::size_t harmless = find_word(
        clause.words, {"issue*", "problem*", "error*", "failure*", "impact", "regression*"}, at);
    return harmless == clause.words.size() || harmless > at + 3;
  }

  [[nodiscard]] bool was_tested() const {
    const bool directly = any([](const ProseClause& one) {
      return was_performed(one) && goes_back(one) && !is_partial(one) && !speaks_of_unit_tests(one);
    });
    if (directly || was_introduced()) return true;
    const bool checked = any([](const ProseClause& one) { return has_any(one, kPast); });
    return checked && any(acted);
  }

  // "A manual test was performed, as follows:", and a step behind it goes back; or what stands
  // right behind the colon: "Drilled in staging: deploy, roll back, verify".
  [[nodiscard]] bool was_introduced() const {
    bool introduced = false;
    bool directly = false;
    for (const ProseClause& clause : clauses_) {
      const bool listed = directly && !promises(clause) && !is_partial(clause) &&
                          has_any(clause, {"deploy*", "upgrade*", "install*"});
      directly = clause.introduces && was_performed(clause) && !speaks_of_unit_tests(clause) &&
                 !is_partial(clause);
      const bool step = (clause.item || listed) &&
                        find_word(clause.words, kModals) == clause.words.size() &&
                        find_word({clause.words.front()}, {"to", "in", "for"}) == 1;
      if (introduced && step && goes_back(clause)) return true;
      introduced |= clause.introduces && was_performed(clause) && !speaks_of_unit_tests(clause);
    }
    return false;
  }

  std::vector<ProseClause> clauses_;
};

bool asks_about_rollback(std::string_view shown) {
  const std::string lower = to_lower_ascii(shown);
  const bool back =
      lower.contains("rollback") || lower.contains("roll back") || lower.contains("downgrade");
  return back && lower.contains("tested") && lower.contains('?');
}

// "* **Were upgrade and rollback tested?**\n  We have not …": what stands behind the bold question.
std::string_view behind_bold(std::string_view raw) {
  const std::size_t open = raw.find("**");
  const std::size_t close = open == std::string_view::npos ? open : raw.find("**", open + 2);
  return close == std::string_view::npos ? std::string_view{} : raw.substr(close + 2);
}

bool is_bold_question(const Block& block) {
  return block.text.starts_with("**") && block.text.contains('?');
}

}  // namespace

Claim rollback_claim(std::string_view answer) {
  const std::string shown = plain(answer);
  const std::string_view trimmed = trim(shown);
  constexpr std::size_t kShort = 80;  // a longer answer says more than its placeholder
  constexpr std::size_t kAnswerBytesMax = 64U << 10U;
  if (answer.size() > kAnswerBytesMax) return Claim::unclear;
  if (is_option_list(trimmed)) return Claim::unclear;
  if (trimmed.starts_with("[ ]") || trimmed.starts_with("☐")) return Claim::unclear;
  const Claim claim = Reading(clauses_of(answer)).claim();
  const bool open = trimmed.size() < kShort && holds_placeholder(answer);
  return claim == Claim::yes && open ? Claim::unclear : claim;
}

std::string rollback_answer(std::string_view document) {
  SourceText source = read_source(document, "");
  const std::vector<Block> blocks = read_blocks(source).blocks;
  std::string answer;
  bool inside = false;
  for (const Block& block : blocks) {
    const bool question = block.kind == BlockKind::heading || is_bold_question(block);
    if (question && inside) break;
    if (question) {
      inside = asks_about_rollback(plain(block.text));
      if (inside && block.kind != BlockKind::heading) answer += behind_bold(block.text);
    } else if (inside) {
      answer += (block.kind == BlockKind::item ? "\n- " : "\n\n") + block.text;
    }
  }
  return answer;
}

}  // namespace sluice::contract
