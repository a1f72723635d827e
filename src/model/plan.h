// Plan: how one delivery goes, complete before it starts. It is journalled with the delivery, so
// that a later edit of sluice.yaml or of the contract changes nothing under way.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/id.h"
#include "base/share.h"
#include "base/tick.h"
#include "model/release.h"

namespace sluice {

// One step of traffic within an environment.
struct Stage {
  std::string name;
  Share share;
  std::int64_t soak_ms = 0;  // supervised time to stand here at least
  friend bool operator==(const Stage&, const Stage&) = default;
};

// What follows when the canary is worse than the baseline beside it in what the policy has no
// trigger for (its p99 trigger is about a target): at first it is only said.
enum class BaselineUse : std::uint8_t { report, rollback, off };

[[nodiscard]] constexpr std::string_view to_text(BaselineUse use) {
  switch (use) {
    case BaselineUse::report: return "report";
    case BaselineUse::rollback: return "rollback";
    case BaselineUse::off: return "off";
  }
  return "?";
}

// The values that the policy leaves open, with its safe defaults.
struct Parameters {
  double max_error_rate_increase = 0.01;  // absolute: 0.01 is one percentage point
  double error_rate_target = 0.01;        // used where there is no concurrent baseline
  double availability = 0;                // part that is to succeed; 0: see objective_of
  std::int64_t p99_target_ms = 500;
  std::int64_t validation_window_ms = 30 * kMinuteMs;
  double false_rollback_probability = 0.001;  // of one whole delivery
  double false_promotion_probability = 0.05;  // of one stage; the last has a fifth of it
  std::int64_t grace_ms = 0;                  // delays promotion at each stage, never rollback
  bool evidence_paced = true;                 // customers' stages: a share grows with evidence
  BaselineUse latency_against_baseline = BaselineUse::report;
  BaselineUse gauges_against_baseline = BaselineUse::report;
  friend bool operator==(const Parameters&, const Parameters&) = default;
};

// The part of a service's requests that is to succeed, by which its burn rates are told: what is
// written, or else what the error rate's target leaves.
[[nodiscard]] constexpr double objective_of(const Parameters& parameters) {
  return parameters.availability > 0 ? parameters.availability : 1 - parameters.error_rate_target;
}

// The last stage of an environment is promoted on stronger evidence: this part of the probability.
inline constexpr double kLastStagePart = 0.2;

// How long each kind of wait may last before the delivery goes back by itself.
struct Deadlines {
  std::int64_t deploy_ms = 2 * kMinuteMs;  // start the canary until ready
  std::int64_t shift_ms = 30 * kSecondMs;  // change a share until read back
  std::int64_t evidence_ms = kHourMs;      // beyond the soak, for evidence to promote
  std::int64_t silence_ms = kMinuteMs;     // without live telemetry, probes or router
  std::int64_t smoke_ms = kMinuteMs;
  std::int64_t pause_ms = kHourMs;
  std::int64_t drain_ms = 10 * kSecondMs;     // then the canary is stopped all the same
  std::int64_t rollback_ms = 30 * kSecondMs;  // then rollback_blocked: the second way back
  std::int64_t finish_ms = 2 * kMinuteMs;
  friend bool operator==(const Deadlines&, const Deadlines&) = default;
};

struct EnvironmentPlan {
  EnvironmentName name;
  bool customer_facing = false;
  bool judged = false;
  bool smoke = false;   // has smoke tests; always so where customer_facing
  bool alerts = false;  // has a live alert source; always so where customer_facing
  // Under the load that runs here, the canary answers at least so many requests at the last stage;
  // 0: no load.
  std::int64_t load_requests_min = 0;
  std::vector<Stage> stages;  // rising, ending at 100 %; never empty
  bool drill = false;         // the rollback is rehearsed here, after the last stage
  bool gauges = false;        // is judged, and its processes' gauges are looked at beside that
  friend bool operator==(const EnvironmentPlan&, const EnvironmentPlan&) = default;
};

struct Plan {
  ServiceName service;
  Release release;
  std::string contract_file;
  Digest contract_revision;
  Digest policy_digest;
  std::vector<EnvironmentPlan> environments;  // in order; never empty
  Parameters parameters;
  Deadlines deadlines;
  bool keep_on_missing_validation = false;
  std::string fallback;  // what serves when there is no baseline; empty where there is one
  bool notify = false;   // somebody is configured to be called
  // `rollback` after *done*: the release was the baseline before, and what was shown of it then is
  // evidence still.
  bool returns = false;
  // Of its new features: looked up again right before the first customers get the release.
  std::vector<std::string> flags;
  // `sluice drill`: it ends with the rehearsal in its only environment, and nothing of it stays.
  bool drill = false;
  // For the rehearsal, where there is one: what the contract says that the way back takes, whether
  // it says that this was tested, and for how long the drill is evidence.
  std::int64_t rollback_estimate_ms = 0;
  std::string rollback_claim;
  std::int64_t drill_valid_ms = 0;
  friend bool operator==(const Plan&, const Plan&) = default;
};

}  // namespace sluice
