// Rollout: what a plan does to one release in its customers' environment, tick by tick: the same
// stages, soaks, deadlines, pace and judge as in earnest, with simulated traffic.
//
// A tick is a twentieth of the time since the stage began, and at least the 10 ms that it takes
// until a router obeys: decisions that need long are not made much later for it, and soaks of days
// take no more work than of minutes. What is not simulated: starting and draining, health checks,
// smoke tests and alerts, latency, that a suspected release's share is cut. Deterministic: one
// plan, one service and one seed give one result.
#pragma once

#include <cstdint>
#include <vector>

#include "judge/batch.h"
#include "model/plan.h"
#include "sim/threshold_rules.h"
#include "sim/world.h"

namespace sluice::sim {

enum class Ending {
  promoted,
  rolled_back,
  no_evidence,  // also taken back: the deadline for evidence passed, at no fault of the release
};

struct Rollout {
  Ending ending = Ending::promoted;
  std::int64_t took_ms = 0;
  std::int64_t requests = 0;  // of the canary
  std::int64_t failed = 0;    // of these
};

// The judge as the engine sets it up for five servers of the canary, with so many units of the
// baseline, and the clients of both.
[[nodiscard]] judge::Settings told_apart(judge::Settings settings, int units = kBaselineUnits);
// What the judge is told of one tick.
[[nodiscard]] judge::Batch batch_of(const Counted& counted);

// `environment` is one of the plan's, customer-facing.
[[nodiscard]] Rollout roll_out(const Plan& plan, const EnvironmentPlan& environment,
                               const ServiceModel& service, std::uint64_t seed);

// The same stages under fixed-threshold polling: each stage lasts as long as its soak, and nothing
// but the rule takes the release back. After 2,000 intervals it counts as promoted.
[[nodiscard]] Rollout roll_out_polled(const Plan& plan, const EnvironmentPlan& environment,
                                      const ServiceModel& service, std::uint64_t seed,
                                      const FlaggerRule& rule);

}  // namespace sluice::sim
