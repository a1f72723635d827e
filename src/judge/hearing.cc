#include "judge/hearing.h"

#include <algorithm>
#include <bit>
#include <utility>

#include <fmt/format.h>

#include "base/assert.h"
#include "judge/describe.h"
#include "judge/describe_burn.h"
#include "judge/forecast.h"
#include "judge/plan_settings.h"

namespace sluice::judge {
namespace {

constexpr std::int64_t kWordsIntervalMs = 200;
constexpr int kServersForGroups = 5;  // fewer servers: groups are client buckets

bool stands_at_its_share(Phase phase) {
  return phase == Phase::soaking || phase == Phase::smoking || phase == Phase::drilling ||
         phase == Phase::validating || phase == Phase::finishing;
}

bool supervises_traffic(Phase phase) {
  return phase == Phase::deploying || phase == Phase::shifting || stands_at_its_share(phase);
}

bool is_being_set(const Service& service, const EnvironmentName& name) {
  return std::ranges::any_of(service.pending, [&](const PendingEffect& pending) {
    const auto* share = std::get_if<SetShare>(&pending.effect);
    return share != nullptr && share->environment == name;
  });
}

// The judge's sums as the ledger keeps them, and back.
ClusterSums kept(const Dispersion& one) { return {one.spread, one.events, one.variance}; }
Dispersion learnt(const ClusterSums& one) { return {one.spread, one.events, one.variance}; }

sluice::Clustering kept(const Clustering& all) {
  return {kept(all.errors[0]), kept(all.errors[1]), kept(all.slow[0]), kept(all.slow[1])};
}
Clustering learnt(const sluice::Clustering& all) {
  return {{learnt(all.errors_by_group), learnt(all.errors_by_client)},
          {learnt(all.slow_by_group), learnt(all.slow_by_client)}};
}

void mix(std::uint64_t& hash, std::uint64_t word) {
  hash = (std::rotl(hash, 5) ^ word) * 0x9e3779b97f4a7c15;
}
void mix(std::uint64_t& hash, double number) { mix(hash, std::bit_cast<std::uint64_t>(number)); }
void mix(std::uint64_t& hash, const Counts& counts) {
  for (const std::int64_t one : {counts.requests, counts.errors, counts.over_target}) {
    mix(hash, static_cast<std::uint64_t>(one));
  }
}

}  // namespace

bool grouped_by_server(const Seating& seating) {
  return seating.servers >= kServersForGroups && seating.servers <= kGroupsMax;
}

Settings settings_of(const Plan& plan, const EnvironmentPlan& environment, const Seating& seating) {
  Settings settings = settings_of(plan, environment);
  settings.groups = grouped_by_server(seating) ? seating.servers : kBuckets;
  settings.baseline_groups = settings.groups;
  settings.client_groups = grouped_by_server(seating) ? kBuckets : 0;
  // Where clients stick to a slot, a share of clients is no share of requests.
  settings.judge_traffic = !seating.sticky;
  return settings;
}

Hearing::Hearing(const Service& service, const Seating& seating, Tick now)
    : words_due_(now), counted_at_(now), canary_rate_{.since = now}, baseline_rate_{.since = now} {
  SLUICE_ASSERT(service.delivery);
  const EnvironmentPlan& environment = current_environment(*service.delivery);
  environment_ = environment.name;
  if (!seating.counted || !environment.judged) return;
  settings_ = settings_of(service.delivery->plan, environment, seating);
  const EnvironmentState& state = service.environment(environment_);
  judge_.emplace(settings_, state.history, learnt(state.clustering));
  const GaugeSettings gauges = gauge_settings_of(service.delivery->plan, environment);
  if (seating.gauges && environment.gauges && gauges.use != BaselineUse::off) {
    gauges_.emplace(gauges);
  }
  if (!environment.customer_facing) return;
  burn_.emplace(objective_of(service.delivery->plan.parameters), state.minutes, now);
}

bool Hearing::follow(const Service& service, Tick now) {
  const Delivery& delivery = *service.delivery;
  if (gauges_) follow_gauges(service, now);
  const Standpoint here{delivery.stage, stands_at_its_share(delivery.phase)};
  if (here == standpoint_) return false;
  // A stage that is left for its own ramp was cut: there is a baseline beside it again.
  const bool cut = standpoint_ && standpoint_->entered && delivery.phase == Phase::shifting &&
                   here.stage == standpoint_->stage;
  standpoint_ = here;
  if (!judge_) return false;
  cut_ = cut || (cut_ && !here.entered);
  if (cut) {
    judge_->enter_stage(true, delivery.plan.parameters.false_promotion_probability);
    words_due_ = now;  // what was said until now was of the larger share
  }
  if (!here.entered) return false;
  const bool last = delivery.stage + 1 == current_environment(delivery).stages.size();
  const bool concurrent = current_stage(delivery).share < Share::whole() &&
                          !service.environment(environment_).baseline_release.empty();
  judge_->enter_stage(concurrent, alpha_promotion_of(delivery.plan.parameters, last));
  finding_ = judge_->finding();
  words_due_ = now;
  canary_rate_ = {.since = now};
  baseline_rate_ = {.since = now};
  return true;
}

void Hearing::follow_gauges(const Service& service, Tick now) {
  const EnvironmentState& state = service.environment(environment_);
  const bool known = !is_being_set(service, environment_);
  gauges_->follow({.canary = other(state.baseline),
                   .concurrent = !state.baseline_release.empty(),
                   .share = known ? state.share.fraction() : 0,
                   .met = canary_met_},
                  now);
  if (gauge_words_.empty()) gauge_words_ = gauges_->describe();
}

void Hearing::hear_gauges(const GaugeSample& sample) {
  SLUICE_ASSERT(gauges_);
  gauges_->hear(sample);
  gauge_words_ = gauges_->describe();
}

bool Hearing::counts(const Service& service) const {
  return judge_ && supervises_traffic(service.delivery->phase);
}

void Hearing::hear(const Service& service, const Heard& heard, Tick now) {
  SLUICE_ASSERT(judge_);
  live_ = heard.live;
  trouble_ = heard.trouble;
  Batch batch = heard.batch;
  batch.elapsed_ms = now - counted_at_;
  batch = sound(batch, settings_);
  if (heard.over_ms == kNoThresholds) batch.latencies = {};
  over_ms_ = heard.over_ms;
  counted_at_ = now;
  canary_met_ = canary_met_ || batch.canary.requests > 0;
  const Finding before = finding_;
  // Between an order and its observation nobody knows which share is routed.
  const Share known = service.environment(environment_).share;
  judge_->expect_share(is_being_set(service, environment_) ? 0 : known.fraction());
  judge_->add(batch);
  if (!heard.live) batch.elapsed_ms = 0;  // what is missing must not pass for little traffic
  pacemaker_.add(batch);
  finding_ = judge_->finding();
  if (burn_) {
    hear_burn(batch, !service.environment(environment_).baseline_release.empty(), now);
  }
  const Suspicion suspected =
      std::exchange(suspicion_, lasting_suspicion_.note(suspicion_of(finding_.ln_harm), now));
  if (suspicion_ != suspected || finding_.breached != before.breached ||
      finding_.promotable != before.promotable) {
    words_due_ = now;
  }
  put_into_words(now);
  canary_rate_.measure(batch.canary.requests, now);
  baseline_rate_.measure(batch.baseline.requests, now);
}

// Where nothing served before, the canary is the whole service: what the fallback answers, or
// HAProxy for want of one, is an absence that only this release can end.
void Hearing::hear_burn(const Batch& batch, bool has_baseline, Tick now) {
  const bool burned = burn_->burns_on();
  Counts whole = batch.canary;
  if (has_baseline) {
    whole.requests += batch.baseline.requests;
    whole.errors += batch.baseline.errors;
  }
  burn_->add(whole.errors, whole.requests, now);
  if (burn_->burns_on() != burned) words_due_ = now;
}

void Hearing::put_into_words(Tick now) {
  if (now < words_due_) return;
  words_due_ = now + kWordsIntervalMs;
  if (gauges_) gauge_words_ = gauges_->describe();
  error_words_ = describe_harm(finding_, settings_, Trigger::error_rate);
  slow_words_ = words_on_p99();
  promotion_words_ =
      describe_promotion(finding_) + describe_time(finding_, canary_rate_.per_second.value_or(0));
  pace_words_ = pacemaker_.describe(judge_->history());
  if (burn_) {
    burn_words_ = fmt::format("{}; {}", describe_burn(*burn_),
                              describe_canary_burn(canary_burn_rate(), finding_.canary.requests));
  }
  if (!finding_.leave_one_out && finding_.canary.requests > 0) {
    error_words_ += "; " + describe_groups(finding_, settings_);
  }
}

// Only where latencies were counted: a source that has none leaves the words as they are.
std::string Hearing::words_on_p99() const {
  std::string words = describe_harm(finding_, settings_, Trigger::p99);
  if (!finding_.latency.ever_counted) return words;
  if (finding_.metric == Metric::latency) {
    return fmt::format("slower than the baseline: {}; {}", latency_words(), words);
  }
  return fmt::format("{}; {}", words, latency_words());
}

std::string Hearing::latency_words() const {
  return describe_latency(finding_, settings_, over_ms_);
}

void Hearing::Rate::measure(std::int64_t more, Tick now) {
  requests += more;
  const std::int64_t ms = now - since;
  if (ms < kSecondMs) return;
  per_second = 1000.0 * static_cast<double>(requests) / static_cast<double>(ms);
  requests = 0;
  since = now;
}

double Hearing::canary_burn_rate() const {
  const Counts& canary = finding_.canary;
  if (!burn_ || canary.requests == 0) return 0;
  const double rate = static_cast<double>(canary.errors) / static_cast<double>(canary.requests);
  return rate / (1 - burn_->objective());
}

void Hearing::tell_burn(Observation& seen) const {
  if (!burn_) return;
  seen.burn = burn_->burn();
  seen.burn_words = burn_words_;
  seen.burn.canary = canary_burn_rate();
}

// Of the policy's triggers it is p99 that is about performance.
void Hearing::tell_gauges(Observation& seen) const {
  if (gauges_->suspected()) seen.worse_gauges = gauge_words_;
  TriggerReading& reading = seen.readings.of(Trigger::p99);
  if (!gauges_->breached()) {
    if (reading.reading == Reading::healthy) reading.evidence += "; " + gauge_words_;
    return;
  }
  const std::string rest = std::exchange(reading.evidence, "worse than the baseline: ");
  reading.evidence += gauge_words_ + "; " + rest;
  reading.reading = Reading::breached;
}

void Hearing::tell(Observation& seen) const {
  if (!judge_) return;
  tell_burn(seen);
  seen.canary = finding_.canary;
  seen.baseline = finding_.baseline;
  seen.history = judge_->history();
  seen.clustering = kept(judge_->clustering());
  seen.promotion = {finding_.promotable, promotion_words_};
  seen.pace = pacemaker_.pace(judge_->history());
  seen.pace.words = pace_words_;
  seen.suspicion = suspicion_;
  if (suspicion_ != Suspicion::none) {
    seen.suspicion_words = finding_.blame == Trigger::p99 ? slow_words_ : error_words_;
    // Counts begin anew at the smaller share, evidence does not: 0 % of 5 beside odds of 48 to 1.
    if (cut_) {
      seen.suspicion_words =
          "since the share was cut " + seen.suspicion_words + ", with what was seen before";
    }
  }
  for (const Trigger trigger : {Trigger::error_rate, Trigger::p99}) {
    TriggerReading& reading = seen.readings.of(trigger);
    reading.evidence = trigger == Trigger::p99 ? slow_words_ : error_words_;
    if (finding_.breached && finding_.blame == trigger) {
      reading.reading = Reading::breached;
    } else if (!live_) {
      reading = {Reading::error, trouble_};
    } else if (finding_.canary.requests == 0) {
      reading = {Reading::no_data, "no request has reached the canary in this stage"};
    } else {
      reading.reading = Reading::healthy;
    }
  }
  if (gauges_) tell_gauges(seen);
}

std::uint64_t Hearing::fingerprint() const {
  std::uint64_t hash = 0x51ce;
  for (const double number :
       {finding_.ln_harm, finding_.ln_harm_error_fast, finding_.ln_harm_error_blocks,
        finding_.ln_harm_slow, finding_.ln_harm_traffic, finding_.ln_promote_error,
        finding_.ln_promote_slow, finding_.requests_missing, finding_.design_effect_error,
        finding_.design_effect_slow}) {
    mix(hash, number);
  }
  if (burn_) mix(hash, burn_->fast_rate());
  mix(hash, finding_.canary);
  mix(hash, finding_.baseline);
  if (finding_.latency.ever_counted) mix(hash, finding_.latency.ln_worth);
  if (gauges_) mix(hash, gauges_->ln_worth());
  mix(hash, std::uint64_t{finding_.breached} << 2U | std::uint64_t{finding_.promotable} << 1U |
                std::uint64_t{live_});
  return hash;
}

}  // namespace sluice::judge
