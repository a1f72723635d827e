// The words of evaluation reports: verdicts and severities, as people write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "evidence/evaluation_report.h"

namespace sluice::evidence {

// Of the text behind "Overall Verdict:", raw. Nothing where it is no verdict at all.
[[nodiscard]] std::optional<EvaluationVerdict> verdict_in(std::string_view raw);

// Of the text behind "Severity:". Nothing where it is empty.
[[nodiscard]] std::optional<FindingSeverity> severity_in(std::string_view shown);

// "Critical Findings (Blocking)", "Major issues": the severity that a heading gives to what
// follows.
[[nodiscard]] std::optional<FindingSeverity> severity_of_heading(std::string_view shown);

// Of a label in front of a number or a finding: "critical", "open critical issues" (lower case).
// Nothing where it says anything else, too.
[[nodiscard]] std::optional<FindingSeverity> severity_of_label(std::string_view label);

// Of a line in a list of findings: "Critical: a key", "[High] slow – see there", "a key
// (critical)". Nothing where none stands there, or where it says that there is nothing of that
// severity.
[[nodiscard]] std::optional<FindingSeverity> severity_beside(std::string_view shown);

// "(fixed in 2.3)"; not "to be fixed".
[[nodiscard]] bool speaks_of_repair(std::string_view shown);

// "(none)", "N/A", "No critical findings.": a list of findings that holds none.
[[nodiscard]] bool says_none(std::string_view shown);

// The number before `word` in "2 critical, 0 major"; 0 where there is none.
[[nodiscard]] std::int64_t number_before(std::string_view shown, std::string_view word);

// Whether `word` stands in `lower` as a whole word.
[[nodiscard]] bool has_word(std::string_view lower, std::string_view word);

}  // namespace sluice::evidence
