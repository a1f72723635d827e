// One view: of the robust judge's evidence, what is left of the errors without one group of the
// canary. Nothing that the judge finds is ever more, because it takes the least of all such views.
//
// So a healthy release that this leaves alone is not taken back, which takes a twentieth of the
// time to see: thousands of simulated hours become affordable. What it does not leave alone has to
// be put before the judge. Made of the judge's own parts; one_view_test holds it to the bound.
#pragma once

#include "bench/methods.h"
#include "judge/block_bets.h"
#include "judge/error_clusters.h"
#include "judge/harm_evidence.h"

namespace sluice::bench {

class OneView {
 public:
  // `group` of the canary is left out: a server, or behind them a bucket of clients.
  OneView(const judge::Settings& settings, int group);

  // Requests over target are not looked at; there must be none.
  void add(const judge::Batch& batch);

  // At least what Finding says after the same batches.
  [[nodiscard]] double ln_error() const;
  [[nodiscard]] double ln_harm() const;

 private:
  void judge_batch(const judge::Batch& batch);
  void judge_block(const judge::Batch& batch);

  judge::Settings settings_;
  int group_;
  bool canary_met_ = false;
  judge::Batch pending_;
  judge::Batch block_;
  judge::BlockPlan block_plan_ = judge::kFirstBlock;
  judge::BaselineRate baseline_rate_;
  judge::MarginAlternatives alternatives_;
  judge::ErrorClusters clusters_;
  judge::BlockBets bets_;
  judge::RestartMass batch_mass_;
  judge::RestartMass block_mass_;
  judge::Mixture<judge::kMarginHarms> by_batch_;
  judge::Mixture<judge::kBlockHarms> by_block_;
};

// What the judge of these settings decides, asked only where it may take the release back.
[[nodiscard]] sim::RolledBack robustly_decided(const judge::Settings& settings,
                                               const History& history);

// False: the judge of these settings does not take this release back. True: it may.
[[nodiscard]] bool may_be_taken_back(const judge::Settings& settings, const History& history);

}  // namespace sluice::bench
