// Quantile evidence: latency against the concurrent baseline, statistics notes 3.4.
//
// Requests over a threshold are counted in both arms. The threshold is a quantile of the baseline
// as it was before, and stays for at least a minute; whatever it is, the null "the canary is slower
// than no more than the margin allows" implies that the canary exceeds it no more often than the
// baseline, but for the margin in probability. A margin of 0.01 at the 99th percentile says that
// the canary's p99 may not exceed the baseline's p98. Four quantiles, whose tests are averaged,
// cover changes of shape at a cost of ln 4, and no more budget. All of it is kept for the whole
// canary, and without each group of it in turn (leave_one_out.h).
//
// Valid for any thresholds that are known before the requests they count; however latencies drift.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "judge/alternatives.h"
#include "judge/baseline_rate.h"
#include "judge/batch.h"
#include "judge/leave_one_out.h"
#include "judge/mixture.h"
#include "judge/restart_mass.h"

namespace sluice::judge {

// Counts of requests by latency: each up to its edge, in ascending order, the last without one.
// Index of the lowest edge over which at most the part `exceeding` of the requests lies: where many
// share a bucket, a line above them tells who is slower, and one below them tells nothing. No such
// edge: the last there is. No requests, or one bucket: 0.
[[nodiscard]] std::size_t threshold_edge(std::span<const std::int64_t> histogram, double exceeding);

class QuantileEvidence {
 public:
  // Margins in probability, one for each quantile. `planned_ms`: restart mass is spread over it.
  QuantileEvidence(const std::array<double, kQuantiles>& margins, std::int64_t planned_ms);

  // A batch that lacks either arm is added to the next. `elapsed_ms`: since the last call. What the
  // batch says is divided until no quantile can gain more than about `ln_most` by the requests of
  // the canary, were all of them over the threshold.
  void add(const Exceedances& batch, std::int64_t elapsed_ms, double design_effect = 1,
           double ln_most = std::numeric_limits<double>::infinity());

  // ln of the odds, of the whole canary.
  [[nodiscard]] double ln_worth() const;
  // The same without one of its groups. Of a group that had no request: as the whole.
  [[nodiscard]] double ln_worth_without(int group) const;
  // The quantile whose odds are highest, of the whole canary.
  [[nodiscard]] std::size_t most_worth() const;

  // Brings all views down to the least of those that count (LeaveOneOut).
  void level(const LeaveOneOut& groups);

 private:
  struct Test {
    double margin;
    double followed = 0;  // the rate that the alternatives were made for last; 0: never
    BaselineRate rate;
    Mixture<kMarginHarms> whole;
    std::array<Mixture<kMarginHarms>, kCanaryEntriesMax> without;  // of groups that were met
  };

  void meet();
  void stake(double ln_money);
  void judge(Test& test, std::size_t quantile, double design_effect, double ln_most);
  template <class MixtureOf>
  [[nodiscard]] double ln_staked(const MixtureOf& mixture_of) const;

  std::array<Test, kQuantiles> tests_;
  std::array<bool, kCanaryEntriesMax> met_{};
  RestartMass mass_;
  Exceedances pending_;
  std::int64_t pending_ms_ = 0;
};

}  // namespace sluice::judge
