#include "gates/plan_of.h"

#include <doctest/doctest.h>

#include "testing/contracts.h"

namespace sluice::gates {
namespace {

TEST_CASE("plan: environments in the policy's order, customers' stages from the contract") {
  const Policy policy = testing::complete_policy();
  const Plan plan = make_plan(testing::complete_contract(), policy, testing::release_of_contract());

  REQUIRE(plan.environments.size() == 3);
  CHECK(plan.environments[0].name.text == "development");
  CHECK(plan.environments[0].stages == policy.environments[0].stages);
  const EnvironmentPlan& production = plan.environments[2];
  REQUIRE(production.stages.size() == 4);
  CHECK(production.stages[0] == Stage{"Canary", Share(500), 10 * kMinuteMs});
  CHECK(production.stages[3] == Stage{"Full", Share::whole(), 0});
}

TEST_CASE("plan: judged, smoke and alerts are what the policy wires up") {
  const Plan plan = make_plan(testing::complete_contract(), testing::complete_policy(),
                              testing::release_of_contract());

  CHECK_FALSE(plan.environments[0].judged);
  CHECK(plan.environments[1].judged);
  CHECK(plan.environments[0].smoke);
  CHECK_FALSE(plan.environments[1].alerts);
  CHECK(plan.environments[2].alerts);
  CHECK(plan.environments[2].customer_facing);
}

TEST_CASE("plan: it is bound to contract, policy and release") {
  const Contract contract = testing::complete_contract();
  const Policy policy = testing::complete_policy();
  const Plan plan = make_plan(contract, policy, testing::release_of_contract());

  CHECK(plan.contract_revision == contract.revision_digest);
  CHECK(plan.contract_file == contract.file);
  CHECK(plan.policy_digest == policy.digest);
  CHECK(plan.release == testing::release_of_contract());
  CHECK(plan.deadlines == policy.deadlines);
  CHECK(plan.parameters == policy.parameters);
}

TEST_CASE("plan: odd input has an obstacle, and making a plan of it still returns") {
  Contract contract = testing::complete_contract();
  contract.stages[1].share = std::nullopt;
  CHECK_FALSE(plan_obstacle(contract, testing::complete_policy()).empty());
  CHECK(make_plan(contract, testing::complete_policy(), {}).environments[2].stages.size() == 3);

  CHECK_FALSE(plan_obstacle({}, {}).empty());
  CHECK(make_plan({}, {}, {}).environments.empty());
}

TEST_CASE("plan: a complete contract has no obstacle") {
  CHECK(plan_obstacle(testing::complete_contract(), testing::complete_policy()) == "");
}

TEST_CASE("planning: what the gates let through has a plan, without a fallback nobody needs") {
  Policy policy = testing::complete_policy();
  policy.fallback = "maintenance";
  const Planning planning =
      plan_delivery(testing::complete_contract(), policy, testing::adopted_service(policy),
                    testing::release_of_contract(), Tick{});

  REQUIRE(planning.plan);
  CHECK(planning.plan->fallback.empty());
}

TEST_CASE("planning: a first deployment keeps the policy's fallback") {
  Policy policy = testing::complete_policy();
  policy.fallback = "maintenance";
  Service service;
  service.evidence = testing::adopted_service(policy).evidence;
  const Planning planning = plan_delivery(testing::complete_contract(), policy, service,
                                          testing::release_of_contract(), Tick{});

  REQUIRE(planning.plan);
  CHECK(planning.plan->fallback == "maintenance");
}

TEST_CASE("planning: what a gate holds has verdicts and no plan") {
  Contract contract = testing::complete_contract();
  contract.environments = {"development", "production"};
  const Policy policy = testing::complete_policy();
  const Planning planning = plan_delivery(contract, policy, testing::adopted_service(policy),
                                          testing::release_of_contract(), Tick{});

  CHECK_FALSE(planning.plan);
  CHECK_FALSE(planning.clauses.empty());
}

}  // namespace
}  // namespace sluice::gates
