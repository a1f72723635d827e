// Quantile evidence: latency against the concurrent baseline, statistics notes 3.4.
//
// Requests over a threshold are counted in both arms. The threshold is a quantile of the baseline
// as it was before, and stays for at least a minute; whatever it is, the null "the canary is slower
// than no more than the margin allows" implies that the canary exceeds it no more often than the
// baseline, but for the margin in probability. A margin of 0.01 at the 99th percentile says that
// the canary's p99 may not exceed the baseline's p98. Four quantiles, whose tests are averaged,
// cover changes of shape at a cost of ln 4, and no more budget.
//
// Valid for any thresholds that are known before the requests they count; however latencies drift.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "judge/alternatives.h"
#include "judge/baseline_rate.h"
#include "judge/mixture.h"
#include "judge/restart_mass.h"
#include "model/event.h"

namespace sluice::judge {

inline constexpr std::size_t kQuantiles = 4;
// Parts of the baseline's requests that are over the threshold: p50, p90, p99, p99.9.
inline constexpr std::array<double, kQuantiles> kExceeding{0.5, 0.1, 0.01, 0.001};

// Counts of requests by latency: each up to its edge, in ascending order, the last without one.
// Index of the edge over which a part of the requests nearest to `exceeding` lies; no requests, or
// one bucket: 0.
[[nodiscard]] std::size_t threshold_edge(std::span<const std::int64_t> histogram, double exceeding);

// Over each threshold, of the requests of a batch.
struct Exceedances {
  std::int64_t canary = 0;
  std::int64_t baseline = 0;
  std::array<std::int64_t, kQuantiles> canary_over{};
  std::array<std::int64_t, kQuantiles> baseline_over{};
};

class QuantileEvidence {
 public:
  // Margins in probability, one for each quantile. `planned_ms`: restart mass is spread over it.
  QuantileEvidence(const std::array<double, kQuantiles>& margins, std::int64_t planned_ms);

  // A batch that lacks either arm is added to the next. `elapsed_ms`: since the last call.
  void add(const Exceedances& batch, std::int64_t elapsed_ms, double design_effect = 1);

  // ln of the odds.
  [[nodiscard]] double ln_worth() const;

 private:
  struct Test {
    MarginAlternatives alternatives;
    BaselineRate rate;
    Mixture<kMarginHarms> evidence;
  };

  void judge(Test& test, std::size_t quantile, double design_effect);

  std::array<Test, kQuantiles> tests_;
  RestartMass mass_;
  Exceedances pending_;
  std::int64_t pending_ms_ = 0;
};

}  // namespace sluice::judge
