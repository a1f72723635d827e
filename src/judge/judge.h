// Judge: counts in, odds out. Sequential tests that may be looked at after every batch.
//
// One Judge lives through one environment of one delivery. It decides whether the canary is worse
// than the baseline by more than the tolerated increase, whether it is slower than the p99 target,
// and whether there is positive evidence that it is not. The chance that a healthy release is ever
// called breached stays under `alpha`, however often one looks, at whatever split of traffic, and
// while both arms drift together; and under ten times that where one group of the canary fails for
// reasons of its own in a service in which none was ever seen to (HarmEvidence::odds). Formulas:
// statistics notes 3.2 (error rate against the concurrent baseline, RIPr e-values conditional on
// the batch's own counts, restarts), 3.3 (share of requests over the p99 target, one-sample), 3.7
// (promotion by non-inferiority), 3.8 i (design effect learnt from the baseline), 3.8 ii (leave one
// group out), 3.8 iii, v (a slow track on rates of blocks beside the fast one), 3.5 (loss of
// traffic), 3.4 (latency against the concurrent baseline), 3.9 (one budget, averaged over metrics).
//
// Pure and deterministic: the same batches give the same bits on every machine. No allocation per
// batch. Never reads a clock; elapsed time is an argument.
#pragma once

#include <cstdint>

#include "judge/alternatives.h"
#include "judge/baseline_rate.h"
#include "judge/batch.h"
#include "judge/design_effect.h"
#include "judge/error_clusters.h"
#include "judge/harm_evidence.h"
#include "judge/latency_evidence.h"
#include "judge/promotion_evidence.h"
#include "model/event.h"
#include "model/pace.h"
#include "model/reading.h"

namespace sluice::judge {

struct Interval {
  double low = 0;
  double high = 1;
};

enum class Metric { error_rate, p99, traffic, latency };

// What is known now. Logarithms are natural; E is the evidence as odds: E = 1 is none.
struct Finding {
  double ln_harm = 0;  // of the average over metrics: rolled back at ln(1/alpha)
  double ln_harm_line = 0;
  double ln_harm_error = 0;  // of each metric alone, for blame
  double ln_harm_slow = 0;
  double ln_harm_traffic = 0;
  double ln_harm_error_fast = 0;       // of errors, batch by batch
  double ln_harm_error_blocks = 0;     // and block by block; both together are ln_harm_error
  bool breached = false;               // sticky: once breached, always breached
  Metric metric = Metric::error_rate;  // that carries most of it, by its part of the budget
  // p99 if it is that, or latency; lost requests count as errors.
  Trigger blame = Trigger::error_rate;
  LatencyFinding latency;
  bool hold_advance = false;    // odds of 10 and more: the share must not grow; comes and goes
  bool cut_share = false;       // odds of 50 and more: a quarter of the share is enough to find out
  double ln_promote_error = 0;  // evidence that the error rate is not worse by the margin
  double ln_promote_slow = 0;   // evidence that p99 is under target
  double ln_promote_line = 0;
  bool promotable = false;     // both at or over the line, and not hold_advance
  bool leave_one_out = false;  // at least kGroupsMin groups had traffic
  bool concurrent = true;      // judged against a baseline arm; false: against fixed targets
  bool has_baseline = false;   // baseline traffic was seen in this stage
  Counts canary;               // this stage
  Counts baseline;
  double requests_missing = 0;  // canary requests until promotable, forecast; 0: none, <0: unknown
  double design_effect_error = 1;  // what evidence of errors is divided by
  double design_effect_slow = 1;   // and evidence of requests over target
};

// How bad events cluster in an environment, from one Judge to the next of the same environment.
struct Clustering {
  Dispersions errors;
  Dispersions slow;
};

// The grade of odds against the release (3.9): ten stop it, fifty cut its share. The line of a
// rollback is the judge's own, and comes first where it is lower.
[[nodiscard]] Suspicion suspicion_of(double ln_harm);

class Judge {
 public:
  // `history` is the environment's baseline as counted in earlier deliveries, `clustering` what an
  // earlier Judge learnt there; both may be empty.
  Judge(const Settings& settings, const Counts& history, const Clustering& clustering = {});

  // A new stage: evidence for promotion starts anew, evidence of harm goes on. `concurrent` false:
  // there is no baseline arm (100 %, or first deployment); fixed targets are used from here on, and
  // counts of a baseline are ignored. How evidence of harm passes over:
  // HarmEvidence::turn_to_target. Canary requests that still wait for a baseline are let go from
  // the comparison of error rates: shares never mix.
  void enter_stage(bool concurrent, double alpha_promotion);

  // The canary's share of the requests as a fraction, as it is routed from now on; to be told at
  // every change, within a stage too. With Settings::judge_traffic, lost traffic is judged where it
  // is known, that is between 0 and 1. Unknown at first, and 0 when unknown. Counts under one share
  // are not compared with counts under another (HarmEvidence::turn_share).
  void expect_share(double share);

  // For the comparison of error rates a batch that lacks either arm is added to the next. Before
  // the canary's first request ever, and where it has had none for a minute, batches only teach
  // what the baseline is like.
  void add(const Batch& batch);

  [[nodiscard]] Finding finding() const;
  // The same as in the finding, without its forecast, which takes time.
  [[nodiscard]] bool breached() const { return breached_; }

  // Of the baseline, everything seen in this environment including the history it began with, of
  // which at most 200,000 requests are carried on, so that it follows the service over the months.
  [[nodiscard]] Counts history() const;
  [[nodiscard]] Clustering clustering() const;

 private:
  void judge_against_baseline(const Batch& batch);
  void learn_baseline();
  [[nodiscard]] bool no_unit_fails_alone() const;
  void settle();
  [[nodiscard]] double requests_missing() const;

  Settings settings_;
  double alpha_promotion_;
  bool concurrent_ = true;
  bool breached_ = false;
  bool canary_met_ = false;
  double share_told_ = 0;   // 0: unknown
  double share_known_ = 0;  // the last that was known
  Counts history_;
  Counts stage_canary_;
  Counts stage_baseline_;
  Batch pending_;
  BaselineRate baseline_rate_;
  BaselineRate baseline_late_;  // of requests over target
  MarginAlternatives alternatives_;
  MarginAlternatives late_alternatives_;
  ErrorClusters clusters_;
  DesignEffect slow_effect_;
  HarmEvidence harm_;
  LatencyEvidence latency_;
  PromotionEvidence promotion_;
  Finding finding_;  // all but the forecast
};

// Always-valid interval for a rate of k in n (3.7), at confidence 1-alpha. For display only.
// Nothing seen: 0 to 1.
[[nodiscard]] Interval rate_interval(std::int64_t k, std::int64_t n, double alpha = 0.05);

// Canary requests that promotion of a stage is expected to take where both arms have this error
// rate and the p99 target is kept with ease: the bound, times 1.2. `share` is the canary's part of
// the traffic as a fraction; 0, or 1 and more: no baseline arm. Below 0: never, as far as is known.
[[nodiscard]] double requests_to_promote(const Settings& settings, double error_rate, double share);

}  // namespace sluice::judge
