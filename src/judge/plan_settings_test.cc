#include "judge/plan_settings.h"

#include <doctest/doctest.h>

#include "base/tick.h"

namespace sluice::judge {
namespace {

Plan plan_with(int judged_before) {
  Plan plan;
  for (int i = 0; i < judged_before; ++i) {
    plan.environments.push_back(
        {.name = {"staging"}, .judged = true, .stages = {{"", Share::whole(), kHourMs}}});
  }
  plan.environments.push_back({.name = {"production"},
                               .customer_facing = true,
                               .judged = true,
                               .stages = {{"", Share(500), kHourMs}, {"", Share::whole(), 0}}});
  return plan;
}

double alpha_in(const Plan& plan, std::size_t environment) {
  return settings_of(plan, plan.environments[environment]).alpha;
}

TEST_CASE("plan settings: customers alone have the budget of false rollbacks but for the probes") {
  CHECK(alpha_in(plan_with(0), 0) == doctest::Approx(0.00095));
}

TEST_CASE("plan settings: the environments before share a part of it, and nothing is spent twice") {
  const Plan plan = plan_with(2);
  CHECK(alpha_in(plan, 2) == doctest::Approx(0.0008));
  CHECK(alpha_in(plan, 0) == doctest::Approx(0.000075));
  double all = alpha_in(plan, 0) + alpha_in(plan, 1) + alpha_in(plan, 2);
  for (const EnvironmentPlan& one : plan.environments) all += probe_settings_of(plan, one).alpha;
  CHECK(all == doctest::Approx(0.001));
}

TEST_CASE(
    "plan settings: gauges take their part of all others alike, and only where they take back") {
  Plan plan = plan_with(2);
  const double alone = alpha_in(plan, 2);
  const double probes = probe_settings_of(plan, plan.environments[2]).alpha;
  plan.environments[1].gauges = plan.environments[2].gauges = true;
  CHECK(alpha_in(plan, 2) == alone);
  plan.parameters.gauges_against_baseline = BaselineUse::rollback;
  CHECK(alpha_in(plan, 2) == doctest::Approx(0.95 * alone));
  CHECK(probe_settings_of(plan, plan.environments[2]).alpha == doctest::Approx(0.95 * probes));
  double all = 0;
  for (std::size_t i = 0; i < plan.environments.size(); ++i) {
    const EnvironmentPlan& one = plan.environments[i];
    all += alpha_in(plan, i) + probe_settings_of(plan, one).alpha;
    if (one.gauges) all += gauge_settings_of(plan, one).alpha;
  }
  CHECK(all == doctest::Approx(0.001));
  for (EnvironmentPlan& one : plan.environments) one.gauges = false;
  CHECK(alpha_in(plan, 2) == alone);
}

TEST_CASE("plan settings: the planned time is soaks and window, and at least a minute") {
  Plan plan = plan_with(1);
  CHECK(settings_of(plan, plan.environments[1]).planned_ms == kHourMs + 30 * kMinuteMs);
  CHECK(settings_of(plan, plan.environments[0]).planned_ms == kHourMs);
  plan.environments[0].stages[0].soak_ms = 0;
  CHECK(settings_of(plan, plan.environments[0]).planned_ms == kMinuteMs);
}

TEST_CASE("plan settings: the last stage is promoted on five times the evidence") {
  CHECK(alpha_promotion_of({}, false) == doctest::Approx(0.05));
  CHECK(alpha_promotion_of({}, true) == doctest::Approx(0.01));
}

}  // namespace
}  // namespace sluice::judge
