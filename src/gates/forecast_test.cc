#include "gates/forecast.h"

#include <doctest/doctest.h>

#include "gates/plan_of.h"
#include "testing/contracts.h"

namespace sluice::gates {
namespace {

struct Case {
  Contract contract = testing::complete_contract();
  Policy policy = testing::complete_policy();
  Service service = testing::adopted_service(policy);

  void expect(double requests_per_second) {
    policy.environments[2].expected_requests_per_second = requests_per_second;
  }
  [[nodiscard]] std::vector<EnvironmentForecast> all() const {
    const Plan plan = make_plan(contract, policy, testing::release_of_contract());
    return forecast(plan, policy, service);
  }
  [[nodiscard]] EnvironmentForecast production() const { return all().back(); }
};

TEST_CASE("forecast: judged environments only, and only where the traffic is said") {
  const auto all = Case{}.all();
  REQUIRE(all.size() == 2);
  CHECK(all[0].name.text == "staging");
  CHECK(all[1].stages.empty());
  CHECK(forecast_text(all).contains("production: not known; say how much traffic"));
}

TEST_CASE("forecast: with much traffic every stage is decided, each with its numbers") {
  Case given;
  given.expect(1'000);
  const EnvironmentForecast one = given.production();
  REQUIRE(one.stages.size() == 4);
  for (const StageForecast& stage : one.stages) {
    CHECK(stage.decidable());
    CHECK(stage.requests > 100);
    CHECK(stage.takes_ms > 0);
  }
  CHECK(one.stages[0].limit_ms == 10 * kMinuteMs + given.policy.deadlines.evidence_ms);
  CHECK(one.stages[3].validated);
  CHECK(one.stages[3].limit_ms == given.policy.parameters.validation_window_ms);
  CHECK_FALSE(forecast_text({one}).contains("warning"));
  CHECK(forecast_text({one}).contains("stage 1 `Canary` at 5 %: about "));
}

TEST_CASE("forecast: ten times the traffic takes a tenth of the time and as many requests") {
  Case given;
  given.expect(10);
  const EnvironmentForecast little = given.production();
  given.expect(100);
  const EnvironmentForecast much = given.production();
  for (std::size_t i = 0; i < little.stages.size(); ++i) {
    CHECK(much.stages[i].requests == little.stages[i].requests);
    CHECK(static_cast<double>(much.stages[i].takes_ms * 10) ==
          doctest::Approx(static_cast<double>(little.stages[i].takes_ms)).epsilon(0.01));
  }
}

TEST_CASE("forecast: too little traffic is a warning that names the stage and the remedy") {
  Case given;
  given.expect(0.2);
  const EnvironmentForecast one = given.production();
  CHECK_FALSE(one.stages[0].decidable());
  const std::string text = forecast_text({one});
  CHECK(text.contains("warning: stage 1 `Canary` at 5 % cannot be decided"));
  CHECK(text.contains("it goes back after 1 h 10 min"));
  CHECK(text.contains("raise deadlines.evidence to "));
  CHECK(text.contains("give this stage a larger share"));
  CHECK(text.contains("warning: stage 4 `Full` at 100 % cannot be decided"));
  CHECK(text.contains("raise parameters.post_deploy_validation_window to "));
}

TEST_CASE("forecast: the remedy is enough") {
  Case given;
  given.expect(0.5);
  given.policy.deadlines.evidence_ms = given.production().stages[0].takes_ms;
  CHECK(given.production().stages[0].decidable());
}

TEST_CASE("forecast: a larger margin is advised only where it would take fewer requests") {
  Case given;
  given.expect(0.2);
  given.service.environments[2].history = {100'000, 500, 0};  // then errors take the most requests
  EnvironmentForecast one = given.production();
  CHECK(one.stages[0].margin_helps);
  CHECK_FALSE(one.stages[3].margin_helps);                // at 100 % nothing is compared by margin
  given.policy.parameters.max_error_rate_increase = 0.1;  // the p99 target takes what is left
  one = given.production();
  CHECK_FALSE(one.stages[0].margin_helps);
  CHECK_FALSE(forecast_text({one}).contains("max_error_rate_increase"));
}

TEST_CASE("forecast: without a margin nothing can be shown, and the margin is the remedy") {
  Case given;
  given.expect(100);
  given.policy.parameters.max_error_rate_increase = 0;
  const EnvironmentForecast one = given.production();
  CHECK(one.stages[0].requests < 0);
  CHECK(forecast_text({one}).contains("can show that it is no worse"));
  CHECK(forecast_text({one}).contains("raise max_error_rate_increase"));
  CHECK_FALSE(forecast_text({one}).contains("raise error_rate_target"));
}

TEST_CASE("forecast: a baseline with errors of its own takes more, and is not called assumed") {
  Case given;
  given.expect(100);
  const EnvironmentForecast assumed = given.production();
  given.service.environments[2].history = {100'000, 2'000, 0};
  const EnvironmentForecast counted = given.production();
  CHECK(counted.error_rate == doctest::Approx(0.02));
  CHECK(counted.stages[0].requests > assumed.stages[0].requests);
  CHECK(forecast_text({assumed}).contains("(assumed)"));
  CHECK_FALSE(forecast_text({counted}).contains("(assumed)"));
}

TEST_CASE("forecast: what no number of requests can show is said so") {
  Case given;
  given.expect(100);
  given.service.environments[2].history = {100'000, 2'000, 0};  // twice the fixed target
  const EnvironmentForecast one = given.production();
  CHECK(one.stages[3].requests < 0);
  CHECK(forecast_text({one}).contains("no number of requests can show"));
  CHECK(forecast_text({one}).contains("raise error_rate_target"));
}

}  // namespace
}  // namespace sluice::gates
