// Assessment: what one piece of evidence says about the question that it was brought for. The gates
// of gates/ combine assessments into the verdict of a clause; who may bring evidence, about which
// digest and how long it stays fresh is decided there and in the evidence store.
//
// Every function is total and pure. PASS rests on something that was examined: looked_at is then at
// least 1. What cannot be read, was not run or contradicts itself is INCONCLUSIVE, never PASS.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "evidence/attestation.h"
#include "evidence/cyclonedx.h"
#include "evidence/evaluation_report.h"
#include "evidence/junit.h"
#include "evidence/sarif.h"
#include "evidence/severity.h"
#include "model/verdict.h"

namespace sluice::evidence {

struct Assessment {
  Verdict verdict = Verdict::inconclusive;
  std::string code;    // a short stable word: "findings", "nothing_analysed", "ok"
  std::string why;     // one sentence, safe to show
  std::string remedy;  // empty for PASS
  int looked_at = 0;
  friend bool operator==(const Assessment&, const Assessment&) = default;
};

// Evidence that could not be read at all: INCONCLUSIVE, code `unreadable`.
[[nodiscard]] Assessment unreadable(const Error& error);

struct ScanRule {
  Severity fails_at = Severity::high;  // this severity and above; SARIF's `error` is high
  std::vector<std::string> tools{};  // whose runs count for a PASS, in any case; empty: everybody's
};

// FAIL: an open finding at or above `fails_at`, whoever found it. INCONCLUSIVE: nothing was
// analysed, a run did not reach its end or says that parts are missing, a finding has a severity
// that cannot be told, or no run is by one of `tools`.
[[nodiscard]] Assessment assess(const SarifFacts& facts, const ScanRule& rule);

struct TestRule {
  std::int64_t tests_min = 1;  // that must have passed
  bool flaky_passes = true;    // a test that passed only at a second try
  bool skipped_passes = true;
};

// FAIL: a test, or a suite as a whole, failed or broke. INCONCLUSIVE: no test ran, fewer than
// `tests_min` passed, or a suite claims failures that are not shown.
[[nodiscard]] Assessment assess(const JunitFacts& facts, const TestRule& rule);

struct VulnerabilityRule {
  Severity fails_at = Severity::high;
};

// FAIL: a vulnerability that is exploitable, or listed without an analysis, and not known to be
// below `fails_at`. INCONCLUSIVE: one is in triage, has no severity and no analysis, or is called
// not affecting without a reason; or nothing is said about vulnerabilities at all.
[[nodiscard]] Assessment assess(const CycloneDxFacts& facts, const VulnerabilityRule& rule);

struct ReportRule {
  std::string domain{};  // "security": where the report has rows for policies, one must be about it
};

// FAIL: the report says FAIL, overall or for a policy, or holds an open critical finding, whatever
// else it says. INCONCLUSIVE: ESCALATE, no verdict, a verdict that is unclear or contradicts what
// stands beside it, something still to be filled in, or another document. PASS WITH NOTES passes,
// and the notes are in the words.
[[nodiscard]] Assessment assess(const EvaluationReport& report, const ReportRule& rule);

struct AttestationRule {
  std::vector<Digest> artifacts{};                 // the statement must be about one of them,
  std::string commit{};                            // or about this commit, where one is given
  std::string domain{};                            // of which a signer must be allowed to speak
  std::string author{};                            // whose own signature does not count
  std::size_t signers_min = 1;                     // different evaluators
  Severity fails_at = Severity::high;              // of a vulnerability scan
  bool warned_passes = false;                      // of a test result
  std::vector<std::string> external_parameters{};  // of provenance: those that are expected
  std::vector<std::string> levels{};  // of a verification summary: all must be verified
};

// FAIL: a signer who may speak of this says FAILED, names failed tests, or found vulnerabilities at
// or above `fails_at`. INCONCLUSIVE: it is about something else, its signers may not speak of it,
// or what it states is incomplete or not understood. A missing attestation is never given to this.
[[nodiscard]] Assessment assess(const Attestation& attestation, const AttestationRule& rule);

}  // namespace sluice::evidence
