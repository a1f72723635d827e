// The way back: check that the baseline can take the traffic, shift, observe, drain, stop.
#include <algorithm>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/text.h"
#include "core/moment.h"
#include "gates/change_log_line.h"

namespace sluice::core {
namespace {

// Every environment that was touched, the last one first: customers before anybody else.
template <class Make>
std::vector<Effect> for_each_touched(const Moment& m, Make make) {
  std::vector<Effect> effects;
  for (std::size_t i = m.delivery.progress.size(); i-- > 0;) {
    if (m.delivery.progress[i].touched) {
      make(effects, m.delivery.plan.environments[i].name, m.delivery.progress[i].canary);
    }
  }
  return effects;
}

Decision put_traffic_back(const Moment& m) {
  return {intend(m.service, for_each_touched(m, [](std::vector<Effect>& effects,
                                                   const EnvironmentName& name, Slot canary) {
                   effects.push_back(SetShare{name, other(canary), Share::none()});
                 }))};
}

std::vector<Effect> stop_canaries(const Moment& m) {
  return for_each_touched(m, [](std::vector<Effect>& effects, const EnvironmentName& name,
                                Slot canary) { effects.push_back(StopSlot{name, canary}); });
}

Decision drain_and_stop(const Moment& m) {
  return {intend(m.service, for_each_touched(m, [](std::vector<Effect>& effects,
                                                   const EnvironmentName& name, Slot canary) {
                   effects.push_back(DrainSlot{name, canary});
                   effects.push_back(StopSlot{name, canary});
                 }))};
}

// Sending everybody to a baseline that is not there would be the greater harm; but a person's word
// is enough, and the wait is short.
bool should_wake_baseline(const Moment& m) {
  const Digest& release = m.service.environment(m.environment().name).baseline_release;
  return m.seen.baseline_live_servers == 0 && !release.empty() &&
         m.delivery.rollback->cause != Cause::person;
}

Decision begin(const Moment& m) {
  if (!should_wake_baseline(m)) return put_traffic_back(m);
  const EnvironmentName& name = m.environment().name;
  return {intend(m.service,
                 {StartSlot{name, m.baseline(), m.service.environment(name).baseline_release}})};
}

Decision wake(const Moment& m) {
  const Tick deadline = m.delivery.rollback_since + m.deadlines().drain_ms;
  if (m.service.pending.empty() || m.now >= deadline) return put_traffic_back(m);
  return stand(Reason::waking_baseline, resistance(m.service), deadline);
}

Decision end(const Moment& m) {
  Decision decision{intend(
      m.service,
      {WriteChangeLog{m.delivery.id, gates::change_log_line(m.delivery, Phase::rolled_back)}})};
  decision.events.push_back(DeliveryRolledBack{});
  return decision;
}

bool late(const Moment& m) {
  return m.now - m.delivery.rollback_since >= m.deadlines().rollback_ms;
}

// Past the deadline: the second way back. A canary that is stopped gets no traffic, whatever the
// router was told.
Decision block(const Moment& m) {
  Decision decision{{RollbackBlocked{resistance(m.service)}}};
  for (Event& event : intend(m.service, stop_canaries(m))) {
    decision.events.push_back(std::move(event));
  }
  return decision;
}

Decision await(const Moment& m, Reason reason) {
  if (m.delivery.rollback_blocked) reason = Reason::rollback_blocked;
  return stand(
      reason, resistance(m.service),
      m.delivery.rollback_blocked ? Tick{} : m.delivery.rollback_since + m.deadlines().rollback_ms);
}

Decision go_on(const Moment& m, Reason reason, Decision (*next)(const Moment&)) {
  if (m.service.pending.empty()) return next(m);
  const bool traffic_is_not_back = m.delivery.way_back != WayBack::stopping;
  if (traffic_is_not_back && late(m) && !m.delivery.rollback_blocked) return block(m);
  return await(m, reason);
}

Reason stopping_reason(const Moment& m) {
  const bool draining = std::ranges::any_of(m.service.pending, [](const PendingEffect& pending) {
    return std::holds_alternative<DrainSlot>(pending.effect);
  });
  return draining ? Reason::draining : Reason::stopping_canary;
}

}  // namespace

Decision restore_routing(const Moment& m) {
  Decision decision{{*m.seen.drift}};
  const EnvironmentState& state = m.service.environment(m.seen.drift->environment);
  for (Event& event : intend(m.service, {SetShare{state.name, state.baseline, state.share}})) {
    decision.events.push_back(std::move(event));
  }
  return decision;
}

Decision go_back(const Moment& m) {
  if (m.seen.drift && m.delivery.way_back == WayBack::stopping) return restore_routing(m);
  switch (m.delivery.way_back) {
    case WayBack::not_begun: return begin(m);
    case WayBack::waking: return wake(m);
    case WayBack::shifting: return go_on(m, Reason::shifting_back, drain_and_stop);
    case WayBack::stopping: return go_on(m, stopping_reason(m), end);
  }
  SLUICE_ASSERT(false);
  return {};
}

}  // namespace sluice::core
