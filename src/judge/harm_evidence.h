// Harm evidence: what speaks against the release, for the whole life of one Judge.
//
// Three metrics: errors, requests over the p99 target, and traffic that does not arrive; and a
// fourth, latency against the baseline, where Settings say that it takes releases back. Each is a
// test that begins with the money 1. Their weighted average is the evidence, so one budget covers
// all (statistics notes 3.9). Where the baseline is divided into units, the test of errors is
// itself the average of a fast one, batch by batch, and a slow one, block by block (3.8 iii, v).
//
// Requests over the target are judged against the target, which is absolute. While a baseline
// serves beside the canary, the fast test of them counts only as far as they are more than the
// baseline's by as much as the target allows: a moment in which everything stands still is in both.
// Beside it, and alone where there is no baseline, a test takes whole seconds, of which each says
// little: a canary that is slow for as long as three of them goes back, whatever the baseline does.
//
// All of it is kept once for the canary as it is, and once without each group of it; the least of
// those without is what counts, so that no single server or client can take a release down alone
// (3.8 ii). That costs two thirds more requests with five groups, and where no unit of the
// baseline, which is many times as large, was ever seen to fail alone, it is asked for less
// strictly: see odds(). The bound on false rollbacks is then alpha while no group fails for reasons
// of its own, and alpha / kEnoughOfRest where the canary has the very first that ever does. Every
// ten minutes all are brought down to the least of them. The group that is left out may then be
// another: it is enough that in each ten minutes at most one group fails for reasons of its own.
// What has once been lost to the least of them is not won back, which costs little, because what is
// worse in all groups shows in each.
#pragma once

#include <array>
#include <cstdint>

#include "judge/alternatives.h"
#include "judge/batch.h"
#include "judge/block_bets.h"
#include "judge/design_effect.h"
#include "judge/error_clusters.h"
#include "judge/latency_evidence.h"
#include "judge/leave_one_out.h"
#include "judge/mixture.h"
#include "judge/restart_mass.h"
#include "judge/traffic_evidence.h"

namespace sluice::judge {

// Logarithms of the evidence, and of each metric alone in the same view of the canary.
struct HarmOdds {
  double ln_total = 0;
  double ln_error = 0;
  double ln_error_fast = 0;    // of errors, batch by batch
  double ln_error_blocks = 0;  // and block by block
  double ln_slow = 0;
  double ln_traffic = 0;  // the same in every view
  double ln_latency = 0;  // in the total only where it has a part of the budget
};

// Parts of the budget, which make 1: in the proportions of the notes among the metrics that there
// are. Latency against the baseline is one of them only where it takes releases back: what is
// merely reported costs nothing.
struct MetricParts {
  double error = 0;
  double slow = 0;
  double traffic = 0;
  double latency = 0;
};

[[nodiscard]] MetricParts metric_parts(const Settings& settings);

inline constexpr double kEnoughOfRest = 0.1;

class HarmEvidence {
 public:
  // `history` is the baseline as counted before; may be empty.
  HarmEvidence(const Settings& settings, const Counts& history);

  // To be called first for every batch: time goes on, and groups show up.
  void begin(const Batch& batch);

  // Gathers blocks, and judges each at its end. What is known of clusters then, which must not be
  // of this batch, makes the plan for the block after it.
  void judge_blocks(const Batch& batch, const ErrorClusters& clusters);
  // Shares changed: what was gathered is let go. It never mixes with what comes.
  void drop_block();

  // The share is another from now on, or one that nobody knows: the block is of one share. What was
  // counted of it stays, and nothing is added until the clock ends it; where the share falls it is
  // dropped. For a share grows on what was seen to be good and falls on what was seen to be bad: to
  // drop the good, or to end a block at the bad, would leave more evidence of harm than there is.
  void turn_share(bool known, bool falls);

  // The canary's share from now on, as a fraction; 0: unknown, or none to compare with.
  void expect_share(double share) { traffic_.expect(share); }
  void judge_traffic(const Batch& batch);

  // Gathers seconds, and judges each at its end.
  void judge_slow_seconds(const Batch& batch);
  // What a batch says is divided by the design effect of its metric. Both arms must have requests.
  void judge_slow_against_baseline(const Batch& batch, const MarginAlternatives& alternatives,
                                   double design_effect);
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

  // The least of all views without a group. `no_unit_fails_alone`: nothing in the baseline says
  // that a unit ever fails for reasons of its own. What would take the canary back is then all of
  // it, at the line; and what is left without any one group need only be kEnoughOfRest of that. The
  // total says so; the metrics are as they are in the view that decides. `latency` is the
  // evidence of latency against the baseline, which is kept elsewhere.
  [[nodiscard]] HarmOdds odds(bool no_unit_fails_alone, const LatencyOdds& latency) const;

  // Where no group can be left out although there should be some, one moment's trouble must not
  // decide: the canary has then had bad events in at least three different seconds.
  [[nodiscard]] bool may_decide() const;

  // Which groups are left out in turn.
  [[nodiscard]] const LeaveOneOut& groups() const { return groups_; }

 private:
  // The tests over one view of the canary: all of it, or all but one group.
  struct View {
    Mixture<kMarginHarms> against_baseline;
    Mixture<kTargetHarms> against_target;
    Mixture<kBlockHarms> blocks;
    Mixture<kTargetHarms> slow;  // against the target
    Mixture<kMarginHarms> slow_against_baseline;
    Mixture<kTargetHarms> slow_seconds;
  };

  template <std::size_t N>
  void stake(Mixture<N> View::* test, double money);
  template <std::size_t N, class FactorsOf>
  void multiply(Mixture<N> View::* test, const Batch& batch, double design_effect,
                const FactorsOf& factors_of);
  template <std::size_t From, std::size_t To>
  void move_money(Mixture<From> View::* from, Mixture<To> View::* to);
  [[nodiscard]] HarmOdds odds_of(const View& view, double ln_latency) const;
  [[nodiscard]] double ln_staked(const View& view) const;
  void note_bad_second(const Counts& canary);
  void end_block();
  void level();

  Settings settings_;
  MetricParts parts_;
  double fast_part_;
  LeaveOneOut groups_;
  View whole_;
  std::array<View, kCanaryEntriesMax>
      without_;  // of groups that were met; the others would equal whole_
  RestartMass error_mass_;
  RestartMass block_mass_;
  RestartMass slow_mass_;  // of the two fast tests
  RestartMass second_mass_;
  TrafficEvidence traffic_;
  std::int64_t now_ms_ = 0;
  std::int64_t levelled_at_ms_ = 0;
  std::int64_t bad_second_ = -1;  // the last with a bad event in the canary
  int bad_seconds_ = 0;
  BlockBets bets_;
  Batch block_;
  bool block_closed_ = false;   // only the clock goes on
  bool share_unknown_ = false;  // between an order and its observation
  Batch second_;
  BlockPlan block_plan_ = kFirstBlock;
  TargetAlternatives error_alternatives_;
  TargetAlternatives slow_alternatives_;
};

}  // namespace sluice::judge
