#include "judge/judge.h"

#include <algorithm>
#include <cmath>

#include "base/assert.h"
#include "base/tick.h"
#include "judge/bound.h"
#include "judge/exp_log.h"

namespace sluice::judge {
namespace {

constexpr double kLnHarmHolds = 2.302585092994046;  // ln 10
constexpr double kLnHarmCuts = 3.912023005428146;   // ln 50
constexpr std::int64_t kHistoryMax = 200'000;
// Baseline counts older than this are not compared with the canary's: the rate may have moved.
constexpr std::int64_t kPendingMs = kMinuteMs;
// Longer than most bursts of errors last.
constexpr std::int64_t kClusterBlockMs = kMinuteMs;
constexpr double kOverBound = 1.2;  // measured: 1.1 to 1.25 times the bound
constexpr double kShareUnknown = 0.05;

bool in_unit(double x) { return x > 0 && x < 1; }

Settings checked(const Settings& settings) {
  SLUICE_ASSERT(settings.margin >= 0 && settings.margin < 1);
  SLUICE_ASSERT(settings.error_rate_target >= 0 && settings.error_rate_target <= 1);
  SLUICE_ASSERT(settings.over_target_share >= 0 && settings.over_target_share <= 1);
  SLUICE_ASSERT(in_unit(settings.alpha) && in_unit(settings.alpha_promotion));
  SLUICE_ASSERT(settings.groups >= 0 && settings.groups <= kGroupsMax);
  SLUICE_ASSERT(settings.client_groups >= 0 && settings.client_groups <= kClientsMax);
  SLUICE_ASSERT(settings.baseline_groups >= 0 && settings.baseline_groups <= kUnitsMax);
  return settings;
}

// At most kHistoryMax requests, at the same rates.
Counts recent(const Counts& history) {
  Batch batch;
  batch.baseline = history;
  Counts out = sound(batch, {}).baseline;
  if (out.requests <= kHistoryMax) return out;
  const double part = static_cast<double>(kHistoryMax) / static_cast<double>(out.requests);
  const auto scaled = [part](std::int64_t count) {
    return static_cast<std::int64_t>(static_cast<double>(count) * part + 0.5);
  };
  return {kHistoryMax, scaled(out.errors), scaled(out.over_target)};
}

// Canary requests until each metric is promoted; infinite: never.
struct Foreseen {
  double errors = 0;
  double slow = 0;
};

Foreseen foreseen(const Settings& settings, double error_rate, double share) {
  const double alpha = settings.alpha_promotion;
  const double errors =
      share > 0 && share < 1
          ? requests_to_clear({error_rate, error_rate}, settings.margin, share, alpha)
          : requests_below_target(error_rate, settings.error_rate_target, alpha);
  return {kOverBound * errors,
          kOverBound * requests_below_target(0, settings.over_target_share, alpha)};
}

Metric most_of(const HarmOdds& harm, const MetricParts& parts) {
  const double ln_error = ln(parts.error) + harm.ln_error;
  const double ln_slow = ln(parts.slow) + harm.ln_slow;
  const double ln_traffic = ln(parts.traffic) + harm.ln_traffic;
  const double ln_latency = ln(parts.latency) + harm.ln_latency;
  if (ln_latency > std::max({ln_error, ln_slow, ln_traffic})) return Metric::latency;
  if (ln_traffic > ln_error && ln_traffic > ln_slow) return Metric::traffic;
  return ln_slow > ln_error ? Metric::p99 : Metric::error_rate;
}

double share_of(const Counts& canary, const Counts& baseline) {
  if (canary.requests == 0 || baseline.requests == 0) return kShareUnknown;
  const double requests = static_cast<double>(canary.requests);
  return requests / (requests + static_cast<double>(baseline.requests));
}

}  // namespace

Suspicion suspicion_of(double ln_harm) {
  if (ln_harm >= kLnHarmCuts) return Suspicion::cut;
  return ln_harm >= kLnHarmHolds ? Suspicion::stop : Suspicion::none;
}

Judge::Judge(const Settings& settings, const Counts& history, const Clustering& clustering)
    : settings_(checked(settings)),
      alpha_promotion_(settings.alpha_promotion),
      history_(recent(history)),
      baseline_rate_(history_),
      baseline_late_(late(history_)),
      alternatives_(settings.margin),
      late_alternatives_(settings.over_target_share),
      clusters_(settings, clustering.errors),
      slow_effect_(settings, &Counts::over_target, kClusterBlockMs, clustering.slow),
      harm_(settings, history_),
      latency_(settings.planned_ms),
      promotion_(settings) {
  settle();
}

void Judge::enter_stage(bool concurrent, double alpha_promotion) {
  SLUICE_ASSERT(in_unit(alpha_promotion));
  alpha_promotion_ = alpha_promotion;
  learn_baseline();  // counts from before a change of share are never pooled with those after it
  clusters_.end_block();
  slow_effect_.end_block();
  harm_.drop_block();
  if (concurrent != concurrent_) concurrent ? harm_.turn_to_baseline() : harm_.turn_to_target();
  concurrent_ = concurrent;
  latency_.enter_stage(concurrent);
  if (!concurrent) harm_.expect_share(0);
  stage_canary_ = {};
  stage_baseline_ = {};
  promotion_.begin_stage();
  settle();
}

void Judge::expect_share(double share) {
  harm_.expect_share(concurrent_ && settings_.judge_traffic ? share : 0);
  if (share == share_told_) return;
  share_told_ = share;
  latency_.expect_share(share);
  learn_baseline();
  harm_.turn_share(share > 0, share < share_known_);
  if (share > 0) share_known_ = share;
}

void Judge::add(const Batch& counted) {
  Batch batch = sound(counted, settings_);
  if (!concurrent_) {
    batch.baseline = {};
    batch.baseline_groups = {};
  }
  grow(history_, batch.baseline);
  grow(stage_canary_, batch.canary);
  grow(stage_baseline_, batch.baseline);
  harm_.begin(batch);
  harm_.judge_traffic(batch);
  harm_.judge_slow_seconds(batch);
  promotion_.judge_slow(batch.canary, slow_effect_.value());
  if (settings_.latency_against_baseline != BaselineUse::off) {
    latency_.add(batch.latencies, batch.elapsed_ms, harm_.groups());
  }
  if (concurrent_) {
    judge_against_baseline(batch);
  } else {
    harm_.judge_errors_against_target(batch, clusters_.effect());
    promotion_.judge_errors_against_target(batch.canary, clusters_.effect());
  }
  if (concurrent_) harm_.judge_blocks(batch, clusters_);
  clusters_.learn(batch);  // after the use of what they say, which never knows the batch
  slow_effect_.learn(batch);
  settle();
}

void Judge::judge_against_baseline(const Batch& batch) {
  grow(pending_, batch, settings_);
  if (pending_.canary.requests == 0) {
    if (!canary_met_ || pending_.elapsed_ms >= kPendingMs) learn_baseline();
    return;
  }
  canary_met_ = true;
  if (pending_.baseline.requests == 0) return;
  alternatives_.follow(baseline_rate_.rate());
  late_alternatives_.follow(baseline_late_.rate());
  harm_.judge_errors_against_baseline(pending_, alternatives_, clusters_.effect());
  harm_.judge_slow_against_baseline(pending_, late_alternatives_, slow_effect_.value());
  promotion_.judge_errors_against_baseline(pending_, alternatives_, clusters_.effect());
  learn_baseline();  // after its use: the alternatives of a batch never know the batch
}

void Judge::learn_baseline() {
  baseline_rate_.learn(pending_.baseline, pending_.elapsed_ms);
  baseline_late_.learn(late(pending_.baseline), pending_.elapsed_ms);
  pending_ = {};
}

void Judge::settle() {
  const HarmOdds harm = harm_.odds(no_unit_fails_alone(), latency_.odds());
  Finding& f = finding_;
  f.ln_harm = harm.ln_total;
  f.ln_harm_line = -ln(settings_.alpha);
  f.ln_harm_error = harm.ln_error;
  f.ln_harm_slow = harm.ln_slow;
  f.ln_harm_error_fast = harm.ln_error_fast;
  f.ln_harm_error_blocks = harm.ln_error_blocks;
  f.ln_harm_traffic = harm.ln_traffic;
  f.latency = latency_.finding();
  // What breached is to blame for good, whatever comes after.
  if (!breached_) f.metric = most_of(harm, metric_parts(settings_));
  f.blame =
      f.metric == Metric::p99 || f.metric == Metric::latency ? Trigger::p99 : Trigger::error_rate;
  const Suspicion suspicion = suspicion_of(f.ln_harm);
  f.hold_advance = suspicion != Suspicion::none;
  f.cut_share = suspicion == Suspicion::cut;
  // Latency never decides in a single moment, and no server's moments are left out of it anyway.
  const bool may_decide = harm_.may_decide() || f.metric == Metric::latency;
  breached_ = breached_ || (f.ln_harm >= f.ln_harm_line && may_decide);
  f.breached = breached_;
  f.ln_promote_error = promotion_.errors().ln_worth();
  f.ln_promote_slow = promotion_.slow().ln_worth();
  f.ln_promote_line = -ln(alpha_promotion_);
  f.promotable = !breached_ && !f.hold_advance && f.ln_promote_error >= f.ln_promote_line &&
                 f.ln_promote_slow >= f.ln_promote_line;
  f.leave_one_out = harm_.groups().possible();
  f.concurrent = concurrent_;
  f.has_baseline = stage_baseline_.requests > 0;
  f.design_effect_error = clusters_.effect();
  f.design_effect_slow = slow_effect_.value();
  f.canary = stage_canary_;
  f.baseline = stage_baseline_;
}

bool Judge::no_unit_fails_alone() const {
  return concurrent_ && settings_.baseline_groups >= 2 && clusters_.effect() == 1 &&
         slow_effect_.value() == 1;
}

Finding Judge::finding() const {
  Finding out = finding_;
  out.requests_missing = requests_missing();
  return out;
}

double Judge::requests_missing() const {
  Settings stage = settings_;
  stage.alpha_promotion = alpha_promotion_;
  const double share = concurrent_ ? share_of(stage_canary_, stage_baseline_) : 1;
  const double rate = concurrent_ ? baseline_rate_.rate() : 0;
  const Foreseen all = foreseen(stage, rate, share);
  const std::int64_t n = stage_canary_.requests;
  const double line = finding_.ln_promote_line;
  const double errors =
      requests_until(promotion_.errors(), line, n, clusters_.effect() * all.errors);
  const double slow = requests_until(promotion_.slow(), line, n, slow_effect_.value() * all.slow);
  if (errors < 0 || slow < 0) return -1;
  const double most = std::max(errors, slow);
  return std::isfinite(most) ? most : -1;
}

Counts Judge::history() const { return history_; }

Clustering Judge::clustering() const {
  return {clusters_.of_minutes(), slow_effect_.dispersions()};
}

double requests_to_promote(const Settings& settings, double error_rate, double share) {
  const Foreseen all = foreseen(settings, std::clamp(error_rate, 0.0, 1.0), share);
  const double most = std::max(all.errors, all.slow);
  return std::isfinite(most) ? most : -1;
}

}  // namespace sluice::judge
