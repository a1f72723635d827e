#include "model/service.h"

#include <algorithm>

#include "base/assert.h"

namespace sluice {

const EnvironmentState& Service::environment(const EnvironmentName& wanted) const {
  const auto found = std::ranges::find(environments, wanted, &EnvironmentState::name);
  SLUICE_ASSERT(found != environments.end());
  return *found;
}

const Release* Service::release(const Digest& digest) const {
  const auto found = std::ranges::find(releases, digest, &Release::digest);
  return found == releases.end() ? nullptr : &*found;
}

const EnvironmentPlan& current_environment(const Delivery& delivery) {
  SLUICE_ASSERT(delivery.environment < delivery.plan.environments.size());
  return delivery.plan.environments[delivery.environment];
}

bool never_gives_up(const Delivery& delivery, Reason reason) {
  return delivery.plan.returns && delivery.phase != Phase::deploying &&
         reason != Reason::harm_suspected && reason != Reason::paused;
}

const Stage& current_stage(const Delivery& delivery) {
  const EnvironmentPlan& environment = current_environment(delivery);
  SLUICE_ASSERT(delivery.stage < environment.stages.size());
  return environment.stages[delivery.stage];
}

}  // namespace sluice
