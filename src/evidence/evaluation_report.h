// EvaluationReport: what a Markdown report of an evaluation says: its overall verdict, the verdict
// for each policy, and its findings by severity.
//
// Nothing is guessed. A verdict that is a list of options, a placeholder, or taken back in the same
// line ("PASS once the fix is in") is unclear; a template has no verdict. Findings that are still
// placeholders are not counted. Code blocks and comments are no part of the report.
//
// Any bytes give a report, bounded as contract/source_text.h says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/complaint.h"

namespace sluice::evidence {

enum class EvaluationVerdict : std::uint8_t { pass, pass_with_notes, fail, escalate, unclear };

[[nodiscard]] std::string_view to_text(EvaluationVerdict verdict);

enum class FindingSeverity : std::uint8_t { minor, major, critical, unclear };

[[nodiscard]] std::string_view to_text(FindingSeverity severity);

struct EvaluatedPolicy {
  std::string policy;      // "security.md"
  bool applicable = true;  // false where the report says `no`
  EvaluationVerdict verdict = EvaluationVerdict::unclear;
  Position at;
};

struct ReportFinding {
  FindingSeverity severity = FindingSeverity::unclear;
  bool resolved = false;  // its status says so
  std::string text;
  Position at;
};

struct EvaluationReport {
  bool is_report = false;  // false: some other document
  std::string title;
  std::string evaluator;  // as the report says, which proves nothing
  std::string date;
  std::optional<EvaluationVerdict> overall;  // the worst, where it is said several times
  bool contradicts_itself = false;           // overall verdicts that are not the same
  std::vector<EvaluatedPolicy> policies;
  std::vector<ReportFinding> findings;
  std::int64_t claimed_critical = 0;  // in "Blocking issues: 1 critical, 0 major"
  std::int64_t claimed_major = 0;
  bool names_blocking = false;        // "Blocking issues: a key in the URL"
  std::int64_t counted_critical = 0;  // in sums: "| Critical | 2 |", "Findings: 1 critical"
  std::int64_t counted_major = 0;
  std::vector<Complaint> placeholders;
  std::vector<Complaint> complaints;  // why it could not be read as a whole
};

[[nodiscard]] EvaluationReport read_evaluation_report(std::string_view bytes, std::string file);

}  // namespace sluice::evidence
