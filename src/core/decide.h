// decide: what should happen now, given what is known. Pure: no clock, no I/O; time is an argument.
//
// The events it returns are to be journalled together, before any effect among them is tried. It
// goes on until nothing more follows from what was observed, or until the delivery stands at the
// door of an environment that nobody has looked at yet.
//
// What never happens here: an increase of a share without positive evidence, or while the delivery
// is paused, blind or frozen (a return that is blind goes on after a while); a wait without a
// reason; a wait without a deadline, except where only a person may decide (reason
// baseline_unhealthy) and on a way back, which never gives up.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "model/observation.h"
#include "model/service.h"

namespace sluice::core {

struct Decision {
  std::vector<Event> events;
  Reason reason = Reason::ended;  // why it stands still after these events
  std::string detail;
  Tick deadline;  // of this wait; 0: none of its own
};

[[nodiscard]] Decision decide(const Service& service, const Observation& seen, Tick now);

// The events that start a delivery of a plan whose gates allow it. The caller has checked that no
// delivery is active and nothing is pending.
[[nodiscard]] std::vector<Event> start_delivery(const Service& service, const Plan& plan,
                                                const std::vector<ClauseVerdict>& clauses);

[[nodiscard]] DeliveryId next_delivery_id(const Service& service);

// The events that start an adoption: the release in the baseline's slot of every environment, which
// is a at first, with all traffic.
[[nodiscard]] std::vector<Event> start_adoption(const Service& service, const ServiceName& name,
                                                const Release& release,
                                                const std::vector<EnvironmentName>& environments,
                                                std::int64_t deadline_ms);

// After *done*: the plan by which the release that was replaced comes back. It was the baseline
// everywhere and nothing that was shown of it is revoked, so customers get it at once: their
// environment alone, its first share until a few requests were answered well, then everybody, then
// the validation window. `conflict` when nothing is known to return to.
//
// `named`: the delivery that is to be taken back, the last that is done. Empty: what ended last,
// which is that very one, or a return of it that did not get to its end. Where another delivery
// went back since, a person who says no more than `rollback` may mean that one, which has changed
// nothing for good.
[[nodiscard]] Result<Plan> plan_of_return(const Service& service, const DeliveryId& named);
// What the gates said before the start, with where the evidence about the way comes from. Only
// where plan_of_return() has a plan.
[[nodiscard]] std::vector<ClauseVerdict> clauses_of_return(const Service& service);

}  // namespace sluice::core
