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
constexpr auto kTakenBack = std::to_array<std::string_view>(
    {"condition",    "conditions",    "conditional", "conditionally", "pending",
     "provided",     "unless",        "if",          "once",          "until",
     "after",        "when",          "except",      "not",           "fail",
     "failed",       "fails",         "escalate",    "escalated",     "tbd",
     "todo",         "assuming",      "but",         "subject",       "partial",
     "provisional",  "draft",         "or",          "expected",      "reservation",
     "reservations", "caveat",        "caveats",     "concern",       "concerns",
     "assumption",   "assumptions",   "assumed",     "waived",        "waiver",
     "default",      "provisionally", "tentative",   "tentatively",   "partially",
     "incomplete",   "skipped",       "preliminary", "interim"});

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// "3 of 4", "3/4": some, and not all. No date, and no score with a fraction.
bool counts_some(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789";
  for (std::size_t at = text.find_first_of(kDigits); at < text.size();) {
    const std::size_t end = std::min(text.find_first_not_of(kDigits, at), text.size());
    const bool part = at > 0 && (text[at - 1] == '/' || text[at - 1] == '.' || text[at - 1] == ',');
    std::string_view behind = text.substr(end);
    const bool joined = behind.starts_with('/') || behind.starts_with(" of ");
    behind.remove_prefix(joined ? (behind.front() == '/' ? 1 : 4) : 0);
    const std::size_t size = std::min(behind.find_first_not_of(kDigits), behind.size());
    const bool goes_on = size < behind.size() && behind[size] == '/';
    if (joined && size > 0 && !part && !goes_on) {
      const auto some = parse_integer(text.substr(at, end - at));
      const auto all = parse_integer(behind.substr(0, size));
      if (some && all && *some < *all) return true;
    }
    at = text.find_first_of(kDigits, end);
  }
  return false;
}

bool is_severity_word(std::string_view word) {
  constexpr std::array<std::string_view, 13> kWords{
      "critical", "blocker", "blockers", "severe", "major",    "high",   "serious",
      "minor",    "medium",  "moderate", "low",    "advisory", "trivial"};
  return std::ranges::find(kWords, word) != kWords.end();
}

// Emoji, dots and brackets before the first letter, emphasis and white space around.
std::string_view from_first_letter(std::string_view text) {
  const auto first = std::ranges::find_if(text, is_letter);
  return text.substr(static_cast<std::size_t>(first - text.begin()));
}

// An empty box, or a part of a hundred, before the word: "☐ PASS", "92 % PASS".
bool is_weakened(std::string_view shown) {
  const std::string_view before = shown.substr(0, shown.size() - from_first_letter(shown).size());
  return shown.contains("☐") || shown.contains("[ ]") ||
         (before.contains('%') && !before.contains("100"));
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
    if (passes &&
        (takes_back(rest) || rest.contains('?') || counts_some(rest) || is_weakened(shown))) {
      return EvaluationVerdict::unclear;
    }
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
  for (const std::string_view word : {"critical", "blocker", "blockers", "blocking", "severe", "p0",
                                      "sev0", "sev1", "sev-0", "sev-1", "sev 0", "sev 1"}) {
    if (begins(word)) return FindingSeverity::critical;
  }
  for (const std::string_view word : {"major", "high", "serious", "p1", "sev2", "sev-2", "sev 2"}) {
    if (begins(word)) return FindingSeverity::major;
  }
  for (const std::string_view word : {"minor", "medium", "moderate", "low", "advisory", "info",
                                      "informational", "note", "trivial"}) {
    if (begins(word)) return FindingSeverity::minor;
  }
  return FindingSeverity::unclear;
}

std::optional<FindingSeverity> severity_of_label(std::string_view label) {
  constexpr auto kBeside = std::to_array<std::string_view>({"open",
                                                            "unresolved",
                                                            "remaining",
                                                            "outstanding",
                                                            "new",
                                                            "total",
                                                            "count",
                                                            "severity",
                                                            "findings",
                                                            "finding",
                                                            "issues",
                                                            "issue",
                                                            "defects",
                                                            "defect",
                                                            "violations",
                                                            "violation",
                                                            "bugs",
                                                            "risks",
                                                            "vulnerabilities",
                                                            "blocking",
                                                            "non",
                                                            "must",
                                                            "should",
                                                            "fix",
                                                            "be",
                                                            "fixed",
                                                            "bug",
                                                            "risk",
                                                            "problems",
                                                            "vulnerability"});
  std::optional<FindingSeverity> severity;
  std::string letters(label);
  std::ranges::replace_if(letters, [](char c) { return !is_letter(c); }, ' ');
  for (const std::string_view word : split(letters, ' ')) {
    if (is_severity_word(word)) {
      severity = severity_in(word);
    } else if (!word.empty() && std::ranges::find(kBeside, word) == kBeside.end()) {
      return std::nullopt;
    }
  }
  return severity;
}

std::optional<FindingSeverity> severity_of_heading(std::string_view shown) {
  const std::string lower = to_lower_ascii(shown);
  const bool findings = lower.contains("finding") || lower.contains("issue") ||
                        lower.contains("violation") || lower.contains("defect");
  const bool bare = severity_of_label(lower).has_value();
  if (!findings && !bare) return std::nullopt;
  for (const std::string_view word :
       {"critical", "blocker", "major", "high", "minor", "advisory", "medium", "low"}) {
    if (has_word(lower, word)) return severity_in(word);
  }
  return std::nullopt;
}

std::optional<FindingSeverity> severity_beside(std::string_view shown) {
  constexpr std::string_view kMarks = ":-)]|/\xE2";  // the last begins a long dash
  const std::string lower = to_lower_ascii(from_first_letter(trim(shown)));
  const auto first_end = std::ranges::find_if_not(lower, is_letter);
  const std::string_view first(lower.begin(), first_end);
  const std::string_view untrimmed(first_end, lower.end());
  const bool one_word = untrimmed.starts_with('-');  // "high-level"
  const std::string_view behind = one_word ? std::string_view() : trim(untrimmed);
  if (is_severity_word(first) && !behind.empty() && kMarks.contains(behind.front())) {
    const auto from =
        std::ranges::find_if(behind, [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
    const std::string_view text(from, behind.end());
    return text == "no" || says_none(text) || parse_integer(trim(text)) ? std::nullopt
                                                                        : severity_in(first);
  }
  std::string_view rest = trim(lower);
  while (!rest.empty() && std::string_view(".)]").contains(rest.back())) rest.remove_suffix(1);
  const std::size_t before =
      std::min(rest.find_last_not_of("abcdefghijklmnopqrstuvwxyz"), rest.size());
  if (before == rest.size() || !is_severity_word(rest.substr(before + 1))) return std::nullopt;
  const std::string_view mark = trim(rest.substr(0, before + 1));
  const bool parted = !mark.empty() && std::string_view("([:-\x93\x94").contains(mark.back());
  return parted ? severity_in(rest.substr(before + 1)) : std::nullopt;
}

bool speaks_of_repair(std::string_view shown) {
  const std::string lower = to_lower_ascii(shown);
  const auto has = [&](std::string_view word) { return has_word(lower, word); };
  return (has("resolved") || has("fixed") || has("remediated") || has("mitigated")) &&
         !has("not") && !has("to be") && !has("will") && !has("must") && !has("should");
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
