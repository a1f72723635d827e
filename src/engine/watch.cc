#include "engine/watch.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "base/text.h"
#include "gates/flags.h"

namespace sluice::engine {
namespace {

constexpr std::int64_t kRouterIntervalMs = 250;

judge::Seating seating_of(const Wiring& wiring) {
  return {wiring.servers, wiring.sticky, wiring.telemetry != nullptr, wiring.gauges != nullptr};
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
  if (judge::grouped_by_server(seating_of(wiring))) {
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

// Of the canary's groups, in the order of a batch's.
std::vector<LatencyCounts> latencies_by_group(const SlotBatch& canary, const Wiring& wiring) {
  std::vector<LatencyCounts> groups;
  if (judge::grouped_by_server(seating_of(wiring))) {
    groups = canary.latencies_by_server;
    groups.resize(static_cast<std::size_t>(wiring.servers));
  }
  groups.insert(groups.end(), canary.latencies_by_bucket.begin(), canary.latencies_by_bucket.end());
  return groups;
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

// From the first share on, until the environment has passed or the release goes back.
bool under_load(Phase phase) {
  return phase == Phase::shifting || phase == Phase::soaking || phase == Phase::smoking;
}

}  // namespace

Observation Watch::look(const Service& service, Tick now) {
  Observation seen;
  looked_ = {.looked = service.delivering()};
  if (!service.delivering()) {
    wiring_ = nullptr;
    hearing_.reset();
    probes_.reset();
    (void)keep_load(nullptr, now);
    return seen;
  }
  follow(service, now);
  count(service, now);
  look_at_gauges(now);
  looked_.fingerprint = hearing_->fingerprint();
  hearing_->tell(seen);
  look_at_health(service, seen, now);
  look_at_alerts(service, seen, now);
  look_at_flags(service, seen, now);
  seen.load_trouble = keep_load(under_load(service.delivery->phase) ? wiring_ : nullptr, now);
  look_at_router(service, seen, now);
  last_ = seen;
  return seen;
}

// Keeps the hearing where the delivery stands.
void Watch::follow(const Service& service, Tick now) {
  const Delivery& delivery = *service.delivery;
  const bool moved =
      wiring_ == nullptr || delivery.id != delivery_ || delivery.environment != environment_;
  if (moved) enter_environment(service, now);
  looked_.begun = moved;
  looked_.seating = seating_of(*wiring_);
  if (hearing_->follow(service, now)) wiring_->telemetry->restart_cohort(now);
}

void Watch::enter_environment(const Service& service, Tick now) {
  const Delivery& delivery = *service.delivery;
  const EnvironmentPlan& environment = current_environment(delivery);
  delivery_ = delivery.id;
  environment_ = delivery.environment;
  wiring_ = &ports_.wiring(environment.name);
  canary_ = delivery.progress[delivery.environment].canary;
  hearing_.emplace(service, seating_of(*wiring_), now);
  probes_.emplace(judge::probe_settings_of(delivery.plan, environment), now);
  thresholds_ = {};
  counted_at_ = now;
  router_due_ = now;
  router_reachable_ = true;  // of this one nothing is known yet
  baseline_live_ = 1;
  drift_.reset();
  gauges_trouble_.clear();
  if (hearing_->finding() == nullptr) return;
  wiring_->telemetry->begin(now);  // what piled up before is nobody's evidence
  if (hearing_->wants_gauges()) (void)wiring_->gauges->take(now);
}

void Watch::count(const Service& service, Tick now) {
  if (hearing_->counts(service)) {
    TelemetryBatch taken = wiring_->telemetry->take(now);
    looked_.heard = judge::Heard{.batch = batch_of(taken, canary_, *wiring_),
                                 .over_ms = thresholds_.over_ms(),
                                 .live = taken.live,
                                 .trouble = std::move(taken.trouble)};
    const SlotBatch& canary = taken.slots[index(canary_)];
    looked_.heard->batch.latencies =
        thresholds_.count(canary.latencies, taken.slots[index(other(canary_))].latencies,
                          now - counted_at_, latencies_by_group(canary, *wiring_));
    counted_at_ = now;
    hearing_->hear(service, *looked_.heard, now);
  }
}

// They are beside the four triggers: a source that is silent holds nothing and takes nothing back.
void Watch::look_at_gauges(Tick now) {
  if (!hearing_->wants_gauges()) return;
  GaugeState taken = wiring_->gauges->take(now);
  // Before the canary's processes were found, and after the old ones were stopped, some have to be
  // missing.
  const bool missing = !taken.live && hearing_->awaits_gauges();
  gauges_trouble_ = missing ? std::move(taken.trouble) : std::string();
  if (!taken.sample) return;
  looked_.gauges = std::move(taken.sample);
  hearing_->hear_gauges(*looked_.gauges);
}

void Watch::look_at_health(const Service& service, Observation& seen, Tick now) {
  const bool started = service.delivery->progress[environment_].started;
  std::array<bool, 2> watched{};
  watched[index(canary_)] = started;
  watched[index(other(canary_))] = !service.environment(wiring_->name).baseline_release.empty();
  wiring_->probe->watch(watched);
  const auto slots = wiring_->probe->take(now);
  const SlotHealth& canary = slots[index(canary_)];
  const SlotHealth& baseline = slots[index(other(canary_))];

  probes_->hear(canary.checks, baseline.checks, now);
  if (started && probes_->suspected()) seen.flaky_probes = probes_->describe();

  TriggerReading& reading = seen.readings.of(Trigger::health_check);
  reading.evidence = canary.detail;
  if (started && canary.failing > 0) {
    reading.reading = Reading::breached;
  } else if (started && probes_->breached()) {
    reading = {Reading::breached, seen.flaky_probes};
  } else if (started && !canary.trouble.empty()) {
    reading = {Reading::error, canary.trouble};
  } else if (started && canary.all_passed) {
    reading = {Reading::healthy, canary.instances == 1
                                     ? std::string("its one instance passes")
                                     : fmt::format("{} instances pass", canary.instances)};
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
  const Progress& progress = service.delivery->progress[environment_];
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

// Load runs at `where` and nowhere else. Returns why it does not run there.
std::string Watch::keep_load(const Wiring* where, Tick now) {
  std::string trouble;
  for (const Wiring& wiring : ports_.environments) {
    if (wiring.load == nullptr) continue;
    const auto kept = wiring.load->keep(&wiring == where, now);
    if (!kept) trouble = kept.error().message;
  }
  return trouble;
}

// Once the release runs where customers are, and until they get some of it.
void Watch::look_at_flags(const Service& service, Observation& seen, Tick now) const {
  const Delivery& delivery = *service.delivery;
  const std::vector<std::string>& names = delivery.plan.flags;
  const bool asked = current_environment(delivery).customer_facing && !names.empty() &&
                     delivery.phase == Phase::deploying &&
                     delivery.progress[delivery.environment].started;
  if (!asked) return;
  if (ports_.flags == nullptr) {
    seen.flags = gates::flags_are_off(names, {});
  } else if (const auto answers = ports_.flags->poll(names, now)) {
    seen.flags = gates::flags_are_off(names, *answers);
  }
}

void Watch::look_at_router(const Service& service, Observation& seen, Tick now) {
  if (now >= router_due_) {
    router_due_ = now + kRouterIntervalMs;
    drift_.reset();
    const std::size_t current = environment_;
    for (std::size_t i = 0; i < service.delivery->progress.size(); ++i) {
      if (i > current || !service.delivery->progress[i].touched) continue;
      const Wiring& wiring = ports_.wiring(service.delivery->plan.environments[i].name);
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
