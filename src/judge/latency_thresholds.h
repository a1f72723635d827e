// Latency thresholds: over what a request is called long, when canary and baseline are compared.
//
// The quantiles of the baseline (p50, p90, p99, p99.9) as it was before, up to the next edge of a
// bucket. They are chosen when the baseline has had a thousand requests, and again after a minute
// at the earliest, from what came since the last choice and half of what that was made of. What is
// counted under them was not known when they were chosen, which is all that the test needs (notes
// 3.4): a threshold that lies badly costs power, never validity.
//
// The canary is granted one bucket more: a millisecond, or a sixteenth to an eighth of the time.
// Where latencies hardly vary, a canary that takes a fiftieth longer would otherwise exceed nearly
// always what the baseline exceeds half of the time.
//
// Pure, without allocation.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "judge/batch.h"
#include "model/latency.h"

namespace sluice::judge {

inline constexpr std::int64_t kRequestsToChoose = 1'000;

// Over what the canary's requests are called long where the baseline's are over this.
[[nodiscard]] std::int64_t over_ms_of_canary(std::int64_t over_ms);

class LatencyThresholds {
 public:
  // Of the baseline, in force for the next batch.
  [[nodiscard]] const OverMs& over_ms() const { return over_ms_; }

  // Counts what both arms did in `elapsed_ms` over the thresholds that were in force, and learns
  // from the baseline. Before the first choice everything is 0. `canary_groups`: as
  // Batch::canary_groups, as many as are known.
  [[nodiscard]] Exceedances count(const LatencyCounts& canary, const LatencyCounts& baseline,
                                  std::int64_t elapsed_ms,
                                  std::span<const LatencyCounts> canary_groups = {});

 private:
  void learn(const LatencyCounts& baseline, std::int64_t elapsed_ms);
  void choose();

  OverMs over_ms_ = kNoThresholds;
  std::array<std::size_t, kQuantiles> edges_{};
  std::array<std::int64_t, kLatencyBuckets> seen_{};
  std::int64_t requests_ = 0;  // in seen_
  std::int64_t stand_ms_ = 0;  // since they were chosen
};

}  // namespace sluice::judge
