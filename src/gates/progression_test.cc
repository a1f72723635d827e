#include <doctest/doctest.h>

#include "gates/environments.h"
#include "gates/start_gates.h"
#include "testing/contracts.h"

namespace sluice::gates {
namespace {

struct Case {
  Contract contract = testing::complete_contract();
  Policy policy = testing::complete_policy();
  Service service = testing::adopted_service(policy);
  Release release = testing::release_of_contract();

  [[nodiscard]] ClauseVerdict order() const {
    return progression_order({contract, policy, service, release});
  }
  [[nodiscard]] ClauseVerdict health() const {
    return progression_health({contract, policy, service, release});
  }
};

TEST_CASE("progression.order: a contract that names no environment goes through all of them") {
  const ClauseVerdict verdict = Case{}.order();

  CHECK(verdict.verdict == Verdict::pass);
  CHECK(verdict.looked_at == 3);
  CHECK(verdict.why.contains("development → staging → production"));
}

TEST_CASE("progression.order: a contract that names all environments in order passes") {
  Case given;
  given.contract.environments = {"Development", "Staging", "Production"};

  CHECK(given.order().verdict == Verdict::pass);
}

TEST_CASE(
    "progression.order: a contract that skips staging is refused, with clause and environment") {
  Case given;
  given.contract.environments = {"development", "production"};
  const ClauseVerdict verdict = given.order();

  CHECK(verdict.verdict == Verdict::fail);
  CHECK(verdict.code == "environment_skipped");
  CHECK(verdict.clause == Clause::progression_order);
  CHECK(verdict.why.contains("skips `staging`"));
  CHECK(verdict.remedy.contains("development → staging → production"));
}

TEST_CASE("progression.order: another order, or an environment named twice, is refused") {
  Case given;
  given.contract.environments = {"staging", "development", "production"};
  CHECK(given.order().code == "wrong_order");

  given.contract.environments = {"development", "staging", "staging", "production"};
  CHECK(given.order().code == "wrong_order");
}

TEST_CASE("progression.order: an environment that the policy does not have is refused") {
  Case given;
  given.contract.environments = {"development", "staging", "qa", "production"};

  CHECK(given.order().code == "environment_unknown");
}

TEST_CASE(
    "progression.order: a policy with fewer than two environments before customers is refused") {
  Case given;
  given.policy.environments.erase(given.policy.environments.begin());
  const ClauseVerdict verdict = given.order();

  CHECK(verdict.code == "too_few_environments");
  CHECK(verdict.remedy.contains("sluice.yaml"));
}

TEST_CASE("progression.order: a policy without a staging before production is refused") {
  Case given;
  given.policy.environments[1].name = {"production-eu"};

  CHECK(given.order().code == "no_staging");
}

TEST_CASE("progression.order: more environments between are welcome") {
  Case given;
  EnvironmentSpec between = testing::environment_spec("pre-production", 7);
  given.policy.environments.insert(given.policy.environments.begin() + 2, between);

  CHECK(given.order().verdict == Verdict::pass);
}

TEST_CASE("progression.order: a policy without a customer-facing environment is refused") {
  Case given;
  given.policy.environments[2].customer_facing = false;

  CHECK(given.order().code == "no_customer_facing");
}

TEST_CASE("progression.order: an environment behind the customers' is refused") {
  Case given;
  given.policy.environments.push_back(testing::environment_spec("archive", 9));

  CHECK(given.order().code == "wrong_order");
}

TEST_CASE("progression.health: every environment has a probe, and smoke tests or judged traffic") {
  const ClauseVerdict verdict = Case{}.health();

  CHECK(verdict.verdict == Verdict::pass);
  CHECK(verdict.looked_at == 3);
}

TEST_CASE("progression.health: an environment without a probe shows no health") {
  Case given;
  given.policy.environments[0].probe.path.clear();

  CHECK(given.health().code == "no_probe");
}

TEST_CASE("progression.health: neither smoke tests nor judged traffic is no evidence") {
  Case given;
  given.policy.environments[0].smoke.clear();
  CHECK(given.health().code == "no_evidence_of_health");

  given.policy.environments[0].judged = true;
  CHECK(given.health().verdict == Verdict::pass);
}

TEST_CASE("progression.health: a staging whose traffic nobody judges is not production-like") {
  Case given;
  given.policy.environments[1].judged = false;
  const ClauseVerdict verdict = given.health();
  CHECK(verdict.verdict == Verdict::fail);
  CHECK(verdict.code == "not_under_load");
  CHECK(verdict.remedy.contains("load"));
}

TEST_CASE("progression.health: a load is named in the verdict") {
  Case given;
  given.policy.environments[1].load = LoadSpec{.command = {"wrk"}};
  CHECK(given.health().why.contains("2 are judged, 1 of them under load"));
}

TEST_CASE("progression.health: a policy without environments is not a PASS") {
  Case given;
  given.policy.environments.clear();

  CHECK(given.health().verdict == Verdict::inconclusive);
}

TEST_CASE("environments: the usual names of a staging are known") {
  CHECK(is_staging_like("Staging-EU"));
  CHECK(is_staging_like("preprod"));
  CHECK(is_staging_like("acceptance"));
  CHECK_FALSE(is_staging_like("development"));
  CHECK_FALSE(is_staging_like("production"));
}

}  // namespace
}  // namespace sluice::gates
