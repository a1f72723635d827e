// Harm evidence: what speaks against the release, for the whole life of one Judge.
//
// Two metrics, errors and requests over the p99 target, each a test that begins with the money 1;
// their average is the evidence, so one budget covers both (statistics notes 3.9). The whole of it
// is kept once for the canary as it is, and once without each group of it; the least of those
// without is what counts, so that no single server or client can take a release down alone (3.8
// ii).
#pragma once

#include <array>
#include <cstdint>

#include "judge/alternatives.h"
#include "judge/batch.h"
#include "judge/mixture.h"
#include "judge/restart_mass.h"

namespace sluice::judge {

// Logarithms of the evidence, and of each metric alone in the same view of the canary.
struct HarmOdds {
  double ln_total = 0;
  double ln_error = 0;
  double ln_slow = 0;
};

class HarmEvidence {
 public:
  explicit HarmEvidence(const Settings& settings);

  // To be called first for every batch: time goes on, and groups show up.
  void begin(const Batch& batch);

  // What a batch says is divided by the design effect of its metric.
  void judge_slow(const Batch& batch, double design_effect);
  // Both arms must have requests.
  void judge_errors_against_baseline(const Batch& batch, const MarginAlternatives& alternatives,
                                     double design_effect);
  void judge_errors_against_target(const Batch& batch, double design_effect);

  // The errors' money moves to the other test. Each factor, of either test, is expected to be at
  // most 1 given the past where the release is as its own stage demands (no worse than the baseline
  // by the margin; no worse than the target). Their product keeps that, and so does dividing the
  // money anew among alternatives at a moment not chosen by outcomes. Evidence thus goes over
  // undiminished. After a long healthy time little is left to go over, so half of what is unstaked
  // is staked at once: a change of stage is when new trouble is to be expected.
  void turn_to_target();
  void turn_to_baseline();

  [[nodiscard]] HarmOdds odds() const;

  // At least kGroupsMin groups had traffic.
  [[nodiscard]] bool leaves_one_out() const { return groups_met_ >= kGroupsMin; }

 private:
  // The tests over one view of the canary: all of it, or all but one group.
  struct View {
    Mixture<kMarginHarms> against_baseline;
    Mixture<kTargetHarms> against_target;
    Mixture<kTargetHarms> slow;
  };

  template <std::size_t N>
  void stake(Mixture<N> View::* test, double money);
  template <std::size_t N, class FactorsOf>
  void multiply(Mixture<N> View::* test, const Batch& batch, double design_effect,
                const FactorsOf& factors_of);
  template <std::size_t From, std::size_t To>
  void move_money(Mixture<From> View::* from, Mixture<To> View::* to);
  [[nodiscard]] HarmOdds odds_of(const View& view) const;

  int groups_;
  int groups_met_ = 0;
  std::int64_t canary_requests_ = 0;
  std::array<bool, kGroupsMax> met_{};
  View whole_;
  std::array<View, kGroupsMax> without_;  // of groups that were met; the others would equal whole_
  RestartMass error_mass_;
  RestartMass slow_mass_;
  TargetAlternatives error_alternatives_;
  TargetAlternatives slow_alternatives_;
};

}  // namespace sluice::judge
