// Gauge evidence: whether one gauge of the canary's processes is worse than of the baseline's
// beside them, statistics notes 3.8 iv, by nothing but the order of the values
// (docs/reference/gauges.md).
//
// The null: at each sample any order of the processes is as likely as any other. For whatever is
// independent from sample to sample the odds are exact: they reach x : 1 with a chance of at most
// 1 in x, however often one looks. For what lasts, the logarithm of the odds is divided by how long
// ranks last in the baseline (rank_persistence.h). That only lowers odds above 1, so the bound
// stays.
//
// Of two and more processes of the canary each is left out in turn, and the least odds count: one
// bad machine decides nothing. A canary of one process has no such protection.
//
// Pure, without allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "judge/mixture.h"
#include "judge/rank_payoffs.h"
#include "judge/rank_persistence.h"
#include "judge/restart_mass.h"

namespace sluice::judge {

// Of two, nothing can be told about how they differ by nature.
inline constexpr std::size_t kGaugeBaselineLeast = 3;

class GaugeEvidence {
 public:
  // `planned_ms`: restart mass is spread over it; 0: an hour.
  explicit GaugeEvidence(std::int64_t planned_ms) : mass_(planned_ms) {}

  // A sample, `elapsed_ms` after the one before, compared or not: finite values, one for each
  // process, of which more is worse; at most kGaugeUnitsMost of each. Nothing but time passes where
  // the canary has none, or the baseline fewer than kGaugeBaselineLeast.
  void add(std::span<const double> canary, std::span<const double> baseline,
           std::int64_t elapsed_ms);

  // ln of the odds.
  [[nodiscard]] double ln_worth() const;
  // So many samples are worth one, by what lasts in the baseline.
  [[nodiscard]] double persistence() const;

 private:
  void follow(std::size_t canary, std::size_t baseline);
  [[nodiscard]] std::size_t copies() const { return canary_ < 2 ? 1 : canary_; }
  [[nodiscard]] std::size_t least() const;

  RestartMass mass_;
  std::array<Mixture<kRankSlopes>, kGaugeUnitsMost> without_{};  // each process of the canary
  RankPersistence persistence_;
  double persistence_before_ = 1;  // the most, of processes that were the baseline before
  std::size_t canary_ = 0;         // processes
  std::size_t baseline_ = 0;
};

}  // namespace sluice::judge
