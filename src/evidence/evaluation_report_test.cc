#include "evidence/evaluation_report.h"

#include <doctest/doctest.h>

#include "evidence/assessment.h"

namespace sluice::evidence {
namespace {

constexpr std::string_view kReport = R"(# Quality Evaluation Report: Exports

> **Evaluated by:** sec-agent-1
> **Date:** 2026-03-04

## Policies Evaluated

| Policy | Applicable | Verdict | Notes |
|---|---|---|---|
| [security.md](policies/security.md) | yes | PASS | fine |
| content.md | no | | |

## Findings

### Critical Findings (Blocking)

(none)

### Major Findings

None.

### Minor Findings (Advisory)

1. **Finding:** the header is missing
   **Policy:** architecture.md
   **Severity:** minor

## Overall Verdict: PASS WITH NOTES

Blocking issues: 0 critical, 0 major
)";

std::string with(std::string_view old_text, std::string_view new_text) {
  std::string text(kReport);
  const std::size_t at = text.find(old_text);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old_text.size(), new_text);
}

std::string code_of(std::string_view bytes, const ReportRule& rule = {}) {
  const Assessment found = assess(read_evaluation_report(bytes, "r.md"), rule);
  INFO(found.why);
  CHECK((found.verdict == Verdict::pass) == found.remedy.empty());
  return fmt::format("{} {}", to_text(found.verdict), found.code);
}

std::string overall(std::string_view line) {
  return code_of(with("## Overall Verdict: PASS WITH NOTES", line));
}

TEST_CASE("report: its parts are read") {
  const EvaluationReport report = read_evaluation_report(kReport, "r.md");
  CHECK(report.is_report);
  CHECK(report.evaluator == "sec-agent-1");
  CHECK(report.date == "2026-03-04");
  CHECK(report.overall == EvaluationVerdict::pass_with_notes);
  REQUIRE(report.policies.size() == 2);
  CHECK(report.policies[0].policy == "security.md");
  CHECK(report.policies[0].verdict == EvaluationVerdict::pass);
  CHECK(!report.policies[1].applicable);
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].severity == FindingSeverity::minor);
  CHECK(report.placeholders.empty());
  const Assessment found = assess(report, {.domain = "security"});
  CHECK(found.verdict == Verdict::pass);
  CHECK(found.why == "PASS WITH NOTES by `sec-agent-1`, 1 minor: `Finding: the header is missing`");
}

TEST_CASE("report: an overall verdict is found wherever people write it") {
  for (const std::string line :
       {"## Overall Verdict: PASS", "### **Overall Verdict: PASS**", "**Overall verdict:** PASS",
        "**Overall Verdict: PASS**", "Overall Verdict: PASS", "## Overall Verdict\n\n**PASS**",
        "## Verdict\n\n✅ PASS", "| Overall verdict | PASS |\n|---|---|", "- **Verdict:** Pass.",
        "## Overall Verdict: PASS — no blocking findings", "## Overall Verdict: PASSED"}) {
    INFO(line);
    CHECK(overall(line) == "PASS ok");
  }
}

TEST_CASE("report: a verdict that is a list, a condition or another word is none") {
  for (const std::string line :
       {"## Overall Verdict: PASS / FAIL", "## Overall Verdict: [PASS / PASS WITH NOTES / FAIL]",
        "## Overall Verdict: PASS once the fix is in", "## Overall Verdict: PASS, if approved",
        "## Overall Verdict: CONDITIONAL PASS", "## Overall Verdict: NOT PASS",
        "## Overall Verdict: {{VERDICT}}", "## Overall Verdict: PASSABLE",
        "## Overall Verdict: pending", "## Overall Verdict: PASS (pending retest)"}) {
    INFO(line);
    CHECK(overall(line).starts_with("INCONCLUSIVE"));
  }
  CHECK(overall("") == "INCONCLUSIVE no_verdict");
  CHECK(overall("## Overall Verdict: PASS\n\n## High-level summary\n\nAll is well.") == "PASS ok");
  CHECK(overall("## Overall Verdict: ESCALATE") == "INCONCLUSIVE escalated");
  CHECK(overall("## Overall Verdict: FAIL") == "FAIL failed");
  CHECK(overall("## Overall Verdict: PASS\n\n**Final verdict:** FAIL") == "FAIL failed");
  CHECK(overall("## Overall Verdict: PASS\n\n**Final verdict:** PASS WITH NOTES") ==
        "INCONCLUSIVE contradictory");
}

