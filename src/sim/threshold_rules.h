// Threshold rules: how tools that poll a metric against a fixed line decide, as pure functions of
// the counts of each second.
//
// Read from source, statistics notes 1.1: Flagger at commit 15bd6ad5 (pkg/controller/scheduler.go
// and scheduler_metrics.go), Argo Rollouts at commit 9f8d111d (analysis/analysis.go and
// utils/analysis). They are given exact counts without delay, which no real scrape is.
#pragma once

#include <optional>
#include <span>

#include "model/event.h"
#include "sim/world.h"

namespace sluice::sim {

// What was counted in one second.
struct Second {
  Counts canary;
  Counts baseline;
  Counts alike;  // a part of the baseline as large as the canary at 5 %
};

[[nodiscard]] Second second_of(const Counted& counted);

// The second at which the traffic is taken back, counted from 1; nothing: not within the sequence.
using RolledBack = std::optional<int>;

// Every interval it first rolls back if enough checks have failed, then checks again: so the
// traffic flows for one interval more than the threshold says. Failed checks add up and are never
// forgiven. A window without requests is a failed check.
struct FlaggerRule {
  int interval_s = 60;
  int threshold = 5;
  int window_s = 60;
  double success_min = 0.99;
  double over_target_max = 0.01;  // request-duration: p99 of at most 500 ms
};
[[nodiscard]] RolledBack flagger(std::span<const Second> seconds, const FlaggerRule& rule);

// The first measurement comes after `interval_s` (initialDelay); a release fails when more than
// `failure_limit` measurements have failed. A window without requests gives 0/0, which is a failed
// measurement.
struct ArgoRule {
  int interval_s = 60;
  int failure_limit = 3;
  int window_s = 60;
  double success_min = 0.99;
};
[[nodiscard]] RolledBack argo(std::span<const Second> seconds, const ArgoRule& rule);

}  // namespace sluice::sim
