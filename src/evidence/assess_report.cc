#include "base/text.h"
#include "evidence/assessment.h"
#include "evidence/assessment_text.h"

namespace sluice::evidence {
namespace {

constexpr std::string_view kClearUp = "have the evaluator clear up the report";

std::int64_t open_findings(const EvaluationReport& report, FindingSeverity severity) {
  return std::ranges::count_if(report.findings, [&](const ReportFinding& finding) {
    return finding.severity == severity && !finding.resolved;
  });
}

std::int64_t shown_findings(const EvaluationReport& report, FindingSeverity severity) {
  return std::ranges::count(report.findings, severity, &ReportFinding::severity);
}

bool passes(EvaluationVerdict verdict) {
  return verdict == EvaluationVerdict::pass || verdict == EvaluationVerdict::pass_with_notes;
}

void look_for_failures(Doubts& failures, const EvaluationReport& report) {
  const std::string remedy = "repair what was found, and have it evaluated again";
  for (const ReportFinding& finding : report.findings) {
    if (finding.severity != FindingSeverity::critical || finding.resolved) continue;
    failures.add("critical_finding", fmt::format("critical finding {}", in_ticks(finding.text)),
                 remedy);
  }
  if (report.claimed_critical > 0) {
    failures.add(
        "critical_finding",
        fmt::format("the report counts {}", counted(report.claimed_critical, "critical issue")),
        remedy);
  }
  if (report.overall == EvaluationVerdict::fail) {
    failures.add("failed", "the overall verdict is FAIL", remedy);
  }
  for (const EvaluatedPolicy& policy : report.policies) {
    if (!policy.applicable || policy.verdict != EvaluationVerdict::fail) continue;
    failures.add("failed", fmt::format("the verdict for {} is FAIL", in_ticks(policy.policy)),
                 remedy);
  }
}

void doubt_overall(Doubts& doubts, const EvaluationReport& report) {
  if (!report.placeholders.empty()) {
    doubts.add("placeholder_left",
               fmt::format("{} still to be filled in, the first at line {}",
                           counted(static_cast<std::int64_t>(report.placeholders.size()), "place"),
                           report.placeholders.front().at.line),
               "fill in the report; a template is none");
  }
  if (!report.overall) {
    doubts.add("no_verdict", "the report gives no overall verdict",
               "have the evaluator give one of PASS, PASS WITH NOTES, FAIL and ESCALATE");
  } else if (*report.overall == EvaluationVerdict::escalate) {
    doubts.add("escalated", "the evaluator escalates: a person has to decide",
               "decide what the report asks, and have it evaluated again");
  } else if (*report.overall == EvaluationVerdict::unclear) {
    doubts.add("verdict_unclear",
               "the overall verdict is none of the four words, or has a condition",
               "have the evaluator give one of PASS, PASS WITH NOTES, FAIL and ESCALATE");
  }
  if (report.contradicts_itself) {
    doubts.add("contradictory", "the overall verdict is given more than once, and differs",
               std::string(kClearUp));
  }
}

void doubt_findings(Doubts& doubts, const EvaluationReport& report) {
  if (open_findings(report, FindingSeverity::unclear) > 0) {
    doubts.add("severity_unclear",
               fmt::format("{} without a severity",
                           counted(open_findings(report, FindingSeverity::unclear), "finding")),
               std::string(kClearUp));
  }
  if (report.names_blocking) {
    doubts.add("contradictory", "the report names blocking issues", std::string(kClearUp));
  }
  if (report.counted_critical > shown_findings(report, FindingSeverity::critical)) {
    doubts.add("contradictory",
               fmt::format("the report counts {} and shows {}",
                           counted(report.counted_critical, "critical finding"),
                           shown_findings(report, FindingSeverity::critical)),
               std::string(kClearUp));
  }
  const bool unshown = report.overall == EvaluationVerdict::pass &&
                       report.counted_major > shown_findings(report, FindingSeverity::major);
  const bool unnoted = report.overall == EvaluationVerdict::pass &&
                       (unshown || open_findings(report, FindingSeverity::major) > 0);
  if (unnoted || report.claimed_major > 0) {
    doubts.add("contradictory", "the report passes, and counts major findings as open or blocking",
               std::string(kClearUp));
  }
}

void doubt_policies(Doubts& doubts, const EvaluationReport& report, const ReportRule& rule) {
  bool about_domain = report.policies.empty() || rule.domain.empty();
  for (const EvaluatedPolicy& policy : report.policies) {
    if (!policy.applicable) continue;
    about_domain |= to_lower_ascii(policy.policy).contains(to_lower_ascii(rule.domain));
    if (passes(policy.verdict) || policy.verdict == EvaluationVerdict::fail) continue;
    doubts.add(
        "escalated",
        fmt::format("the verdict for {} is {}", in_ticks(policy.policy), to_text(policy.verdict)),
        std::string(kClearUp));
  }
  if (!about_domain) {
    doubts.add("domain_not_evaluated",
               fmt::format("no row of the report is about {}", in_ticks(rule.domain)),
               "have that policy evaluated, too");
  }
}

std::string found_text(const EvaluationReport& report) {
  std::string text = fmt::format("{}", to_text(*report.overall));
  if (!report.evaluator.empty()) text += fmt::format(" by {}", in_ticks(report.evaluator));
  for (const FindingSeverity severity : {FindingSeverity::major, FindingSeverity::minor}) {
    const std::int64_t count = open_findings(report, severity);
    if (count > 0) text += fmt::format(", {} {}", count, to_text(severity));
  }
  std::vector<std::string> notes;
  for (const ReportFinding& finding : report.findings) {
    if (!finding.resolved) notes.push_back(in_ticks(finding.text));
  }
  return notes.empty() ? text : fmt::format("{}: {}", text, listed(notes));
}

}  // namespace

Assessment assess(const EvaluationReport& report, const ReportRule& rule) {
  if (!report.is_report) {
    Doubts doubts;
    doubts.add("no_report", "this is no evaluation report", "bring the report of the evaluation");
    return doubts.assessment(Verdict::inconclusive, 0);
  }
  const auto looked_at =
      static_cast<std::int64_t>(1 + report.policies.size() + report.findings.size());
  Doubts failures;
  Doubts doubts;
  look_for_failures(failures, report);
  doubt_overall(doubts, report);
  doubt_findings(doubts, report);
  doubt_policies(doubts, report, rule);
  if (!failures.none()) return failures.assessment(Verdict::fail, looked_at);
  if (!doubts.none()) return doubts.assessment(Verdict::inconclusive, looked_at);
  return passed(found_text(report), looked_at);
}

}  // namespace sluice::evidence
