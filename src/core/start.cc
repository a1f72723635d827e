#include <algorithm>

#include <fmt/format.h>

#include "core/decide.h"
#include "core/evolve.h"
#include "core/moment.h"

namespace sluice::core {

DeliveryId next_delivery_id(const Service& service) {
  return {fmt::format("D-{:04}", service.deliveries + 1)};
}

std::vector<Event> start_delivery(const Service& service, const Plan& plan,
                                  const std::vector<ClauseVerdict>& clauses) {
  return {DeliveryStarted{next_delivery_id(service), service.generation + 1, plan, clauses}};
}

std::vector<Event> start_adoption(const Service& service, const ServiceName& name,
                                  const Release& release,
                                  const std::vector<EnvironmentName>& environments,
                                  std::int64_t deadline_ms) {
  AdoptionStarted started{name, release, environments, service.generation + 1, deadline_ms};
  Service next = service;
  evolve(next, started, Tick{});
  std::vector<Effect> effects;
  for (const EnvironmentName& environment : environments) {
    const Slot slot = next.environment(environment).baseline;
    effects.push_back(SetShare{environment, slot, Share::none()});
    effects.push_back(StartSlot{environment, slot, release.digest});
  }
  std::vector<Event> events{std::move(started)};
  for (Event& event : intend(next, effects)) events.push_back(std::move(event));
  return events;
}

Result<Plan> plan_of_return(const Service& service) {
  if (!service.delivery || service.delivery->phase != Phase::done) {
    return fail(ErrorCode::not_found, "no delivery is done that could be taken back");
  }
  const Release* replaced = service.release(service.delivery->replaced);
  if (replaced == nullptr) {
    return fail(ErrorCode::not_found, "delivery " + service.delivery->id.text +
                                          " replaced nothing: there is no release to return to");
  }
  Plan plan = service.delivery->plan;
  plan.release = *replaced;
  plan.contract_file = "return of " + service.delivery->id.text;
  // Bound to this very return: what happens to it is not held against the contract.
  plan.contract_revision = sha256("return " + service.delivery->id.text);
  return plan;
}

}  // namespace sluice::core