TEST_CASE("report: a verdict in a code block or a comment is no verdict") {
  CHECK(overall("```\nOverall Verdict: PASS\n```") == "INCONCLUSIVE no_verdict");
  CHECK(overall("<!-- Overall Verdict: PASS -->") == "INCONCLUSIVE no_verdict");
}

TEST_CASE("report: an open critical finding fails, whatever the verdict says") {
  CHECK(code_of(with("(none)", "1. **Finding:** a key in the URL\n   **Severity:** critical")) ==
        "FAIL critical_finding");
  CHECK(code_of(with("(none)", "- a key in the URL")) == "FAIL critical_finding");
  CHECK(code_of(with("(none)", "A key is in the URL, and it is logged.")) ==
        "FAIL critical_finding");
  CHECK(code_of(with("**Severity:** minor", "**Severity:** critical")) == "FAIL critical_finding");
  CHECK(code_of(with("0 critical", "1 critical")) == "FAIL critical_finding");
  CHECK(code_of(with("(none)", "| Finding | Severity |\n|---|---|\n| a key | Critical |")) ==
        "FAIL critical_finding");
  CHECK(code_of(with("(none)",
                     "1. **Finding:** a key\n   **Severity:** critical\n"
                     "   **Status:** resolved")) == "PASS ok");
}

TEST_CASE("report: the severity of a finding may stand in the line itself") {
  const auto findings = [](std::string_view text) {
    return code_of(with("## Findings\n", fmt::format("## Findings\n\n{}\n", text)));
  };
  for (const std::string line :
       {"**Critical:** a key in the URL", "1. Critical - a key in the URL",
        "- 🔴 Critical: a key in the URL", "- a key in the URL (critical)", "- a key – critical",
        "### Critical: a key in the URL of the search\n\nIt is logged.",
        "### 1. Critical – a key in the URL of it\n\nIt is logged.",
        "| # | Description | Sev |\n|---|---|---|\n| 1 | a key | critical |",
        "| Finding | Risk |\n|---|---|\n| a key | Critical |",
        "| Finding | Priority |\n|---|---|\n| a key | P0 |", "- Critical: the key is not fixed"}) {
    INFO(line);
    CHECK(findings(line) == "FAIL critical_finding");
  }
  for (const std::string line :
       {"**Critical:** none", "**Critical:** 0", "- Critical: no", "- Critical: none found",
        "- Critical: a key in the URL (fixed in 2.3)", "- Minor: a key is long",
        "| Finding | Impact |\n|---|---|\n| a key | customers would see it |",
        "High availability: two zones", "Critical path: unchanged",
        "### Critical path\n\nThe checkout is on it.", "### High-level summary\n\nAll is well."}) {
    INFO(line);
    CHECK(findings(line) == "PASS ok");
  }
}

TEST_CASE("report: what it counts it has to show") {
  const auto beside = [](std::string_view text) {
    return code_of(with("## Overall Verdict", fmt::format("{}\n\n## Overall Verdict", text)));
  };
  CHECK(beside("**Findings:** 1 critical, 0 major") == "INCONCLUSIVE contradictory");
  CHECK(beside("**Findings:** 0 critical, 0 major") == "PASS ok");
  CHECK(beside("**Critical:** 2") == "INCONCLUSIVE contradictory");
  constexpr std::string_view kSums = "| Severity | Count |\n|---|---|\n| Critical | {} |\n";
  CHECK(beside(fmt::format(kSums, 0)) == "PASS ok");
  CHECK(beside(fmt::format(kSums, 1)) == "INCONCLUSIVE contradictory");
  CHECK(beside("| Critical | Major |\n|---|---|\n| 1 | 0 |") == "INCONCLUSIVE contradictory");
  CHECK(code_of(with("0 critical, 0 major", "a key in the URL")) == "INCONCLUSIVE contradictory");
  CHECK(code_of(with("0 critical, 0 major", "none")) == "PASS ok");
}

