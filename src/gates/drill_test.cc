#include <doctest/doctest.h>

#include "gates/drill_verdict.h"
#include "gates/plan_of.h"
#include "gates/start_gates.h"
#include "testing/contracts.h"

namespace sluice::gates {
namespace {

constexpr Tick kNow{1'000'000};

struct Case {
  Contract contract = testing::complete_contract();
  Policy policy = testing::complete_policy();
  Service service = testing::adopted_service(policy);
  Release release = testing::release_of_contract();

  [[nodiscard]] ClauseVerdict look() const {
    return pre_rollback_tested({contract, policy, service, release, kNow});
  }
  // A drill of this release, an hour ago.
  void drilled(std::int64_t took_ms) {
    Evidence evidence{.kind = EvidenceKind::drill,
                      .about = release.digest,
                      .by = "sluice",
                      .observed = Tick{kNow.unix_ms - kHourMs},
                      .valid_until = kNow + kHourMs,
                      .bytes = sha256(std::to_string(service.drills.size()))};
    evidence.id = evidence_id(evidence);
    service.evidence.records.push_back({evidence, {}});
    service.drills.push_back({{"staging"},
                              release.digest,
                              service.environments[1].baseline_release,
                              took_ms,
                              evidence.id});
  }
};

TEST_CASE("pre.rollback.tested: prose is never enough, and is reported beside it") {
  Case given;
  given.contract.rollback.tested = Claim::yes;
  const ClauseVerdict verdict = given.look();

  CHECK(verdict.verdict == Verdict::inconclusive);
  CHECK(verdict.code == "drilled_in_staging");
  CHECK(verdict.why.contains("of itself the contract says `tested`"));
  CHECK(verdict.why.contains("rehearses it in `staging`"));
}

TEST_CASE("pre.rollback.tested: a fresh drill of this release passes with its time") {
  Case given;
  given.drilled(1'200);
  const ClauseVerdict verdict = given.look();

  CHECK(verdict.verdict == Verdict::pass);
  CHECK(verdict.why.contains("after 1.2 s, the contract allows 5 min"));
  CHECK(verdict.evidence == std::vector{given.service.drills.front().evidence});
}

TEST_CASE("pre.rollback.tested: slower than promised is FAIL, and the newest drill counts") {
  Case given;
  given.drilled(6 * kMinuteMs);
  CHECK(given.look().code == "over_estimate");
  given.drilled(kMinuteMs);
  CHECK(given.look().verdict == Verdict::pass);
}

TEST_CASE("pre.rollback.tested: of another release, place or baseline it shows nothing") {
  const auto code_with = [](auto change) {
    Case given;
    given.drilled(10);
    change(given);
    return given.look().code;
  };
  CHECK(code_with([](Case&) {}) == "ok");
  CHECK(code_with([](Case& one) { one.release.digest = sha256("other"); }) == "drilled_in_staging");
  CHECK(code_with([](Case& one) { one.policy.drill_environment = {"development"}; }) ==
        "drilled_in_staging");
  CHECK(code_with([](Case& one) {
          one.service.environments[1].baseline_release = sha256("newer");
        }) == "drilled_in_staging");
}

TEST_CASE("pre.rollback.tested: expired or revoked evidence shows nothing, and is named") {
  Case given;
  given.drilled(10);
  KeptEvidence& drill = given.service.evidence.records.back();
  drill.evidence.valid_until = kNow;
  CHECK(given.look().why.contains("expired at"));
  drill.revocation = Revocation{"ana", "another router", kNow};
  CHECK(given.look().why.contains("was revoked by ana: another router"));
  CHECK(given.look().code == "drilled_in_staging");
}

TEST_CASE("pre.rollback.tested: without an environment before customers there is no place") {
  Case given;
  given.policy.environments.erase(given.policy.environments.begin(),
                                  given.policy.environments.begin() + 2);
  CHECK(given.look().code == "no_place");
  Case named;
  named.policy.drill_environment = {"production"};
  CHECK(named.look().code == "no_place");
  CHECK(named.look().why.contains("`drill_in` is `production`"));
}

TEST_CASE("planning: staging rehearses the rollback unless there is fresh evidence") {
  Case given;
  const auto plan = [&] {
    return *plan_delivery(given.contract, given.policy, given.service, given.release, kNow).plan;
  };
  CHECK(plan().environments[1].drill);
  CHECK_FALSE(plan().environments[0].drill);
  CHECK(plan().rollback_estimate_ms == 5 * kMinuteMs);
  CHECK(plan().drill_valid_ms == 7 * kDayMs);
  given.drilled(10);
  CHECK_FALSE(plan().environments[1].drill);
}

TEST_CASE(
    "planning: a drill alone is staging alone, needs no approval, and is not the contract's") {
  Case given;
  given.contract.status = "draft";
  const Planning planning =
      plan_drill(given.contract, given.policy, given.service, given.release, kNow);

  REQUIRE(planning.plan);
  CHECK(planning.plan->drill);
  REQUIRE(planning.plan->environments.size() == 1);
  CHECK(planning.plan->environments[0].name.text == "staging");
  CHECK(planning.plan->contract_revision != given.contract.revision_digest);
}

TEST_CASE("planning: a drill needs a plan that is written down") {
  Case given;
  given.contract.rollback = {};
  const Planning planning =
      plan_drill(given.contract, given.policy, given.service, given.release, kNow);

  CHECK_FALSE(planning.plan);
  CHECK(planning.clauses.size() == 3);
}

}  // namespace
}  // namespace sluice::gates
