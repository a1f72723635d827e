#include "evidence/report_words.h"

#include "base/text.h"
#include "contract/inline_text.h"
#include "contract/placeholder.h"

namespace sluice::evidence {
namespace {

struct VerdictWord {
  std::string_view text;
  EvaluationVerdict verdict;
};

// The longer ones first.
constexpr std::array<VerdictWord, 10> kVerdicts{{
    {"passed with notes", EvaluationVerdict::pass_with_notes},
    {"pass with notes", EvaluationVerdict::pass_with_notes},
    {"pass_with_notes", EvaluationVerdict::pass_with_notes},
    {"pass with note", EvaluationVerdict::pass_with_notes},
    {"passed", EvaluationVerdict::pass},
    {"pass", EvaluationVerdict::pass},
    {"failed", EvaluationVerdict::fail},
    {"fail", EvaluationVerdict::fail},
    {"escalated", EvaluationVerdict::escalate},
    {"escalate", EvaluationVerdict::escalate},
}};

// Behind a PASS: it holds only under a condition, or not at all.
constexpr std::array<std::string_view, 29> kTakenBack{
    "condition", "conditions", "conditional", "conditionally", "pending",     "provided", "unless",
    "if",        "once",       "until",       "after",         "when",        "except",   "not",
    "fail",      "failed",     "fails",       "escalate",      "escalated",   "tbd",      "todo",
    "assuming",  "but",        "subject",     "partial",       "provisional", "draft",    "or",
    "expected"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Emoji, dots and brackets before the first letter, emphasis and white space around.
std::string_view from_first_letter(std::string_view text) {
  const auto first = std::ranges::find_if(text, is_letter);
  return text.substr(static_cast<std::size_t>(first - text.begin()));
}

bool takes_back(std::string_view rest) {
  return std::ranges::any_of(kTakenBack,
                             [&](std::string_view word) { return has_word(rest, word); });
}

}  // namespace

bool has_word(std::string_view lower, std::string_view word) {
  for (std::size_t at = lower.find(word); at != std::string_view::npos;
       at = lower.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool starts = at == 0 || !is_letter(lower[at - 1]);
    if (starts && (end == lower.size() || !is_letter(lower[end]))) return true;
  }
  return false;
}

std::optional<EvaluationVerdict> verdict_in(std::string_view raw) {
  const std::string shown = contract::plain(raw);
  if (trim(shown).empty()) return std::nullopt;
  if (contract::holds_placeholder(raw)) return EvaluationVerdict::unclear;
  const std::string lower = to_lower_ascii(from_first_letter(shown));
  for (const VerdictWord& word : kVerdicts) {
    if (!lower.starts_with(word.text)) continue;
    const std::string_view rest = std::string_view(lower).substr(word.text.size());
    if (!rest.empty() && (is_letter(rest.front()) || rest.front() == '_')) continue;
    const bool passes = word.verdict == EvaluationVerdict::pass ||
                        word.verdict == EvaluationVerdict::pass_with_notes;
    if (passes && takes_back(rest)) return EvaluationVerdict::unclear;
    if (passes && rest.contains("with notes")) return EvaluationVerdict::pass_with_notes;
    return word.verdict;
  }
  return EvaluationVerdict::unclear;
}

std::optional<FindingSeverity> severity_in(std::string_view shown) {
  const std::string lower = to_lower_ascii(from_first_letter(shown));
  if (trim(lower).empty()) return std::nullopt;
  const auto begins = [&](std::string_view word) {
    return lower.starts_with(word) &&
           (lower.size() == word.size() || !is_letter(lower[word.size()]));
  };
  for (const std::string_view word : {"critical", "blocker", "blocking", "severe"}) {
    if (begins(word)) return FindingSeverity::critical;
  }
  for (const std::string_view word : {"major", "high", "serious"}) {
    if (begins(word)) return FindingSeverity::major;
  }
  for (const std::string_view word : {"minor", "medium", "moderate", "low", "advisory", "info",
                                      "informational", "note", "trivial"}) {
    if (begins(word)) return FindingSeverity::minor;
  }
  return FindingSeverity::unclear;
}

std::optional<FindingSeverity> severity_of_heading(std::string_view shown) {
  const std::string lower = to_lower_ascii(shown);
  const bool findings = lower.contains("finding") || lower.contains("issue") ||
                        lower.contains("violation") || lower.contains("defect");
  const bool bare = severity_in(shown) != FindingSeverity::unclear && lower.size() < 20;
  if (!findings && !bare) return std::nullopt;
  for (const std::string_view word :
       {"critical", "blocker", "major", "high", "minor", "advisory", "medium", "low"}) {
    if (has_word(lower, word)) return severity_in(word);
  }
  return std::nullopt;
}

bool says_none(std::string_view shown) {
  constexpr std::size_t kShort = 80;  // a finding that begins with "no" is longer than a "no"
  const std::string text = to_lower_ascii(trim(shown));
  const auto first = text.find_first_not_of("(*_-–—• ");
  const std::string_view lower =
      first == std::string::npos ? std::string_view{} : std::string_view(text).substr(first);
  if (lower.empty() || lower == "0" || lower == "0.") return true;
  if (lower.size() > kShort) return false;
  for (const std::string_view none : {"none", "n/a", "nil", "nothing", "not applicable"}) {
    const bool begins =
        lower.starts_with(none) && (lower.size() == none.size() || !is_letter(lower[none.size()]));
    if (begins) return true;
  }
  const bool about = lower.contains("finding") || lower.contains("issue") ||
                     lower.contains("found") || lower.contains("identified");
  return lower.starts_with("no ") && about;
}

std::int64_t number_before(std::string_view shown, std::string_view word) {
  const std::string lower = to_lower_ascii(shown);
  const std::size_t at = lower.find(word);
  if (at == std::string::npos) return 0;
  const std::string_view before = trim(std::string_view(lower).substr(0, at));
  const std::size_t digits = before.find_last_not_of("0123456789");
  const std::string_view number =
      digits == std::string_view::npos ? before : before.substr(digits + 1);
  return parse_integer(number).value_or(0);
}

}  // namespace sluice::evidence
