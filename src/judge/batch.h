// Batch: what the judge is told, and the settings it is told once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "model/event.h"
#include "model/plan.h"

namespace sluice::judge {

inline constexpr int kGroupsMax = 16;
inline constexpr int kGroupsMin = 3;      // fewer that had traffic: leave-one-out is off
inline constexpr int kBadSecondsMin = 3;  // then, seconds with bad events before anything breaches
inline constexpr int kUnitsMax = 32;
inline constexpr int kClientsMax = 16;
inline constexpr int kCanaryEntriesMax = kGroupsMax + kClientsMax;

inline constexpr std::size_t kQuantiles = 4;
// Parts of the baseline's requests that are over the threshold: p50, p90, p99, p99.9.
inline constexpr std::array<double, kQuantiles> kExceeding{0.5, 0.1, 0.01, 0.001};

// The thresholds themselves: a request is over one if it takes longer than so many milliseconds.
using OverMs = std::array<std::int64_t, kQuantiles>;
inline constexpr OverMs kNoThresholds{-1, -1, -1, -1};

// Requests that ended, and those of them over each threshold: of a higher one never more.
struct Ended {
  std::int64_t requests = 0;
  std::array<std::int64_t, kQuantiles> over{};
  friend bool operator==(const Ended&, const Ended&) = default;
};

// What ended of a batch.
struct Exceedances {
  Ended canary;
  Ended baseline;
  std::array<Ended, kCanaryEntriesMax> canary_groups{};  // as Batch::canary_groups
  friend bool operator==(const Exceedances&, const Exceedances&) = default;
};

struct Settings {
  double margin = 0.01;             // tolerated increase of the error rate, absolute
  double error_rate_target = 0.01;  // where there is no concurrent baseline
  double over_target_share = 0.01;  // p99: at most this share of requests may be over target
  double alpha = 0.001;             // false rollback, of the whole delivery
  double alpha_promotion = 0.05;    // false promotion, of one stage
  std::int64_t planned_ms = 0;      // planned duration; restart mass is spread over it; 0: an hour
  int groups = 0;                   // canary groups, 0..kGroupsMax
  int baseline_groups = 0;          // units of the baseline, 0..kUnitsMax; below 2: none
  int client_groups = 0;            // of both arms, 0..kClientsMax: the same requests by client
  bool judge_traffic = false;       // shares will be told (Judge::expect_share)
  BaselineUse latency_against_baseline = BaselineUse::report;  // where latencies are counted
};

// Counts of one batch. canary_groups has Settings::groups used entries that add up to canary, and
// baseline_groups has Settings::baseline_groups that add up to baseline; with 0 groups only the
// totals count. Batches end by the clock or by numbers of requests, never because of what the
// requests returned.
//
// Groups are whatever fails together: servers, or buckets of clients. Units of the baseline are
// divided in the same way, and are best about as large as the whole canary; larger ones are valid
// too, and smaller ones are put together (baseline_units.h). Where both ways are known, the groups
// are servers, and behind them in both arrays stand Settings::client_groups more entries, which
// divide the same requests by client: a server fails everybody's requests, a broken client fails on
// every server, and neither shows in the other's division.
struct Batch {
  Counts canary;
  Counts baseline;
  std::array<Counts, kCanaryEntriesMax> canary_groups{};
  std::array<Counts, kUnitsMax + kClientsMax> baseline_groups{};
  Exceedances latencies;        // all zero where nobody counts them
  std::int64_t elapsed_ms = 0;  // since the last batch
};

// The same batch made sound, whatever was counted: nothing negative, no more errors than requests,
// no group larger than the whole, no more over a higher threshold than over a lower, nothing above
// 2^53 (beyond it doubles skip whole numbers).
[[nodiscard]] Batch sound(const Batch& batch, const Settings& settings);

// `into` grown by `more`; stops at 2^53 instead of running over.
void grow(Counts& into, const Counts& more);
void grow(Ended& into, const Ended& more);
void grow(Exceedances& into, const Exceedances& more);
void grow(Batch& into, const Batch& more, const Settings& settings);

// Requests over target in the place of errors, for what compares rates of errors.
[[nodiscard]] inline Counts late(const Counts& counts) {
  return {counts.requests, counts.over_target, 0};
}

// The canary without one of its groups.
[[nodiscard]] Counts without_group(const Batch& batch, int group);
[[nodiscard]] Ended without_group(const Exceedances& batch, int group);

// Entries in use, of both divisions.
[[nodiscard]] inline int canary_entries(const Settings& settings) {
  return settings.groups + settings.client_groups;
}
[[nodiscard]] inline int baseline_entries(const Settings& settings) {
  return settings.baseline_groups + settings.client_groups;
}

}  // namespace sluice::judge
