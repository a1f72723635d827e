#include "judge/hearing.h"

#include <doctest/doctest.h>

#include "testing/plans.h"

namespace sluice::judge {
namespace {

// At the customers' first stage.
Service at_production(const Digest& baseline) {
  Service service;
  Delivery delivery;
  delivery.plan = testing::small_plan();
  delivery.environment = 2;
  delivery.phase = Phase::soaking;
  for (const EnvironmentPlan& one : delivery.plan.environments) {
    service.environments.push_back(
        {.name = one.name, .baseline_release = baseline, .share = one.stages.front().share});
  }
  service.delivery = delivery;
  return service;
}

// Ten seconds in which the canary answers, and the other side fails every request.
Burn after_ten_seconds(const Service& service) {
  Tick now{kHourMs};
  Hearing hearing(service, {.servers = 5, .counted = true}, now);
  for (int i = 0; i < 100; ++i) {
    now = now + 100;
    hearing.hear(service, {.batch = {.canary = {5, 0, 0}, .baseline = {95, 95, 0}}, .live = true},
                 now);
  }
  Observation seen;
  hearing.tell(seen);
  return seen.burn;
}

TEST_CASE("hearing: a service burns by what its baseline fails, too") {
  const Burn burn = after_ten_seconds(at_production(sha256("what serves")));
  CHECK(burn.computed);
  CHECK(burn.burning);
}

TEST_CASE("hearing: in a first deployment only the canary's requests are the service's") {
  const Burn burn = after_ten_seconds(at_production({}));
  CHECK(burn.computed);
  CHECK_FALSE(burn.burning);
  CHECK(burn.service == 0);
}

}  // namespace
}  // namespace sluice::judge
