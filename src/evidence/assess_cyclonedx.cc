#include "evidence/assessment.h"
#include "evidence/assessment_text.h"

namespace sluice::evidence {
namespace {

std::string text_of(const VulnerabilityStatement& statement) {
  return fmt::format("{} ({}, {})", in_ticks(statement.id.empty() ? "no id" : statement.id),
                     statement.severity ? to_text(*statement.severity) : "severity unknown",
                     to_text(statement.state));
}

void look_at(const VulnerabilityStatement& statement, Doubts& failures, Doubts& doubts) {
  switch (statement.state) {
    case Exploitability::exploitable:
      failures.add("vulnerable", text_of(statement), "mend the vulnerability");
      return;
    case Exploitability::unstated:
      if (statement.severity) {
        failures.add("vulnerable", text_of(statement),
                     "mend the vulnerability, or state why it does not affect the release");
        return;
      }
      doubts.add("not_analysed", text_of(statement), "analyse the vulnerability");
      return;
    case Exploitability::in_triage:
      doubts.add("not_analysed", text_of(statement), "analyse the vulnerability");
      return;
    case Exploitability::not_affected:
      if (statement.justified) return;
      doubts.add("not_justified", text_of(statement) + " gives no reason",
                 "give a `justification` or a `detail`");
      return;
    case Exploitability::resolved:
    case Exploitability::resolved_with_pedigree:
    case Exploitability::false_positive: return;
  }
}

}  // namespace

Assessment assess(const CycloneDxFacts& facts, const VulnerabilityRule& rule) {
  Doubts failures;
  Doubts doubts;
  for (const VulnerabilityStatement& statement : facts.vulnerabilities) {
    const bool small = statement.severity && *statement.severity < rule.fails_at;
    if (!small) look_at(statement, failures, doubts);
  }
  const auto looked_at = static_cast<std::int64_t>(facts.vulnerabilities.size());
  if (facts.vulnerabilities.empty()) {
    doubts.add("nothing_stated", "the document says nothing about vulnerabilities",
               "bring a scan; a list of components is none");
  }
  if (!failures.none()) return failures.assessment(Verdict::fail, looked_at);
  if (!doubts.none()) return doubts.assessment(Verdict::inconclusive, looked_at);
  return passed(
      fmt::format("{} stated, none at or above {} that affects {}",
                  looked_at == 1 ? "1 vulnerability" : fmt::format("{} vulnerabilities", looked_at),
                  to_text(rule.fails_at),
                  facts.about.empty() ? "the release" : in_ticks(facts.about)),
      looked_at);
}

}  // namespace sluice::evidence
