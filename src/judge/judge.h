// Judge: counts in, odds out. Sequential tests that may be looked at after every batch.
//
// One Judge lives through one environment of one delivery. It decides whether the canary is worse
// than the baseline by more than the tolerated increase, whether it is slower than the p99 target,
// and whether there is positive evidence that it is not. The chance that a healthy release is ever
// called breached stays under `alpha`, however often one looks, at whatever split of traffic, and
// while both arms drift together. Formulas: statistics notes 3.2 (error rate against the concurrent
// baseline, RIPr e-values conditional on the batch's own counts, restarts), 3.3 (share of requests
// over the p99 target, one-sample), 3.7 (promotion by non-inferiority), 3.8 ii (leave one group
// out), 3.9 (one budget, averaged over metrics).
//
// Pure and deterministic: the same batches give the same bits on every machine. No allocation per
// batch. Never reads a clock; elapsed time is an argument.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "model/event.h"
#include "model/reading.h"

namespace sluice::judge {

inline constexpr int kGroupsMax = 16;
inline constexpr int kGroupsMin = 3;  // fewer: leave-one-out is off

struct Settings {
  double margin = 0.01;            // tolerated increase of the error rate, absolute
  double error_rate_target = 0.01; // where there is no concurrent baseline
  double over_target_share = 0.01; // p99: at most this share of requests may be over target
  double alpha = 0.001;            // false rollback, of the whole delivery
  double alpha_promotion = 0.05;   // false promotion, of one stage
  std::int64_t planned_ms = 0;     // planned duration; restart mass is spread over it
  int groups = 0;                  // canary groups, 0..kGroupsMax
};

// Counts of one batch. canary_groups has Settings::groups used entries that add up to canary;
// with 0 groups only the totals count.
struct Batch {
  Counts canary;
  Counts baseline;
  std::array<Counts, kGroupsMax> canary_groups{};
  std::int64_t elapsed_ms = 0;  // since the last batch
};

struct Interval {
  double low = 0;
  double high = 1;
};

// What is known now. Logarithms are natural; E is the evidence as odds: E = 1 is none.
struct Finding {
  double ln_harm = 0;         // of the average over metrics: rolled back at ln(1/alpha)
  double ln_harm_line = 0;
  double ln_harm_error = 0;   // of each metric alone, for blame
  double ln_harm_slow = 0;
  bool breached = false;      // sticky: once breached, always breached
  Trigger blame = Trigger::error_rate;  // the metric that carries most of it
  double ln_promote_error = 0;  // evidence that the error rate is not worse by the margin
  double ln_promote_slow = 0;   // evidence that p99 is under target
  double ln_promote_line = 0;
  bool promotable = false;      // both at or over the line, and ln_harm < ln 10
  bool leave_one_out = false;
  bool has_baseline = false;    // baseline traffic was seen in this stage
  Counts canary;                // this stage
  Counts baseline;
  double requests_missing = 0;  // forecast of canary requests until promotable; 0: none, <0: unknown
};

class Judge {
 public:
  // `history` is the environment's baseline as counted in earlier deliveries; may be empty.
  Judge(const Settings& settings, const Counts& history);

  // A new stage: evidence for promotion starts anew, evidence of harm goes on. `concurrent` false:
  // there is no baseline arm (100 %, or first deployment); fixed targets are used from here on.
  void enter_stage(bool concurrent, double alpha_promotion);

  void add(const Batch& batch);

  [[nodiscard]] Finding finding() const;

  // Of the baseline, everything seen in this environment including the history it began with.
  [[nodiscard]] Counts history() const;

 private:
  // The representation is the implementer's; it must be a plain value (copyable).
};

// Always-valid interval for a rate of k in n (3.7), at confidence 1-alpha. For display only.
[[nodiscard]] Interval rate_interval(std::int64_t k, std::int64_t n, double alpha = 0.05);

// Canary requests that promotion is expected to take at a given baseline error rate (bound x 1.2).
[[nodiscard]] double requests_to_promote(const Settings& settings, double error_rate, double share);

}  // namespace sluice::judge
