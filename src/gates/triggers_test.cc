#include <doctest/doctest.h>

#include "gates/start_gates.h"
#include "testing/contracts.h"

namespace sluice::gates {
namespace {

struct Case {
  Contract contract = testing::complete_contract();
  Policy policy = testing::complete_policy();
  Service service = testing::adopted_service(policy);
  Release release = testing::release_of_contract();

  EnvironmentSpec& production() { return policy.environments[2]; }
  [[nodiscard]] ClauseVerdict look(ClauseVerdict (*gate)(const Facts&)) const {
    return gate({contract, policy, service, release});
  }
};

TEST_CASE("plan.health_checks: a probe in each environment and judged traffic for customers pass") {
  const ClauseVerdict verdict = Case{}.look(plan_health_checks);

  CHECK(verdict.verdict == Verdict::pass);
  CHECK(verdict.looked_at == 4);
}

TEST_CASE("plan.health_checks: a probe that never runs or never fails is none") {
  Case never_runs;
  never_runs.policy.environments[0].probe.interval_ms = 0;
  CHECK(never_runs.look(plan_health_checks).code == "not_wired");

  Case never_fails;
  never_fails.policy.environments[0].probe.failures_max = 0;
  const ClauseVerdict verdict = never_fails.look(plan_health_checks);
  CHECK(verdict.code == "not_wired");
  CHECK(verdict.why.contains("`development`"));
}

TEST_CASE("plan.health_checks: customers' traffic is judged") {
  Case given;
  given.production().judged = false;

  CHECK(given.look(plan_health_checks).code == "not_judged");
}

TEST_CASE("plan.triggers: all four triggers have a live source for customers") {
  const ClauseVerdict verdict = Case{}.look(plan_triggers);

  CHECK(verdict.verdict == Verdict::pass);
  CHECK(verdict.looked_at == 4);
}

TEST_CASE("plan.triggers: without a log stream neither error rate nor p99 can fire") {
  Case given;
  given.production().haproxy.log_listen.clear();
  const ClauseVerdict verdict = given.look(plan_triggers);

  CHECK(verdict.verdict == Verdict::fail);
  CHECK(verdict.why.contains("error_rate cannot fire in `production`"));
  CHECK(verdict.why.contains("p99 cannot fire"));
  CHECK(given.look(rollback_error_rate).verdict == Verdict::fail);
  CHECK(given.look(rollback_p99).verdict == Verdict::fail);
  CHECK(given.look(rollback_health_check).verdict == Verdict::pass);
  CHECK(given.look(rollback_critical_alert).verdict == Verdict::pass);
}

TEST_CASE("plan.triggers: without an alert source the critical alert cannot fire") {
  Case given;
  given.production().alerts.reset();
  const ClauseVerdict verdict = given.look(plan_triggers);

  CHECK(verdict.verdict == Verdict::fail);
  CHECK(verdict.why.contains("critical_alert cannot fire in `production`"));
  CHECK(given.look(rollback_critical_alert).verdict == Verdict::fail);
  CHECK(given.look(rollback_error_rate).verdict == Verdict::pass);
}

TEST_CASE("plan.triggers: without a probe the health check cannot fire") {
  Case given;
  given.production().probe.path.clear();

  CHECK(given.look(plan_triggers).verdict == Verdict::fail);
  CHECK(given.look(rollback_health_check).verdict == Verdict::fail);
}

TEST_CASE("rollback.error_rate: a limit that can never be exceeded is not armed") {
  Case given;
  given.policy.parameters.max_error_rate_increase = 1.0;

  CHECK(given.look(rollback_error_rate).code == "not_wired");
}

TEST_CASE("rollback.p99: without a target it is not armed") {
  Case given;
  given.policy.parameters.p99_target_ms = 0;

  CHECK(given.look(rollback_p99).code == "not_wired");
}

TEST_CASE("rollback.*: before the start each says what it is armed with") {
  const Case given;

  CHECK(given.look(rollback_error_rate).why.contains("baseline + 1.0 %"));
  CHECK(given.look(rollback_p99).why.contains("p99 over 500 ms"));
  CHECK(given.look(rollback_health_check).why.contains("3 failures in a row of `/healthz`"));
  CHECK(given.look(rollback_critical_alert).why.contains("`http://127.0.0.1:9093`"));
}

TEST_CASE("plan.triggers: a policy without customers fails every one of these") {
  Case given;
  given.production().customer_facing = false;
  for (const auto gate : {plan_health_checks, plan_triggers, rollback_error_rate, rollback_p99,
                          rollback_health_check, rollback_critical_alert}) {
    CHECK(given.look(gate).code == "no_customer_facing");
  }
}

}  // namespace
}  // namespace sluice::gates
