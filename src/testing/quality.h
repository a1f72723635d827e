// Evidence with which the four evaluations of quality pass, as sluice.yaml's own rules assess it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/evidence.h"
#include "model/policy.h"

namespace sluice::testing {

// May evaluate everything, and wrote nothing.
inline Evaluator quality_evaluator() {
  return {.name = "quality",
          .user = "quality",
          .domains = {"security", "architecture", "performance", "observability"}};
}

// What `sluice evidence add` would have made of it, without id and about no release.
inline Evidence examined_quality(const Policy& policy, Proof proof, const std::string& domain,
                                 Verdict verdict = Verdict::pass) {
  Evidence evidence{.kind = EvidenceKind::evaluation, .by = "quality"};
  if (proof == Proof::scan) evidence.kind = EvidenceKind::scan;
  if (proof == Proof::tests) evidence.kind = EvidenceKind::test_report;
  evidence.source = domain + "." + std::string(to_text(proof));
  evidence.series = std::string(to_text(proof)) + " in " + evidence.source;
  evidence.bytes = sha256(evidence.source);
  for (const QualityRule& rule : policy.quality) {
    if (rule.domain != domain) continue;
    evidence.assessed.push_back({.domain = domain,
                                 .proof = proof,
                                 .verdict = verdict,
                                 .code = verdict == Verdict::pass ? "ok" : "findings",
                                 .why = verdict == Verdict::pass ? "nothing found" : "a hole",
                                 .remedy = verdict == Verdict::pass ? "" : "mend it",
                                 .looked_at = 3,
                                 .rule = rule_digest(rule, proof, {})});
  }
  return evidence;
}

// Everything that the policy's own rules ask for, valid to the end of time.
inline std::vector<Evidence> examined_quality(const Policy& policy) {
  std::vector<Evidence> all;
  for (const QualityRule& rule : policy.quality) {
    for (const Proof proof : rule.demands) {
      all.push_back(examined_quality(policy, proof, rule.domain));
    }
  }
  return all;
}

// The same as records about a release.
inline std::vector<Evidence> passing_quality(const Policy& policy, const Digest& release,
                                             Tick observed = {}) {
  std::vector<Evidence> records = examined_quality(policy);
  for (Evidence& evidence : records) {
    evidence.about = release;
    evidence.observed = observed;
    evidence.id = evidence_id(evidence);
  }
  return records;
}

}  // namespace sluice::testing
