#include "sim/rollout.h"

#include <doctest/doctest.h>

#include "sim/trial.h"

namespace sluice::sim {
namespace {

Plan plan_of(std::vector<Stage> stages) {
  Plan plan{.service = {"storefront"}};
  plan.parameters.validation_window_ms = 10 * kMinuteMs;
  plan.environments.push_back({.name = {"production"},
                               .customer_facing = true,
                               .judged = true,
                               .stages = std::move(stages)});
  return plan;
}

Plan usual() {
  return plan_of({{"canary", Share(500), 5 * kMinuteMs},
                  {"half", Share(5'000), 5 * kMinuteMs},
                  {"all", Share::whole(), 0}});
}

Outcomes many(const Plan& plan, const ServiceModel& service, int runs = 20) {
  std::vector<Rollout> rollouts;
  for (int i = 0; i < runs; ++i) {
    rollouts.push_back(
        roll_out(plan, plan.environments[0], service, static_cast<std::uint64_t>(i)));
  }
  return outcomes_of(rollouts);
}

TEST_CASE("rollout: a release as good as today is promoted, when soaks and window are over") {
  const Outcomes out = many(usual(), {.requests_per_second = 200});
  CHECK(out.promoted == 20);
  CHECK(out.took_ms.median == 20.0 * kMinuteMs);
}

TEST_CASE("rollout: the worse a release is, the sooner it is taken back") {
  const Outcomes mild = many(usual(), {.canary_error_rate = 0.05});
  const Outcomes bad = many(usual(), {.canary_error_rate = 1});
  CHECK(mild.rolled_back == 20);
  CHECK(bad.rolled_back == 20);
  CHECK(bad.took_ms.p95 <= 1'000);
  CHECK(bad.requests.mean < mild.requests.mean);
  CHECK(bad.requests.median == bad.failed.median);
}

TEST_CASE("rollout: without traffic enough for evidence the deadline takes it back") {
  Plan plan = usual();
  plan.deadlines.evidence_ms = 10 * kMinuteMs;
  const Outcomes out = many(plan, {.requests_per_second = 1});
  CHECK(out.no_evidence == 20);
  CHECK(out.took_ms.median == 15.0 * kMinuteMs);
}

TEST_CASE("rollout: a release that is bad only at the end is found by the validation") {
  const Outcomes out = many(usual(), {.canary_error_rate = 0.5, .onset_ms = 12 * kMinuteMs});
  CHECK(out.rolled_back == 20);
  CHECK(out.took_ms.median > 12.0 * kMinuteMs);
}

TEST_CASE("rollout: soaks of days take no more ticks than of minutes") {
  const Plan plan = plan_of({{"canary", Share(100), 7 * kDayMs}, {"all", Share::whole(), kDayMs}});
  const Rollout out = roll_out(plan, plan.environments[0], {}, 1);
  CHECK(out.ending == Ending::promoted);
  CHECK(out.took_ms == 8 * kDayMs + 10 * kMinuteMs);
}

TEST_CASE("rollout: where traffic is busy the share grows with the evidence, unless that is off") {
  const ServiceModel busy{.requests_per_second = 500'000, .canary_error_rate = 1};
  Plan plan = usual();
  const Outcomes paced = many(plan, busy);
  CHECK(paced.rolled_back == 20);
  CHECK(paced.failed.p95 <= 15);
  plan.parameters.evidence_paced = false;
  const Outcomes at_once = many(plan, busy);
  CHECK(at_once.rolled_back == 20);
  CHECK(at_once.failed.median > 200);
  const Outcomes good = many(usual(), {.requests_per_second = 500'000}, 3);
  CHECK(good.promoted == 3);
  CHECK(good.took_ms.median > 20.0 * kMinuteMs);
  CHECK(good.took_ms.p95 < 20.0 * kMinuteMs + 3'000);
}

TEST_CASE("rollout: one seed gives one result") {
  const Plan plan = usual();
  const ServiceModel service{.canary_error_rate = 0.03};
  const Rollout one = roll_out(plan, plan.environments[0], service, 5);
  const Rollout same = roll_out(plan, plan.environments[0], service, 5);
  CHECK(one.took_ms == same.took_ms);
  CHECK(one.requests == same.requests);
  CHECK(one.failed == same.failed);
}

TEST_CASE("rollout: fixed-threshold polling takes the same release back minutes later") {
  const Plan plan = usual();
  const ServiceModel service{.canary_error_rate = 1};
  const Rollout out = roll_out_polled(plan, plan.environments[0], service, 1, {});
  CHECK(out.ending == Ending::rolled_back);
  CHECK(out.took_ms == 6 * kMinuteMs);
  CHECK(out.failed > 10'000);
  const Rollout good = roll_out_polled(plan, plan.environments[0], {}, 1, {});
  CHECK(good.ending == Ending::promoted);
  CHECK(good.took_ms == 20 * kMinuteMs);
}

TEST_CASE("trial: the highest chance that is not refuted") {
  CHECK(highest_chance(0, 100) > 0.036);
  CHECK(highest_chance(0, 100) < 0.037);
  CHECK(highest_chance(7, 7) == 1);
}

TEST_CASE("trial: badness rises from today's rate to everything, without twins") {
  CHECK(canary_rates(0.001, 0.01).size() == 8);
  CHECK(canary_rates(0.001, 0.01).front() == 0.001);
  CHECK(canary_rates(0.001, 0.01).back() == 1);
  CHECK(canary_rates(0, 0).size() == 5);  // no margin: 0, 10, 25, 50, 100 %
}

}  // namespace
}  // namespace sluice::sim
