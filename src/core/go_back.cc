// The way back: check that the baseline can take the traffic, shift, observe, drain, stop.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/text.h"
#include "core/evolve.h"
#include "core/moment.h"
#include "gates/change_log_line.h"

namespace sluice::core {
namespace {

// For every environment that was touched, the last one first: customers before anybody else.
template <class Make>
std::vector<Effect> for_each_touched(const Moment& m, Make make) {
  std::vector<Effect> effects;
  for (std::size_t i = m.delivery.progress.size(); i-- > 0;) {
    const Progress& progress = m.delivery.progress[i];
    if (progress.touched) make(effects, m.delivery.plan.environments[i].name, progress.canary);
  }
  return effects;
}

std::vector<Effect> shares_back(const Moment& m) {
  return for_each_touched(m, [](auto& effects, const EnvironmentName& name, Slot canary) {
    effects.push_back(SetShare{name, other(canary), Share::none()});
  });
}

std::vector<Effect> stop_canaries(const Moment& m) {
  return for_each_touched(m, [](auto& effects, const EnvironmentName& name, Slot canary) {
    effects.push_back(StopSlot{name, canary});
  });
}

Decision drain_and_stop(const Moment& m) {
  return {intend(m.service,
                 for_each_touched(m, [](auto& effects, const EnvironmentName& name, Slot canary) {
                   effects.push_back(DrainSlot{name, canary});
                   effects.push_back(StopSlot{name, canary});
                 }))};
}

// Sending everybody to a baseline that is not there would be the greater harm, so it is started
// first; but a person's word is enough, and the wait is short.
Decision begin(const Moment& m) {
  const EnvironmentName& name = m.environment().name;
  const Digest& release = m.service.environment(name).baseline_release;
  std::vector<Effect> effects;
  const bool asleep = m.seen.baseline_live_servers == 0 && !release.empty();
  if (asleep) effects.push_back(StartSlot{name, m.baseline(), release});
  if (!asleep || m.delivery.rollback->cause == Cause::person) {
    std::ranges::move(shares_back(m), std::back_inserter(effects));
  }
  return {intend(m.service, effects)};
}

Decision wake(const Moment& m) {
  const Tick deadline = m.delivery.rollback_since + m.deadlines().drain_ms;
  if (!pending<StartSlot>(m) || m.now >= deadline) return {intend(m.service, shares_back(m))};
  return stand(Reason::waking_baseline, resistance(m.service), deadline);
}

// Past the deadline: the second way back. A canary that is stopped gets no traffic, whatever the
// router was told.
Decision block(const Moment& m) {
  Decision decision{{RollbackBlocked{resistance(m.service)}}};
  std::ranges::move(intend(m.service, stop_canaries(m)), std::back_inserter(decision.events));
  return decision;
}

Decision shift(const Moment& m) {
  if (!pending<SetShare>(m)) return drain_and_stop(m);
  if (m.delivery.rollback_blocked) {
    return stand(Reason::rollback_blocked, resistance(m.service), {});
  }
  const Tick deadline = m.delivery.rollback_since + m.deadlines().rollback_ms;
  if (m.now >= deadline) return block(m);
  return stand(Reason::shifting_back, resistance(m.service), deadline);
}

// The traffic is back: from here on nothing is urgent, and nothing is given up.
Decision stop(const Moment& m) {
  if (pending<DrainSlot>(m)) return stand(Reason::draining, resistance(m.service), {});
  if (pending<StopSlot>(m)) return stand(Reason::stopping_canary, resistance(m.service), {});
  // A rehearsal was no delivery: nobody looks for it among what went out and what came back.
  if (m.delivery.plan.drill) return {{DeliveryRolledBack{}}};
  const WriteChangeLog line{m.delivery.id, gates::change_log_line(m.delivery, Phase::rolled_back)};
  Decision decision{intend(m.service, {line})};
  decision.events.push_back(DeliveryRolledBack{});
  return decision;
}

}  // namespace

Decision restore_routing(const Moment& m) {
  const EnvironmentState& state = m.service.environment(m.seen.drift->environment);
  Decision decision{{*m.seen.drift}};
  const bool being_set = std::ranges::any_of(m.service.pending, [&](const PendingEffect& one) {
    const auto* share = std::get_if<SetShare>(&one.effect);
    return share != nullptr && share->environment == state.name;
  });
  // On the way back the next step sets the routing, and must not find an old share in its place.
  const bool will_be_set =
      m.delivery.phase == Phase::rolling_back && m.delivery.way_back != WayBack::stopping;
  if (being_set || will_be_set) return decision;
  Service next = m.service;  // under the generation that the drift may have raised
  evolve(next, *m.seen.drift, m.now);
  std::ranges::move(intend(next, {SetShare{state.name, state.baseline, state.share}}),
                    std::back_inserter(decision.events));
  return decision;
}

Decision go_back(const Moment& m) {
  if (m.seen.drift && m.delivery.way_back == WayBack::stopping) return restore_routing(m);
  switch (m.delivery.way_back) {
    case WayBack::not_begun: return begin(m);
    case WayBack::waking: return wake(m);
    case WayBack::shifting: return shift(m);
    case WayBack::stopping: return stop(m);
  }
  SLUICE_ASSERT(false);
  return {};
}

}  // namespace sluice::core
