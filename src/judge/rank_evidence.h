// Rank evidence: gauges without counts (processor time, length of a queue), statistics notes 3.8
// iv.
//
// In each block of time the canary has a rank among itself and the units of the baseline, by the
// value of the gauge. The null: given the past, the canary is as likely to hold any rank as each
// unit. Exact for whatever is independent from block to block; it knows no margin, so that a small
// but lasting difference is found in the end.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "judge/mixture.h"
#include "judge/restart_mass.h"

namespace sluice::judge {

inline constexpr std::size_t kRankSlopes = 5;

class RankEvidence {
 public:
  // `planned_ms`: restart mass is spread over it; 0: an hour.
  explicit RankEvidence(std::int64_t planned_ms) : mass_(planned_ms) {}

  // Ends a block of `elapsed_ms`: the canary's value, and one of each unit, of which more is worse.
  // Equal values share their ranks' payoff. A value that is no number, or no unit: nothing happens.
  void add(double canary, std::span<const double> units, std::int64_t elapsed_ms);

  // ln of the odds.
  [[nodiscard]] double ln_worth() const;

 private:
  RestartMass mass_;
  Mixture<kRankSlopes> test_;
};

// What each slope pays a canary that has `worse` units above it and `equal` beside it, of `units`:
// on average over all ranks 1.
[[nodiscard]] std::array<double, kRankSlopes> rank_payoffs(int worse, int equal, int units);

}  // namespace sluice::judge
