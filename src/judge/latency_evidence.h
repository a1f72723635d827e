// Latency evidence: whether the canary is slower than the baseline beside it, statistics notes 3.4.
//
// Whole seconds are compared, each under thresholds that were known before it. What a second may
// say is bounded: it multiplies the odds of a quantile by about fifty at most, however many
// requests it had, so that no single pause, of garbage collection say, comes near the line, and a
// canary has to be slower for three seconds or more. That also makes the test careful where
// requests of one second are late together, which they are.
//
// What slows a canary by nature is not compared:
// - its first minute with traffic, in which caches are cold;
// - while it has more than half of the traffic: then it carries more load than the baseline;
// - while nobody knows which share is routed, and what was gathered of a second before the share
//   fell. Counts under one share never mix with counts under another;
// - alone, at 100 % or without a baseline: there is nothing to compare it with.
// Where both arms stand still together, the requests are late in both, and that says nothing.
//
// Requests count when they end. One that hangs is the p99 target's affair. As with errors, servers
// and clients are left out in turn: one slow process of five is not enough.
//
// Pure, without allocation.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "judge/batch.h"
#include "judge/leave_one_out.h"
#include "judge/quantile_evidence.h"

namespace sluice::judge {

// By how much more of the canary's requests may be over a quantile of the baseline: p50 may be its
// p40, p90 its p85, p99 its p98, p99.9 its p99.7. Wide at the median, because processes differ and
// an eighth in time is within a bucket; in the tail twice to three times the baseline's.
inline constexpr std::array<double, kQuantiles> kLatencyMargins{0.10, 0.05, 0.01, 0.002};

enum class Comparison : std::uint8_t {
  not_counted,   // no thresholds yet: too few requests of the baseline, or nobody counts latencies
  alone,         // no baseline beside the canary
  warming_up,    // the canary's first minute
  unequal_load,  // the canary has more than half
  compared,
};

struct LatencyFinding {
  Comparison comparison = Comparison::not_counted;
  bool ever_counted = false;  // thresholds were there once
  // ln of the odds, of the average over the quantiles; without the group that leaves the least.
  double ln_worth = 0;
  std::size_t quantile = 0;  // that speaks most against the canary
  Ended canary;              // judged in this stage
  Ended baseline;
};

// ln of the odds of the whole canary, and without each of its groups.
struct LatencyOdds {
  double ln_whole = 0;
  std::array<double, kCanaryEntriesMax> ln_without{};
};

class LatencyEvidence {
 public:
  explicit LatencyEvidence(std::int64_t planned_ms);

  void enter_stage(bool concurrent);
  // As Judge::expect_share.
  void expect_share(double share);
  // The batch's exceedances and its time.
  void add(const Exceedances& over, std::int64_t elapsed_ms, const LeaveOneOut& groups);

  [[nodiscard]] const LatencyFinding& finding() const { return finding_; }
  [[nodiscard]] const LatencyOdds& odds() const { return odds_; }

 private:
  void end_second(const LeaveOneOut& groups);
  void find(const LeaveOneOut& groups);
  void drop_second();
  [[nodiscard]] Comparison comparison() const;

  QuantileEvidence evidence_;
  Exceedances second_;
  std::int64_t second_ms_ = 0;
  bool closed_ = true;  // only the clock goes on, until the second ends
  bool concurrent_ = true;
  bool canary_met_ = false;
  double share_ = 0;  // 0: unknown
  double share_known_ = 0;
  std::int64_t warm_ms_ = 0;  // since the canary's first request
  std::int64_t unlevelled_ms_ = 0;
  LatencyOdds odds_;
  LatencyFinding finding_;
};

}  // namespace sluice::judge
