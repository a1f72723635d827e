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
                                     "disabl*", "toggl*", "rolled", "rolling", "undo*"});

bool goes_back(const ProseClause& clause) {
  if (has_any(clause, kWaysBack)) return true;
  for (const std::string_view phrase :
       {"roll back", "roll* it back", "turned off", "turning off", "switched off", "switching off",
        "and off", "gate off", "flag off", "feature off", "without the feature",
        "without this feature", "previous version", "older version", "old version",
        "earlier version", "previous release"}) {
    if (has_phrase(clause, phrase)) return true;
  }
  return false;
}

bool is_partial(const ProseClause& clause) {
  return has_any(clause, {"partial*", "partly", "untested", "incomplete", "skipped", "todo", "tbd",
                          "only", "except"});
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

// A negator shortly before a word of testing, or "not rollback" where a clause turns round.
bool denies(const ProseClause& clause) {
  constexpr std::size_t kReach = 4;
  if (says_not_applicable(clause)) return false;
  for (std::size_t at = find_word(clause.words, kNegators); at < clause.words.size();
       at = find_word(clause.words, kNegators, at + 1)) {
    const std::size_t test = std::min(find_word(clause.words, kTests, at + 1),
                                      find_word(clause.words, kPerformed, at + 1));
    if (test < clause.words.size() && test <= at + kReach) return true;
  }
  const bool turns = has_any(
      {.words = {clause.words.begin(),
                 clause.words.begin() + std::min<std::ptrdiff_t>(2, std::ssize(clause.words))}},
      {"not", "no"});
  return has_any(clause, {"untested", "partially", "partly"}) || (turns && goes_back(clause));
}

bool promises(const ProseClause& clause) {
  const bool future =
      has_any(clause, {"will", "plan*", "shall", "intend*", "upcoming", "pending", "we'll", "it'll",
                       "i'll", "need", "needs", "going", "later", "eventually"}) ||
      has_phrase(clause, "to be") || has_phrase(clause, "working on") ||
      has_phrase(clause, "in progress") || has_phrase(clause, "being");
  return future && (has_any(clause, kTests) || has_any(clause, kPerformed) ||
                    has_any(clause, {"added", "adding", "add", "covered", "cover", "implemented",
                                     "provided", "e2e", "rehearse", "drill", "before", "planned"}));
}

// A test that was performed, according to this clause: not denied, promised or conditional.
bool was_performed(const ProseClause& clause) {
  const std::size_t end = clause.words.size();
  std::size_t at = find_word(clause.words, kPast);
  if (at == end &&
      has_any(clause, {"test*", "drill*", "rehearsal*", "verification", "validation"})) {
    at = find_word(clause.words, kPerformed);
  }
  if (at == end || denies(clause) || has_phrase(clause, "to be")) return false;
  return find_word(clause.words, kModals) > at;
}

bool speaks_of_unit_tests(const ProseClause& clause) { return has_any(clause, {"unit"}); }

// "Disabled the gate, restarted the server", "Restarted it without the feature".
bool acted(const ProseClause& clause) {
  if (clause.words.empty() || denies(clause)) return false;
  std::size_t first = 0;
  while (first + 1 < clause.words.size() &&
         find_word({clause.words[first]}, {"we", "i", "then", "and", "next", "finally"}) == 0) {
    ++first;
  }
  const bool past = clause.words[first].ends_with("ed") || clause.words[first] == "ran";
  return past && goes_back(clause) && find_word(clause.words, kModals) == clause.words.size();
}

class Reading {
 public:
  explicit Reading(std::vector<ProseClause> clauses) : clauses_(std::move(clauses)) {}

  [[nodiscard]] Claim claim() const {
    if (clauses_.empty()) return Claim::unclear;
    const ProseClause& first = clauses_.front();
    if (starts_with({"todo", "tbd", "untested", "false"})) return Claim::no;
    if (starts_with({"no", "none", "not", "never", "nope"})) return claim_of_no();
    if (any(denies)) return Claim::no;
    if (starts_with({"yes", "yep", "true", "y"})) return claim_of_yes(first);
    if (was_tested()) return Claim::yes;
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
    return find_word(clause.words, {"issue*", "problem*", "error*", "failure*", "impact", "data"},
                     at) > at + 3;
  }

  [[nodiscard]] bool was_tested() const {
    const bool directly = any([](const ProseClause& one) {
      return was_performed(one) && goes_back(one) && !is_partial(one) && !speaks_of_unit_tests(one);
    });
    if (directly || was_introduced()) return true;
    const bool checked = any([](const ProseClause& one) { return has_any(one, kPast); });
    return checked && any(acted);
  }

  // "A manual test was performed, as follows:", and a step behind it goes back.
  [[nodiscard]] bool was_introduced() const {
    bool introduced = false;
    for (const ProseClause& clause : clauses_) {
      const bool step = clause.item && find_word(clause.words, kModals) == clause.words.size() &&
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
  if (is_option_list(trimmed)) return Claim::unclear;
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
