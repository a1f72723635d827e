// Quality: what the four evaluations of the policy (security, architecture, performance,
// observability) take to pass, and who may say that they did.
//
// Evaluators are people, tools and evaluation agents alike. What one of them says comes either
// signed by its key, or from its login, which the kernel knows. The author of a release is never
// its evaluator.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/tick.h"
#include "model/complaint.h"

namespace sluice {

// What a piece of evidence can show.
enum class Proof : std::uint8_t {
  scan,        // a tool looked for faults
  evaluation,  // an evaluator came to a conclusion
  tests,       // tests ran
};

[[nodiscard]] constexpr std::string_view to_text(Proof proof) {
  switch (proof) {
    case Proof::scan: return "scan";
    case Proof::evaluation: return "evaluation";
    case Proof::tests: return "tests";
  }
  return "?";
}

struct Evaluator {
  std::string name;      // "ci", as records call it
  std::string user;      // its login, or the number of it; empty: it only signs
  std::string key_file;  // of its public key; empty: it does not sign
  Position key_at;       // where sluice.yaml names the file
  std::string key;       // what the file holds: PEM
  std::vector<std::string> domains;
  std::vector<Proof> signs{Proof::scan, Proof::evaluation, Proof::tests};
  std::vector<std::string> speaks_for;  // ids of verifiers that it may sign as
  friend bool operator==(const Evaluator&, const Evaluator&) = default;
};

struct QualityRule {
  std::string domain;
  std::vector<Proof> demands{Proof::evaluation};  // each at least once
  std::string fails_at = "high";                  // a finding of this severity and above fails
  std::vector<std::string> tools{};               // whose scans count; empty: everybody's
  int tests_min = 1;                              // that must have passed
  bool flaky_passes = true;
  bool skipped_passes = true;
  std::int64_t valid_for_ms = 30 * kDayMs;  // evidence is not fresh any more after that
  friend bool operator==(const QualityRule&, const QualityRule&) = default;
};

// What holds unless sluice.yaml says otherwise: one for each domain, in the policy's order.
[[nodiscard]] std::vector<QualityRule> usual_quality();

// Of what decides how evidence that shows `proof` is assessed. `signers`: the evaluators with keys,
// for evidence that is signed; empty for other evidence. Another digest: assessed otherwise.
[[nodiscard]] Digest rule_digest(const QualityRule& rule, Proof proof,
                                 const std::vector<Evaluator>& signers);

// Those of `evaluators` that have a key.
[[nodiscard]] std::vector<Evaluator> signers_of(const std::vector<Evaluator>& evaluators);

}  // namespace sluice