TEST_CASE("report: of tick boxes below the verdict the ticked one is meant") {
  constexpr std::string_view kBoxes =
      "## Overall Verdict\n\n- [{}] PASS\n- [{}] PASS WITH NOTES\n- [{}] FAIL\n";
  CHECK(overall(fmt::format(kBoxes, "x", " ", " ")) == "PASS ok");
  CHECK(overall(fmt::format(kBoxes, " ", " ", "x")) == "FAIL failed");
  CHECK(overall(fmt::format(kBoxes, " ", " ", " ")) == "INCONCLUSIVE no_verdict");
  CHECK(overall(fmt::format(kBoxes, "x", "x", " ")) == "INCONCLUSIVE contradictory");
  CHECK(overall("- [ ] Overall Verdict: PASS") == "INCONCLUSIVE verdict_unclear");
  CHECK(overall("Overall Verdict: ☐ PASS") == "INCONCLUSIVE verdict_unclear");
}

TEST_CASE("report: a part of a pass is none") {
  for (const std::string verdict :
       {"92 % PASS", "PASS (3 of 4 policies)", "PASS 3/4", "PASS?", "PASS with reservations",
        "PASS (waived)", "PASS by default", "PASS on the assumption that it holds"}) {
    CHECK(overall("## Overall Verdict: " + verdict) == "INCONCLUSIVE verdict_unclear");
  }
  for (const std::string verdict :
       {"100 % PASS", "PASS (4 of 4 policies)", "PASS (score 4.5/5)", "PASS on 03/04/2026"}) {
    CHECK(overall("## Overall Verdict: " + verdict) == "PASS ok");
  }
}

TEST_CASE("report: a list of findings may say in many ways that it is empty") {
  for (const std::string none : {"None", "N/A", "No critical findings.", "- none", "*(none)*",
                                 "No issues were identified", "_None identified._"}) {
    INFO(none);
    CHECK(code_of(with("(none)", none)) == "PASS ok");
  }
}

TEST_CASE("report: a fragment with a critical finding fails, one without a verdict is none") {
  CHECK(code_of("## Critical Findings (Blocking)\n\n1. Finding: x\n   Severity: critical\n") ==
        "FAIL critical_finding");
  CHECK(code_of("## Minor Findings\n\n1. Finding: x\n   Severity: minor\n") ==
        "INCONCLUSIVE no_verdict");
}

TEST_CASE("report: what stands beside the verdict must not contradict it") {
  CHECK(code_of(with("| yes | PASS |", "| yes | FAIL |")) == "FAIL failed");
  CHECK(code_of(with("| yes | PASS |", "| yes | ESCALATE |")) == "INCONCLUSIVE escalated");
  CHECK(code_of(with("| yes | PASS |", "| yes | PASS / FAIL |")).starts_with("INCONCLUSIVE"));
  CHECK(code_of(with("0 major", "2 major")) == "INCONCLUSIVE contradictory");
  std::string major = with("None.", "1. Finding: slow\n   Severity: major");
  CHECK(code_of(major) == "PASS ok");  // noted
  major.replace(major.find("PASS WITH NOTES"), 15, "PASS");
  CHECK(code_of(major) == "INCONCLUSIVE contradictory");
}

TEST_CASE("report: what is still to be filled in is no report") {
  CHECK(code_of(with("sec-agent-1", "[agent-id]")) == "INCONCLUSIVE placeholder_left");
  CHECK(code_of(with("2026-03-04", "YYYY-MM-DD")) == "INCONCLUSIVE placeholder_left");
}

TEST_CASE("report: the domain that is asked for must have been evaluated") {
  CHECK(code_of(kReport, {.domain = "security"}) == "PASS ok");
  CHECK(code_of(kReport, {.domain = "performance"}) == "INCONCLUSIVE domain_not_evaluated");
  CHECK(code_of(kReport, {.domain = "content"}) == "INCONCLUSIVE domain_not_evaluated");
}

TEST_CASE("report: another document is none") {
  CHECK(code_of("# Release Contract: x\n\nVerdict: see there\n").starts_with("INCONCLUSIVE"));
  CHECK(code_of("# Notes\n\nAll is well. PASS\n") == "INCONCLUSIVE no_report");
  CHECK(code_of("") == "INCONCLUSIVE no_report");
}

}  // namespace
}  // namespace sluice::evidence
