#include "engine/watch.h"

#include <algorithm>
#include <cmath>
#include <span>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/text.h"
#include "judge/describe.h"
#include "judge/forecast.h"
#include "judge/plan_settings.h"

namespace sluice::engine {
namespace {

constexpr std::int64_t kRouterIntervalMs = 250;
constexpr std::int64_t kWordsIntervalMs = 200;
constexpr int kServersForGroups = 5;  // fewer servers: groups are client buckets
constexpr int kBuckets = 8;

const Wiring& wiring_of(const Ports& ports, const EnvironmentName& name) {
  const auto found = std::ranges::find(ports.environments, name, &Wiring::name);
  SLUICE_ASSERT(found != ports.environments.end());
  return *found;
}

bool grouped_by_server(const Wiring& wiring) {
  return wiring.servers >= kServersForGroups && wiring.servers <= judge::kGroupsMax;
}

judge::Settings settings_for(const Plan& plan, const EnvironmentPlan& environment,
                             const Wiring& wiring) {
  judge::Settings settings = judge::settings_of(plan, environment);
  settings.groups = grouped_by_server(wiring) ? wiring.servers : kBuckets;
  settings.baseline_groups = settings.groups;
  settings.client_groups = grouped_by_server(wiring) ? kBuckets : 0;
  // Where clients stick to a slot, a share of clients is no share of requests.
  settings.judge_traffic = !wiring.sticky;
  return settings;
}

std::size_t index(Slot slot) { return static_cast<std::size_t>(slot); }

// As many as there is room for.
void copy_groups(std::span<const Counts> from, std::span<Counts> to) {
  std::ranges::copy(from.first(std::min(from.size(), to.size())), to.begin());
}

judge::Batch batch_of(const TelemetryBatch& taken, Slot canary, const Wiring& wiring) {
  judge::Batch batch;
  const SlotBatch& mine = taken.slots[index(canary)];
  const SlotBatch& theirs = taken.slots[index(other(canary))];
  batch.canary = mine.total;
  batch.baseline = theirs.total;
  if (grouped_by_server(wiring)) {
    const std::size_t servers = static_cast<std::size_t>(wiring.servers);
    copy_groups(mine.by_server, std::span(batch.canary_groups).first(servers));
    copy_groups(theirs.by_server, std::span(batch.baseline_groups).first(servers));
    copy_groups(mine.by_bucket, std::span(batch.canary_groups).subspan(servers));
    copy_groups(theirs.by_bucket, std::span(batch.baseline_groups).subspan(servers));
  } else {
    copy_groups(mine.by_bucket, batch.canary_groups);
    copy_groups(theirs.by_bucket, batch.baseline_groups);
  }
  return batch;
}

AlertsNoted noted(const EnvironmentName& environment, const std::vector<Alert>& firing) {
  AlertsNoted all{environment, {}};
  for (const Alert& alert : firing) {
    all.alerts.push_back({printable(alert.fingerprint, 100), alert.started, printable(alert.name)});
  }
  return all;
}

// By what was seen firing, whatever the clocks say; before that was asked, all there is.
bool fired_before(const Progress& progress, const Alert& alert) {
  if (!progress.alerts) return !progress.touched;
  return std::ranges::any_of(progress.alerts->alerts, [&](const NotedAlert& one) {
    return one.fingerprint == printable(alert.fingerprint, 100) && one.started == alert.started;
  });
}

bool is_being_set(const Service& service, const EnvironmentName& name) {
  return std::ranges::any_of(service.pending, [&](const PendingEffect& pending) {
    const auto* share = std::get_if<SetShare>(&pending.effect);
    return share != nullptr && share->environment == name;
  });
}

bool supervises_traffic(Phase phase) {
  return phase == Phase::deploying || phase == Phase::shifting || phase == Phase::soaking ||
         phase == Phase::smoking || phase == Phase::drilling || phase == Phase::validating ||
         phase == Phase::finishing;
}

}  // namespace

Observation Watch::look(const Service& service, Tick now) {
  Observation seen;
  if (!service.delivering()) {
    keep_clustering();
    wiring_ = nullptr;
    judge_.reset();
    return seen;
  }
  follow(service, now);
  count(service, now);
  look_at_traffic(seen);
  look_at_health(service, seen, now);
  look_at_alerts(service, seen, now);
  look_at_router(service, seen, now);
  last_ = seen;
  return seen;
}

// Keeps the judge at the environment and stage that the delivery stands at.
void Watch::follow(const Service& service, Tick now) {
  const Delivery& delivery = *service.delivery;
  const bool entered = delivery.phase == Phase::soaking || delivery.phase == Phase::smoking ||
                       delivery.phase == Phase::validating || delivery.phase == Phase::finishing;
  const Standpoint here{delivery.id, delivery.environment, delivery.stage, entered};
  if (wiring_ != nullptr && here == standpoint_) return;
  const bool moved = wiring_ == nullptr || here.delivery != standpoint_.delivery ||
                     here.environment != standpoint_.environment;
  // A stage that is left for its own ramp was cut: there is a baseline beside it again.
  const bool cut = !moved && standpoint_.entered && delivery.phase == Phase::shifting &&
                   here.stage == standpoint_.stage;
  standpoint_ = here;
  if (moved) enter_environment(service, now);
  if (judge_ && cut) {
    judge_->enter_stage(true, delivery.plan.parameters.false_promotion_probability);
  }
  if (!judge_ || !entered) return;
  const EnvironmentState& state = service.environment(wiring_->name);
  const EnvironmentPlan& environment = current_environment(delivery);
  const bool last = delivery.stage + 1 == environment.stages.size();
  const bool concurrent =
      current_stage(delivery).share < Share::whole() && !state.baseline_release.empty();
  judge_->enter_stage(concurrent, judge::alpha_promotion_of(delivery.plan.parameters, last));
  wiring_->telemetry->restart_cohort(now);
  finding_ = judge_->finding();
  words_due_ = now;
}

void Watch::enter_environment(const Service& service, Tick now) {
  const Delivery& delivery = *service.delivery;
  const EnvironmentPlan& environment = current_environment(delivery);
  keep_clustering();
  wiring_ = &wiring_of(ports_, environment.name);
  canary_ = delivery.progress[delivery.environment].canary;
  judge_.reset();
  finding_ = {};
  live_ = false;
  trouble_ = "the log stream has not been read yet";
  counted_at_ = now;
  canary_rate_ = baseline_rate_ = {.since = now};
  error_words_.clear();
  slow_words_.clear();
  promotion_words_.clear();
  suspicion_ = Suspicion::none;
  pacemaker_ = judge::Pacemaker();
  pace_words_.clear();
  words_due_ = now;
  router_due_ = now;
  router_reachable_ = true;  // of this one nothing is known yet
  baseline_live_ = 1;
  drift_.reset();
  if (wiring_->telemetry == nullptr || !environment.judged) return;
  (void)wiring_->telemetry->take(now);  // what piled up before is nobody's evidence
  settings_ = settings_for(delivery.plan, environment, *wiring_);
  judge_.emplace(settings_, service.environment(environment.name).history,
                 clusterings_[environment.name.text]);
}

// For the next delivery. Lost with the engine: it is then learnt anew from the first seconds on.
void Watch::keep_clustering() {
  if (judge_ && wiring_ != nullptr) clusterings_[wiring_->name.text] = judge_->clustering();
}

void Watch::count(const Service& service, Tick now) {
  if (!judge_ || !supervises_traffic(service.delivery->phase)) return;
  const TelemetryBatch taken = wiring_->telemetry->take(now);
  live_ = taken.live;
  trouble_ = taken.trouble;
  judge::Batch batch = batch_of(taken, canary_, *wiring_);
  batch.elapsed_ms = now - counted_at_;
  counted_at_ = now;
  const judge::Finding before = finding_;
  // Between an order and its observation nobody knows which share is routed.
  const Share known = service.environment(wiring_->name).share;
  judge_->expect_share(is_being_set(service, wiring_->name) ? 0 : known.fraction());
  judge_->add(batch);
  if (!taken.live) batch.elapsed_ms = 0;  // what is missing must not pass for little traffic
  pacemaker_.add(batch);
  finding_ = judge_->finding();
  const Suspicion suspected = std::exchange(suspicion_, judge::suspicion_of(finding_.ln_harm));
  if (suspicion_ != suspected) words_due_ = now;
  if (finding_.breached != before.breached || finding_.promotable != before.promotable) {
    words_due_ = now;
  }
  put_into_words(now);
  measure(canary_rate_, batch.canary.requests, now);
  measure(baseline_rate_, batch.baseline.requests, now);
}

void Watch::put_into_words(Tick now) {
  if (now < words_due_) return;
  words_due_ = now + kWordsIntervalMs;
  error_words_ = judge::describe_harm(finding_, settings_, Trigger::error_rate);
  slow_words_ = judge::describe_harm(finding_, settings_, Trigger::p99);
  promotion_words_ =
      judge::describe_promotion(finding_) + judge::describe_time(finding_, canary_rate_.per_second);
  pace_words_ = pacemaker_.describe(judge_->history());
  if (!finding_.leave_one_out && finding_.canary.requests > 0) {
    error_words_ += "; " + judge::describe_groups(finding_, settings_);
  }
}

void Watch::measure(Rate& rate, std::int64_t requests, Tick now) {
  rate.requests += requests;
  const std::int64_t ms = now - rate.since;
  if (ms < kSecondMs) return;
  rate.per_second = 1000.0 * static_cast<double>(rate.requests) / static_cast<double>(ms);
  rate.requests = 0;
  rate.since = now;
}

void Watch::look_at_traffic(Observation& seen) const {
  if (!judge_) return;
  seen.canary = finding_.canary;
  seen.baseline = finding_.baseline;
  seen.history = judge_->history();
  seen.promotion = {finding_.promotable, promotion_words_};
  seen.pace = pacemaker_.pace(judge_->history());
  seen.pace.words = pace_words_;
  seen.suspicion = suspicion_;
  if (suspicion_ != Suspicion::none) {
    seen.suspicion_words = finding_.blame == Trigger::p99 ? slow_words_ : error_words_;
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
}

void Watch::look_at_health(const Service& service, Observation& seen, Tick now) {
  const bool started = service.delivery->progress[standpoint_.environment].started;
  std::array<bool, 2> watched{};
  watched[index(canary_)] = started;
  watched[index(other(canary_))] = !service.environment(wiring_->name).baseline_release.empty();
  wiring_->probe->watch(watched);
  const auto slots = wiring_->probe->take(now);
  const SlotHealth& canary = slots[index(canary_)];
  const SlotHealth& baseline = slots[index(other(canary_))];

  TriggerReading& reading = seen.readings.of(Trigger::health_check);
  reading.evidence = canary.detail;
  if (started && canary.failing > 0) {
    reading.reading = Reading::breached;
  } else if (started && !canary.trouble.empty()) {
    reading = {Reading::error, canary.trouble};
  } else if (started && canary.all_passed) {
    reading = {Reading::healthy, fmt::format("{} instances pass", canary.instances)};
  } else {
    reading = {Reading::no_data, "no health check has answered yet"};
  }
  seen.canary_probes_failing = !canary.all_passed || canary.failing > 0;
  seen.baseline_probes_failing =
      baseline.watched && baseline.instances > 0 && baseline.failing == baseline.instances;
  // A drill wants to know how the baseline is once the traffic is back.
  const auto& drill = service.delivery->drill;
  const bool asked_since = !drill || baseline.last_answer >= drill->back;
  seen.baseline_probes_passing =
      baseline.watched && baseline.all_passed && baseline.failures_in_row == 0 && asked_since;
}

void Watch::look_at_alerts(const Service& service, Observation& seen, Tick now) {
  TriggerReading& reading = seen.readings.of(Trigger::critical_alert);
  if (wiring_->alerts == nullptr) {
    reading = {Reading::no_data, "no alert source is configured"};
    return;
  }
  const AlertState alerts = wiring_->alerts->take(now);
  const Progress& progress = service.delivery->progress[standpoint_.environment];
  const bool to_be_noted = !progress.alerts && !progress.touched;
  if (alerts.live && to_be_noted) seen.alerts = noted(wiring_->name, alerts.firing);
  for (const Alert& alert : alerts.firing) {
    const std::string text =
        printable(alert.summary.empty() ? alert.name : alert.name + ": " + alert.summary);
    if (fired_before(progress, alert)) {
      seen.preexisting_alert = text;
    } else if (reading.reading != Reading::breached) {
      reading = {Reading::breached, text + " (since " + to_text(alert.started) + ")"};
    }
  }
  if (reading.reading == Reading::breached) return;
  reading = alerts.live ? TriggerReading{Reading::healthy, "no new critical alert"}
                        : TriggerReading{Reading::error, alerts.trouble};
}

void Watch::look_at_router(const Service& service, Observation& seen, Tick now) {
  if (now >= router_due_) {
    router_due_ = now + kRouterIntervalMs;
    drift_.reset();
    const std::size_t current = standpoint_.environment;
    for (std::size_t i = 0; i < service.delivery->progress.size(); ++i) {
      if (i > current || !service.delivery->progress[i].touched) continue;
      const Wiring& wiring = wiring_of(ports_, service.delivery->plan.environments[i].name);
      const Result<RouterState> state = wiring.router->observe();
      if (i == current) router_reachable_ = state.has_value();
      if (!state) continue;
      if (i == current) baseline_live_ = state->live_servers[index(other(canary_))];
      check_routing(service, wiring, *state);
    }
  }
  seen.router_reachable = router_reachable_;
  seen.baseline_live_servers = baseline_live_;
  seen.drift = std::exchange(drift_, std::nullopt);
}

// Another routing than was set, or a router that was restarted: it is set again, and reported.
void Watch::check_routing(const Service& service, const Wiring& wiring, const RouterState& state) {
  const bool being_set = is_being_set(service, wiring.name);
  std::string& identity = identities_[wiring.name.text];
  const bool restarted = !identity.empty() && identity != state.identity;
  identity = state.identity;
  // Nobody else may set a generation while the engine's lock is ours and our lease holds: it is a
  // stranger's. Ours is raised to it; one that is beyond reason the router overwrites by itself.
  const bool above = state.generation > service.generation;
  const bool reachable = above && state.generation - service.generation <= kGenerationStepMax;
  if (being_set && !reachable) return;
  const EnvironmentState& known = service.environment(wiring.name);
  const bool as_set =
      state.routing.baseline == known.baseline && state.routing.share == known.share;
  if (as_set && !restarted && !above && state.unstored.empty()) return;
  const auto text = [](Slot baseline, Share share) {
    return fmt::format("baseline {} share {}", to_text(baseline), to_text(share));
  };
  drift_ = RoutingDrifted{wiring.name, text(known.baseline, known.share),
                          text(state.routing.baseline, state.routing.share) +
                              (restarted ? " after a restart" : "") +
                              (state.unstored.empty() || !as_set ? "" : ", " + state.unstored) +
                              (above ? fmt::format(", generation {}", state.generation) : ""),
                          reachable ? state.generation : 0};
}

}  // namespace sluice::engine
