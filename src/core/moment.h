// Moment: what the parts of decide() share. Inside core/ only.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/decide.h"

namespace sluice::core {

struct Moment {
  const Service& service;
  const Delivery& delivery;
  const Observation& seen;
  Tick now;

  [[nodiscard]] const EnvironmentPlan& environment() const { return current_environment(delivery); }
  [[nodiscard]] const Progress& progress() const { return delivery.progress[delivery.environment]; }
  [[nodiscard]] Slot baseline() const { return other(progress().canary); }
  [[nodiscard]] const Deadlines& deadlines() const { return delivery.plan.deadlines; }
  [[nodiscard]] bool last_stage() const {
    return delivery.stage + 1 == environment().stages.size();
  }
  // Supervised time at this stage, or in this validation.
  [[nodiscard]] std::int64_t soaked_ms() const {
    const bool counts = counts_as_soak(delivery.standing.reason);
    return delivery.soaked_ms + (counts ? now - delivery.counted_until : 0);
  }
  // At least nine tenths of the validation window, with live telemetry.
  [[nodiscard]] bool window_was_watched() const {
    return soaked_ms() * 10 >= delivery.plan.parameters.validation_window_ms * 9;
  }
};

// Effects as events, numbered on from the service's last.
[[nodiscard]] std::vector<Event> intend(const Service& service, const std::vector<Effect>& effects);

// What was learnt of the environment's baseline.
[[nodiscard]] inline BaselineCounted baseline_counted(const Moment& m) {
  return {m.environment().name, m.seen.history, m.seen.clustering, m.seen.burn};
}

[[nodiscard]] inline Decision stand(Reason reason, std::string detail, Tick deadline) {
  return {{}, reason, std::move(detail), deadline};
}

// An effect of this kind, of this delivery or this rollback, that has not been observed.
template <class Kind>
[[nodiscard]] bool pending(const Moment& m) {
  return std::ranges::any_of(m.service.pending, [&](const PendingEffect& one) {
    return one.generation == m.service.generation && std::holds_alternative<Kind>(one.effect);
  });
}

// The resistance of whatever is pending in an environment, for the detail of a wait.
[[nodiscard]] std::string resistance(const Service& service);

// A rollback for this cause, as an event; what turn_back() makes of it depends on what was touched.
[[nodiscard]] RollbackStarted back(const Moment& moment, Cause cause, std::string detail);
[[nodiscard]] Decision turn_back(const Moment& moment, const RollbackStarted& started);

// The next step forward, in a phase that goes forward.
[[nodiscard]] Decision go_forward(const Moment& moment);
// The next step of a rollback that has started.
[[nodiscard]] Decision go_back(const Moment& moment);
// The rehearsal of the way back: its beginning, and its next step. See drill.cc.
[[nodiscard]] Decision begin_drill(const Moment& moment);
[[nodiscard]] Decision drill(const Moment& moment);
// A wait of the rehearsal itself is past its deadline: the clause fails by it.
[[nodiscard]] Decision drill_failed(const Moment& moment, std::string_view code, std::string why);

// Routing that somebody else changed is set again, and reported.
[[nodiscard]] Decision restore_routing(const Moment& moment);

}  // namespace sluice::core
