#include "core/decide.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/text.h"
#include "core/evolve.h"
#include "core/hold.h"
#include "core/moment.h"
#include "core/pacing.h"

namespace sluice::core {
namespace {

constexpr int kRoundsMax = 64;

Tick earlier(Tick one, Tick two) {
  if (one.unix_ms == 0) return two;
  if (two.unix_ms == 0) return one;
  return std::min(one, two);
}

// What the engine reported about effects, as events.
std::vector<Event> acknowledge(const Service& service, const Observation& seen) {
  std::vector<Event> events;
  for (const EffectReport& report : seen.effects) {
    const auto found = std::ranges::find(service.pending, report.effect_id, &PendingEffect::id);
    if (found == service.pending.end()) continue;
    if (report.progress == EffectProgress::observed) {
      if (report.smoke) events.push_back(*report.smoke);
      events.push_back(EffectObserved{report.effect_id, report.detail});
    } else if (report.progress == EffectProgress::resisted && found->resistance.empty()) {
      events.push_back(EffectResisted{report.effect_id, report.detail});
    }
  }
  return events;
}

const EffectReport* failed_start(const Service& service, const Observation& seen) {
  for (const EffectReport& report : seen.effects) {
    if (report.progress != EffectProgress::failed) continue;
    const auto found = std::ranges::find(service.pending, report.effect_id, &PendingEffect::id);
    if (found == service.pending.end()) continue;
    if (std::holds_alternative<StartSlot>(found->effect)) return &report;
  }
  return nullptr;
}

std::optional<RollbackStarted> commanded_back(const Moment& m) {
  if (const auto& next = m.service.requested) {
    return back(m, Cause::superseded,
                fmt::format("superseded by {} for {}", next->plan.release.id, next->by));
  }
  if (!m.seen.command) return std::nullopt;
  const Command& command = *m.seen.command;
  switch (command.kind) {
    case CommandKind::pause:
    case CommandKind::resume: return std::nullopt;
    case CommandKind::rollback: return back(m, Cause::person, "rollback by " + command.by);
    case CommandKind::abort: return back(m, Cause::person, "abort by " + command.by);
  }
  return std::nullopt;
}

// Everything that takes a release back, in the order of what is said when several hold.
std::optional<RollbackStarted> must_go_back(const Moment& m) {
  if (m.seen.guard) return back(m, Cause::engine_silent, m.seen.guard->detail);
  if (auto commanded = commanded_back(m)) return commanded;
  if (frozen(m)) return std::nullopt;
  if (const EffectReport* report = failed_start(m.service, m.seen)) {
    return back(m, Cause::slot_failed, report->detail);
  }
  if (m.progress().smoke && !m.progress().smoke->passed) {
    return back(m, Cause::smoke_failed, m.progress().smoke->detail);
  }
  for (const Trigger trigger :
       {Trigger::health_check, Trigger::error_rate, Trigger::p99, Trigger::critical_alert}) {
    const TriggerReading& reading = m.seen.readings.of(trigger);
    if (!applies(m, trigger) || reading.reading != Reading::breached) continue;
    RollbackStarted started = back(m, Cause::trigger, reading.evidence);
    started.trigger = trigger;
    if (trigger == Trigger::error_rate && burning(m)) {
      started.detail += "; meanwhile " + m.seen.burn_words;
    }
    return started;
  }
  return std::nullopt;
}

std::optional<Decision> obey(const Moment& m) {
  if (!m.seen.command) return std::nullopt;
  if (m.seen.command->kind == CommandKind::pause && !m.delivery.paused) {
    return Decision{{Paused{m.seen.command->by}}};
  }
  if (m.seen.command->kind == CommandKind::resume && m.delivery.paused) {
    return Decision{{Resumed{m.seen.command->by}}};
  }
  return std::nullopt;
}

bool window_over(const Moment& m) {
  return m.delivery.phase == Phase::validating &&
         m.now - m.delivery.phase_since >= m.delivery.plan.parameters.validation_window_ms;
}

// An environment's last word is spoken at the end of its window, blind or not.
Decision forward_or_held(const Moment& m) {
  const bool stands = frozen(m) && !m.delivery.plan.returns;
  if (window_over(m) && !stands && !m.delivery.paused) return go_forward(m);
  std::optional<Decision> hold = held(m);
  if (!hold) return go_forward(m);
  if (m.delivery.phase == Phase::validating && is_blind(hold->reason)) {
    const Tick end = m.delivery.phase_since + m.delivery.plan.parameters.validation_window_ms;
    hold->deadline = m.delivery.plan.returns ? end : earlier(hold->deadline, end);
  }
  return *hold;
}

// What fires before anything is touched is not the release's doing; what fires later may be.
std::optional<Decision> note_alerts(const Moment& m) {
  if (m.progress().alerts || m.progress().touched || !m.seen.alerts) return std::nullopt;
  if (m.seen.alerts->environment != m.environment().name) return std::nullopt;
  return Decision{{*m.seen.alerts}};
}

// Journalled when it begins and when it ends, before anything is decided on it.
std::optional<Decision> note_burn(const Moment& m) {
  if (!m.environment().customer_facing || !m.environment().judged) return std::nullopt;
  if (m.seen.burn.objective == 0 || m.seen.burn.burning == m.progress().burn.burning) {
    return std::nullopt;
  }
  return Decision{{baseline_counted(m)}};
}

// What a rehearsal itself waits for: past its deadline the way back is shown not to work.
bool belongs_to_drill(Reason reason) {
  return reason == Reason::shifting_back || reason == Reason::draining ||
         reason == Reason::stopping_canary || reason == Reason::verifying_baseline;
}

// Deadlines are found within a second. One that is long past was found by an engine that came back
// late, or to another time of day, and whoever asks why must not look for the reason elsewhere.
std::string lateness(std::int64_t past_ms) {
  if (past_ms < 10 * kSecondMs) return {};
  return fmt::format("; found {} after its deadline: no engine ran meanwhile, or the clock was set",
                     duration_text(past_ms));
}

Decision decide_delivery(const Moment& m) {
  // Whatever is asked of the router from now on must not be refused as old.
  if (m.seen.drift && m.seen.drift->generation > m.service.generation && !m.seen.guard) {
    return restore_routing(m);
  }
  // The guard puts no traffic on a release that was taken away: it leaves a return as it was, which
  // goes on, as a rollback does.
  const bool way_back = m.delivery.phase == Phase::rolling_back || m.delivery.plan.returns;
  if (m.seen.guard && way_back) {
    return {{GuardTookOver{m.seen.guard->generation, m.seen.guard->at, m.seen.guard->detail}}};
  }
  if (m.delivery.phase == Phase::rolling_back) return go_back(m);
  if (const auto started = must_go_back(m)) return turn_back(m, *started);
  if (auto obeyed = obey(m)) return *obeyed;
  if (auto cut = must_cut(m)) return *cut;
  if (auto noted = note_alerts(m)) return *noted;
  if (auto noted = note_burn(m)) return *noted;
  if (m.seen.drift && m.seen.router_reachable) return restore_routing(m);

  Decision step = forward_or_held(m);
  const bool expired = step.deadline.unix_ms != 0 && m.now >= step.deadline;
  if (!step.events.empty() || !expired) return step;
  std::string waited{to_text(step.reason)};
  waited += ": " + std::string(sentence(step.reason));
  if (!step.detail.empty()) waited += " (" + step.detail + ")";
  if (m.delivery.phase == Phase::drilling && belongs_to_drill(step.reason)) {
    return drill_failed(m, "not_back", waited);
  }
  if (never_gives_up(m.delivery, step.reason)) return stand(Reason::rollback_blocked, waited, {});
  return turn_back(m, back(m, Cause::deadline, waited + lateness(m.now - step.deadline)));
}

Decision decide_adoption(const Service& service, const Observation& seen, Tick now) {
  const Tick deadline = service.adoption_since + service.adoption->deadline_ms;
  if (const EffectReport* report = failed_start(service, seen)) {
    return {{AdoptionFailed{report->detail}}};
  }
  const bool done = std::ranges::none_of(service.pending, [&](const PendingEffect& pending) {
    return pending.generation == service.generation;
  });
  if (done) return {{BaselineAdopted{service.adoption->release.digest}}};
  if (now >= deadline) {
    const std::string why = resistance(service);
    return {{AdoptionFailed{why.empty() ? "the release did not become ready in time" : why}}};
  }
  return stand(Reason::starting_canary, resistance(service), deadline);
}

// The guard put traffic back when the delivery had ended already: each of its environments is sent
// where it belongs again, under a generation that the guard's does not beat.
Decision after_takeover(const Service& service, const GuardReport& report) {
  const GuardTookOver took{report.generation, report.at, report.detail};
  Service next = service;
  evolve(next, took, report.at);
  std::vector<Effect> effects;
  for (std::size_t i = 0; service.delivery && i < service.delivery->progress.size(); ++i) {
    const EnvironmentName& name = service.delivery->plan.environments[i].name;
    effects.push_back(SetShare{name, service.environment(name).baseline, Share::none()});
  }
  Decision decision{{took}};
  for (Event& event : intend(next, effects)) decision.events.push_back(std::move(event));
  return decision;
}

Decision decide_once(const Service& service, const Observation& seen, Tick now) {
  if (auto events = acknowledge(service, seen); !events.empty()) return {std::move(events)};
  if (service.delivering()) return decide_delivery({service, *service.delivery, seen, now});
  if (seen.guard) return after_takeover(service, *seen.guard);
  if (service.adoption) return decide_adoption(service, seen, now);
  if (const auto& next = service.requested) {
    return {{DeliveryStarted{next->delivery, service.generation + 1, next->plan, next->clauses}}};
  }
  return {};
}

// After the first events what was observed belongs to the past: the next round knows only what
// still holds whatever was decided. Acknowledgements alone change nothing of the rest.
void age(Observation& seen, const std::vector<Event>& events) {
  const bool only_acknowledged = std::ranges::all_of(events, [](const Event& event) {
    return std::holds_alternative<EffectObserved>(event) ||
           std::holds_alternative<EffectResisted>(event) ||
           std::holds_alternative<SmokeReported>(event) ||
           std::holds_alternative<AlertsNoted>(event) ||
           std::holds_alternative<BaselineCounted>(event);
  });
  if (only_acknowledged) {
    std::erase_if(seen.effects, [](const EffectReport& report) {
      return report.progress != EffectProgress::failed;
    });
    return;
  }
  Observation next;
  // A routing that was set again takes no order of a person away.
  const bool only_restored = std::ranges::any_of(
      events, [](const Event& event) { return std::holds_alternative<RoutingDrifted>(event); });
  if (only_restored) next.command = seen.command;
  next.router_reachable = seen.router_reachable;
  next.baseline_live_servers = seen.baseline_live_servers;
  next.baseline_probes_failing = seen.baseline_probes_failing;
  next.baseline_probes_passing = seen.baseline_probes_passing;
  next.canary_probes_failing = seen.canary_probes_failing;
  next.preexisting_alert = seen.preexisting_alert;
  next.pace = seen.pace;
  next.suspicion = seen.suspicion;
  next.suspicion_words = seen.suspicion_words;
  next.burn = seen.burn;
  next.burn_words = seen.burn_words;
  next.flaky_probes = seen.flaky_probes;
  next.worse_gauges = seen.worse_gauges;
  seen = std::move(next);
}

bool enters_environment(const Event& event) {
  return std::holds_alternative<EnvironmentPassed>(event) ||
         std::holds_alternative<DeliveryStarted>(event);
}

// Only a person can end this wait; asked for once, when it begins.
bool needs_somebody(Reason reason) {
  return reason == Reason::baseline_unhealthy || reason == Reason::rollback_blocked;
}

// Beside everything else: of no generation, so that nothing waits for it and nothing drops it.
EffectIntended call_people(const Service& service, Reason reason, const std::string& detail) {
  std::string text(sentence(reason));
  if (!detail.empty()) text += ": " + printable(detail, 400);
  return {service.effects + 1, 0,
          Notify{service.delivery->id, std::string(to_text(reason)), std::move(text)}};
}

// A minute of the service's burn has ended that the ledger does not have whole.
bool minute_is_over(const Moment& m) {
  if (!m.environment().customer_facing || m.delivery.phase == Phase::rolling_back) return false;
  const std::vector<MinuteCounts>& kept = m.service.environment(m.environment().name).minutes;
  if (m.seen.burn.minutes.empty()) return false;
  return kept.empty() || kept.back().minute < m.seen.burn.minutes.back().minute;
}

// The reason is journalled when it changes; supervised time at least once a minute.
void note_standing(const Service& service, const Observation& seen, Decision& decision, Tick now) {
  if (!service.delivering()) return;
  const Delivery& delivery = *service.delivery;
  if (delivery.standing.reason != decision.reason) {
    decision.events.push_back(StoodStill{decision.reason, decision.detail, decision.deadline});
    if (delivery.plan.notify && needs_somebody(decision.reason)) {
      decision.events.push_back(call_people(service, decision.reason, decision.detail));
    }
  } else if (counts_as_soak(decision.reason) && now - delivery.counted_until >= kMinuteMs) {
    decision.events.push_back(SoakCounted{});
    // With it what was learnt of the baseline, so that a restart loses no more of that either.
    if (seen.history.requests > 0) {
      decision.events.push_back(baseline_counted({service, delivery, seen, now}));
    }
  } else if (minute_is_over({service, delivery, seen, now})) {
    decision.events.push_back(baseline_counted({service, delivery, seen, now}));
  }
}

bool touched_anything(const Delivery& delivery) {
  return std::ranges::any_of(delivery.progress, &Progress::touched);
}

}  // namespace

RollbackStarted back(const Moment& m, Cause cause, std::string detail) {
  return {.cause = cause,
          .environment = m.environment().name,
          .stage = m.delivery.stage,
          .detail = std::move(detail),
          .generation = m.service.generation + 1,
          .canary = m.seen.canary,
          .baseline = m.seen.baseline};
}

Decision turn_back(const Moment& m, const RollbackStarted& started) {
  Decision decision;
  if (m.seen.guard) {
    decision.events.push_back(
        GuardTookOver{m.seen.guard->generation, m.seen.guard->at, m.seen.guard->detail});
  }
  if (!touched_anything(m.delivery)) {
    decision.events.push_back(DeliveryAborted{started.detail});
    return decision;
  }
  if (m.environment().judged) {
    decision.events.push_back(baseline_counted(m));
  }
  decision.events.push_back(started);
  if (m.seen.guard) {
    auto& last = std::get<RollbackStarted>(decision.events.back());
    last.generation = std::max(last.generation, m.seen.guard->generation + 1);
  }
  return decision;
}

Decision decide(const Service& service, const Observation& seen, Tick now) {
  Decision step = decide_once(service, seen, now);
  if (step.events.empty()) {
    note_standing(service, seen, step, now);
    return step;
  }
  Service next = service;
  Observation left = seen;
  std::vector<Event> events;
  for (int round = 0; !step.events.empty(); ++round) {
    SLUICE_ASSERT(round < kRoundsMax);
    for (const Event& event : step.events) evolve(next, event, now);
    age(left, step.events);
    events.insert(events.end(), std::make_move_iterator(step.events.begin()),
                  std::make_move_iterator(step.events.end()));
    // Nothing has been seen of the next environment yet: its first step waits for a look at it.
    if (std::ranges::any_of(events, enters_environment)) break;
    step = decide_once(next, left, now);
  }
  // Why it stands still now is noted by the next call, which knows what there is to see.
  step.events = std::move(events);
  return step;
}

std::vector<Event> intend(const Service& service, const std::vector<Effect>& effects) {
  std::vector<Event> events;
  std::uint64_t id = service.effects;
  for (const Effect& effect : effects) {
    events.push_back(EffectIntended{++id, service.generation, effect});
  }
  return events;
}

std::string resistance(const Service& service) {
  for (const PendingEffect& pending : service.pending) {
    if (!pending.resistance.empty()) return pending.resistance;
  }
  return {};
}

}  // namespace sluice::core
