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

  [[nodiscard]] ClauseVerdict stages() const {
    return plan_stages({contract, policy, service, release});
  }
  [[nodiscard]] ClauseVerdict automated() const {
    return plan_automated({contract, policy, service, release});
  }
};

TEST_CASE("plan.stages: rising stages that end at 100 % pass") {
  const ClauseVerdict verdict = Case{}.stages();

  CHECK(verdict.verdict == Verdict::pass);
  CHECK(verdict.why == "4 stages: 5 % → 25 % → 50 % → 100 %");
  CHECK(verdict.looked_at == 6);
}

TEST_CASE("plan.stages: everything at once is refused") {
  Case given;
  given.contract.stages.erase(given.contract.stages.begin(), given.contract.stages.end() - 1);

  CHECK(given.stages().code == "big_bang");
}

TEST_CASE("plan.stages: a plan without stages is refused") {
  Case given;
  given.contract.stages.clear();

  CHECK(given.stages().verdict == Verdict::fail);
}

TEST_CASE("plan.stages: stages that fall or stand are refused") {
  Case given;
  given.contract.stages[2].share = Share(2'500);
  const ClauseVerdict verdict = given.stages();

  CHECK(verdict.code == "not_rising");
  CHECK(verdict.why.contains("25 % follows 25 %"));
}

TEST_CASE("plan.stages: a first stage of nothing is no stage") {
  Case given;
  given.contract.stages[0].share = Share::none();

  CHECK(given.stages().code == "not_rising");
}

TEST_CASE("plan.stages: stages that do not end at 100 % are refused") {
  Case given;
  given.contract.stages.pop_back();

  CHECK(given.stages().code == "not_whole");
}

TEST_CASE("plan.stages: a first stage above the policy's maximum is refused") {
  Case given;
  given.contract.stages[0].share = Share(1'100);
  const ClauseVerdict verdict = given.stages();

  CHECK(verdict.code == "first_stage_too_large");
  CHECK(verdict.why.contains("11 %"));
  CHECK(verdict.remedy.contains("10 %"));

  given.contract.stages[0].share = Share(1'000);
  CHECK(given.stages().verdict == Verdict::pass);
}

TEST_CASE("plan.stages: a share that is no plain percentage is refused with its row") {
  Case given;
  given.contract.stages[1].share = std::nullopt;
  given.contract.stages[1].share_text = "25% (incl. 3 requesting customers)";
  const ClauseVerdict verdict = given.stages();

  CHECK(verdict.code == "share_unreadable");
  CHECK(verdict.why.contains("`Early Adopters` at 31:1"));
}

TEST_CASE("plan.stages: only the last stage may be without a readable duration") {
  Case given;
  given.contract.stages[1].soak_ms = std::nullopt;
  given.contract.stages[1].soak_text = "a while";

  CHECK(given.stages().code == "soak_unreadable");
}

TEST_CASE("plan.stages: the stages of the other environments rise to 100 %, too") {
  Case given;
  given.policy.environments[1].stages = {{"half", Share(5'000), kMinuteMs}};
  CHECK(given.stages().code == "not_whole");
  CHECK(given.stages().why.contains("`staging`"));

  given.policy.environments[1].stages.clear();
  CHECK(given.stages().code == "no_stages");
}

TEST_CASE("plan.automated: a plan that waits for nobody passes") {
  const ClauseVerdict verdict = Case{}.automated();

  CHECK(verdict.verdict == Verdict::pass);
  CHECK(verdict.looked_at == 4);
}

TEST_CASE("plan.automated: a manual rollback on offer is not a step") {
  for (const char* text : {"Manual rollback available", "Auto-rollback; revert manually if needed",
                           "No manual approval needed", "Promoted without sign-off",
                           "User manual pages load in 1 s", "on-call may pause manually"}) {
    Case given;
    given.contract.stages[2].rollback_trigger = text;
    CAPTURE(text);
    CHECK(given.automated().verdict == Verdict::pass);
  }
}

TEST_CASE("plan.automated: a row that waits for a person is refused and named") {
  for (const char* text :
       {"Manual approval", "after sign-off by QA", "24 hours, then manual promotion",
        "error rate stable and release manager approves", "MANUAL", "go/no-go meeting",
        "rollback after approval by the on-call engineer", "Promoted manually"}) {
    Case given;
    given.contract.stages[1].soak_text = text;
    const ClauseVerdict verdict = given.automated();
    CAPTURE(text);
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(verdict.code == "manual_step");
    CHECK(verdict.why.contains("`Early Adopters` at 31:1"));
  }
}

TEST_CASE("plan.automated: a plan without stages is not a PASS") {
  Case given;
  given.contract.stages.clear();

  CHECK(given.automated().verdict == Verdict::inconclusive);
}

}  // namespace
}  // namespace sluice::gates
