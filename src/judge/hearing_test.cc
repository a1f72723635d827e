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

TEST_CASE("hearing: after a cut the words say that the evidence is older than the counts") {
  Service service = at_production(sha256("what serves"));
  Tick now{kHourMs};
  Hearing hearing(service, {.servers = 5, .counted = true}, now);
  const auto look = [&](std::int64_t errors) {
    now = now + 200;
    (void)hearing.follow(service, now);
    Heard heard{.batch = {.canary = {20, errors, 0}, .baseline = {380, 0, 0}}, .live = true};
    for (std::size_t i = 0; i < 5; ++i)
      heard.batch.canary_groups[i] = {4, i < 2 ? errors / 2 : 0, 0};
    hearing.hear(service, heard, now);
    Observation seen;
    hearing.tell(seen);
    return seen;
  };
  Observation seen = look(0);
  for (int i = 0; i < 500 && seen.suspicion != Suspicion::cut; ++i) seen = look(i % 2 == 0 ? 2 : 0);
  REQUIRE(seen.suspicion == Suspicion::cut);
  CHECK_FALSE(seen.suspicion_words.contains("since the share was cut"));
  (void)look(2);
  service.delivery->phase = Phase::shifting;
  seen = look(0);
  REQUIRE(seen.suspicion == Suspicion::cut);
  CHECK(seen.suspicion_words.starts_with("since the share was cut 0 % of 20 requests failed"));
  CHECK(seen.suspicion_words.ends_with(", with what was seen before"));
}

}  // namespace
}  // namespace sluice::judge
