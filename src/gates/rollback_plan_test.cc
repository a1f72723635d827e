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

  [[nodiscard]] ClauseVerdict look() const {
    return pre_rollback_documented({contract, policy, service, release});
  }
};

TEST_CASE("pre.rollback.documented: a complete plan passes and says what Sluice will really do") {
  Case given;
  given.service.environments[2].baseline = Slot::b;
  const ClauseVerdict verdict = given.look();

  CHECK(verdict.verdict == Verdict::pass);
  CHECK(verdict.why.contains("back to slot b within milliseconds, then stop the canary"));
  CHECK(verdict.looked_at == 6);
}

TEST_CASE("pre.rollback.documented: a plan that names a feature flag passes, beside the wiring") {
  Case given;
  given.contract.rollback.mechanism = "Feature flag disable (instant)";
  const ClauseVerdict verdict = given.look();

  CHECK(verdict.verdict == Verdict::pass);
  CHECK(verdict.why.contains("`Feature flag disable (instant)`"));
  CHECK(verdict.why.contains("traffic back"));
}

TEST_CASE("pre.rollback.documented: a contract without the section is refused") {
  Case given;
  given.contract.rollback = {};

  CHECK(given.look().code == "no_rollback_plan");
}

TEST_CASE("pre.rollback.documented: each line that is missing or left open is named") {
  Case given;
  given.contract.rollback.mechanism = "[e.g., deployment tool rollback]";
  given.contract.rollback.data_rollback.clear();
  const ClauseVerdict verdict = given.look();

  CHECK(verdict.verdict == Verdict::fail);
  CHECK(verdict.code == "incomplete");
  CHECK(verdict.why.contains("`Rollback mechanism` is not filled in"));
  CHECK(verdict.why.contains("`Data rollback needed` is missing"));
}

TEST_CASE("pre.rollback.documented: an option list never chosen from is not filled in") {
  Case given;
  given.contract.rollback.data_rollback = "yes / no — [if yes, describe procedure]";

  CHECK(given.look().code == "incomplete");
}

TEST_CASE("pre.rollback.documented: an estimate that cannot be measured against is refused") {
  Case given;
  given.contract.rollback.estimate_ms = std::nullopt;
  given.contract.rollback.estimate_text = "quick";
  const ClauseVerdict verdict = given.look();

  CHECK(verdict.code == "estimate_unreadable");
  CHECK(verdict.why.contains("`quick`"));
}

TEST_CASE(
    "pre.rollback.documented: an estimate below the rollback's deadline is noted, not refused") {
  Case given;
  given.contract.rollback.estimate_ms = 2 * kSecondMs;
  const ClauseVerdict verdict = given.look();

  CHECK(verdict.verdict == Verdict::pass);
  CHECK(verdict.why.contains("the estimate of 2 s is shorter than the 30 s"));
}

TEST_CASE("pre.rollback.documented: without a baseline there is nothing to return to") {
  Case given;
  given.service = {};
  const ClauseVerdict verdict = given.look();

  CHECK(verdict.verdict == Verdict::fail);
  CHECK(verdict.code == "no_baseline");
  CHECK(verdict.remedy.contains("`sluice adopt CONTRACT` records what runs now"));
}

TEST_CASE("pre.rollback.documented: one environment without a baseline is enough, and is named") {
  Case given;
  given.service.environments[1].baseline_release = {};
  const ClauseVerdict verdict = given.look();

  CHECK(verdict.code == "no_baseline");
  CHECK(verdict.why.contains("`staging`"));
  CHECK_FALSE(verdict.why.contains("`production`"));
}

TEST_CASE("pre.rollback.documented: a first deployment with a fallback passes and says so") {
  Case given;
  given.service = {};
  given.policy.fallback = "maintenance";
  const ClauseVerdict verdict = given.look();

  CHECK(verdict.verdict == Verdict::pass);
  CHECK(verdict.why.contains("rollback means the fallback `maintenance`"));
  CHECK(verdict.why.contains("fixed targets"));
  CHECK_FALSE(verdict.why.contains("back to slot"));
}

}  // namespace
}  // namespace sluice::gates
