#include "gates/delivery_verdict.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "gates/before_start.h"
#include "gates/plan_of.h"
#include "testing/contracts.h"

namespace sluice::gates {
namespace {

ClauseVerdict passed(Clause clause) {
  return {.clause = clause, .verdict = Verdict::pass, .code = "ok", .why = "seen", .looked_at = 1};
}

// A delivery of the complete contract that has just started.
Delivery started() {
  const Policy policy = testing::complete_policy();
  const Planning planning =
      plan_delivery(testing::complete_contract(), policy, testing::adopted_service(policy),
                    testing::release_of_contract(), Tick{});
  Delivery delivery{.id = {"D-0001"}, .plan = *planning.plan};
  delivery.progress.resize(3);
  for (const ClauseVerdict& one : planning.clauses) delivery.clauses[one.clause] = one;
  return delivery;
}

// Everything healthy to the end.
Delivery done() {
  Delivery delivery = started();
  for (Progress& progress : delivery.progress) {
    progress.touched = progress.started = progress.passed = true;
  }
  delivery.progress[2].burn = {.left_computed = 4,
                               .objective = 0.99,
                               .highest = 0.2,
                               .highest_minutes = 9,
                               .at_ms = 1,
                               .computed = true};
  delivery.environment = 2;
  delivery.stage = 3;
  delivery.phase = Phase::done;
  for (const Clause clause :
       {Clause::pre_rollback_tested, Clause::post_health, Clause::post_error_rate,
        Clause::post_performance, Clause::post_smoke, Clause::post_changelog}) {
    delivery.clauses[clause] = passed(clause);
  }
  return delivery;
}

// Went back in the second stage of the environment with this index.
Delivery rolled_back(std::uint32_t environment, RollbackStarted back) {
  Delivery delivery = started();
  for (std::uint32_t i = 0; i <= environment; ++i) {
    delivery.progress[i].touched = delivery.progress[i].started = true;
    delivery.progress[i].passed = i < environment;
  }
  delivery.environment = environment;
  delivery.stage = environment == 2 ? 1 : 0;
  back.environment = delivery.plan.environments[environment].name;
  delivery.rollback = back;
  delivery.phase = Phase::rolled_back;
  return delivery;
}

RollbackStarted by_trigger(Trigger trigger) {
  return {.cause = Cause::trigger, .trigger = trigger, .detail = "5.1 % against 0.1 %"};
}

const ClauseVerdict& of(const DeliveryVerdict& verdict, Clause clause) {
  const auto found = std::ranges::find(verdict.clauses, clause, &ClauseVerdict::clause);
  REQUIRE(found != verdict.clauses.end());
  return *found;
}

Verdict of(const DeliveryVerdict& verdict, Criterion criterion) {
  const auto found = std::ranges::find(verdict.criteria, criterion, &CriterionVerdict::criterion);
  REQUIRE(found != verdict.criteria.end());
  return found->verdict;
}

// As it will be once every clause has a gate.
Delivery all_passed() {
  Delivery delivery = done();
  for (const ClauseInfo& clause : all_clauses()) {
    if (clause.criterion == Criterion::emergency) continue;
    delivery.clauses[clause.clause] = passed(clause.clause);
  }
  return delivery;
}

TEST_CASE("verdict: a good delivery passes every clause that has a gate") {
  const DeliveryVerdict verdict = verdict_of(done());

  for (const ClauseVerdict& one : verdict.clauses) {
    CAPTURE(to_text(one.clause));
    CAPTURE(one.why);
    CHECK((one.verdict == Verdict::pass) == info(one.clause).built);
    if (one.verdict == Verdict::pass) CHECK(one.looked_at > 0);
  }
  CHECK(verdict.evaluated == 25);
}

TEST_CASE("verdict: a rollback that was to be rehearsed on the way, and was not, is not reached") {
  const DeliveryVerdict verdict =
      verdict_of(rolled_back(0, {.cause = Cause::smoke_failed, .detail = "front page"}));

  const ClauseVerdict& tested = of(verdict, Clause::pre_rollback_tested);
  CHECK(tested.verdict == Verdict::inconclusive);
  CHECK(tested.code == "not_reached");
}

TEST_CASE("verdict: a drill speaks about the rollback and about nothing else") {
  Delivery delivery = rolled_back(1, {.cause = Cause::drill, .detail = "rehearsed"});
  delivery.plan.drill = true;
  delivery.clauses = {{Clause::pre_rollback_tested, passed(Clause::pre_rollback_tested)}};
  const DeliveryVerdict verdict = verdict_of(delivery);

  CHECK(verdict.evaluated == 1);
  CHECK(of(verdict, Clause::pre_rollback_tested).verdict == Verdict::pass);
  CHECK(of(verdict, Clause::progression_order).code == "not_reached");
  CHECK(of(verdict, Clause::rollback_p99).code == "not_reached");
}

TEST_CASE("verdict: while clauses are not built, even a good delivery is INCONCLUSIVE") {
  const DeliveryVerdict verdict = verdict_of(done());

  CHECK(verdict.overall == Verdict::inconclusive);
  CHECK(of(verdict, Criterion::progression) == Verdict::pass);
  CHECK(of(verdict, Criterion::rollout) == Verdict::pass);
  CHECK(of(verdict, Criterion::post_deploy) == Verdict::inconclusive);
}

TEST_CASE("verdict: PASS needs every criterion that applies") {
  CHECK(verdict_of(all_passed()).overall == Verdict::pass);

  Delivery one_open = all_passed();
  one_open.clauses[Clause::notes_written] = {.clause = Clause::notes_written, .code = "unclear"};
  CHECK(verdict_of(one_open).overall == Verdict::inconclusive);

  one_open.clauses[Clause::plan_window].clause = Clause::plan_window;
  one_open.clauses[Clause::plan_window].verdict = Verdict::fail;
  CHECK(verdict_of(one_open).overall == Verdict::fail);
}

TEST_CASE("verdict: a PASS that was recorded without looking at anything is none") {
  Delivery delivery = all_passed();
  delivery.clauses[Clause::post_smoke].looked_at = 0;
  const DeliveryVerdict verdict = verdict_of(delivery);

  CHECK(of(verdict, Clause::post_smoke).code == "nothing_examined");
  CHECK(verdict.overall == Verdict::inconclusive);
}

TEST_CASE("verdict: the emergency criterion is absent from an ordinary delivery") {
  const DeliveryVerdict verdict = verdict_of(done());
  const auto is_emergency = [](const CriterionVerdict& one) {
    return one.criterion == Criterion::emergency;
  };
  CHECK(std::ranges::none_of(verdict.criteria, is_emergency));
  CHECK(verdict.criteria.size() == 7);
  CHECK(verdict.clauses.size() == 38);
}

TEST_CASE("verdict: where an emergency clause was decided, the criterion applies") {
  Delivery delivery = all_passed();
  delivery.clauses[Clause::emergency_justified] = passed(Clause::emergency_justified);
  const DeliveryVerdict verdict = verdict_of(delivery);

  CHECK(verdict.clauses.size() == 44);
  CHECK(of(verdict, Criterion::emergency) == Verdict::inconclusive);
}

TEST_CASE("verdict: rolled back in production for its error rate, that clause and the whole fail") {
  const DeliveryVerdict verdict = verdict_of(rolled_back(2, by_trigger(Trigger::error_rate)));

  CHECK(verdict.overall == Verdict::fail);
  CHECK(of(verdict, Clause::post_error_rate).verdict == Verdict::fail);
  CHECK(of(verdict, Clause::post_error_rate).why.contains("5.1 % against 0.1 %"));
  CHECK(of(verdict, Clause::post_performance).code == "not_reached");
  CHECK(of(verdict, Clause::progression_health).verdict == Verdict::fail);
  CHECK(of(verdict, Clause::progression_order).verdict == Verdict::pass);
}

TEST_CASE("verdict: each cause of harm fails the clause it speaks about") {
  const auto failing = [](const RollbackStarted& back, Clause clause) {
    return of(verdict_of(rolled_back(2, back)), clause).verdict == Verdict::fail;
  };
  CHECK(failing(by_trigger(Trigger::p99), Clause::post_performance));
  CHECK(failing(by_trigger(Trigger::health_check), Clause::post_health));
  CHECK(failing(by_trigger(Trigger::critical_alert), Clause::post_health));
  CHECK(failing({.cause = Cause::smoke_failed}, Clause::post_smoke));
  CHECK(failing({.cause = Cause::slot_failed}, Clause::post_health));
  CHECK(failing({.cause = Cause::evidence_missing}, Clause::post_error_rate));
}

TEST_CASE("verdict: what was missing at the deadline stays as it was recorded, clause by clause") {
  Delivery delivery = rolled_back(2, {.cause = Cause::evidence_missing});
  delivery.clauses[Clause::post_health] = passed(Clause::post_health);
  const DeliveryVerdict verdict = verdict_of(delivery);

  CHECK(of(verdict, Clause::post_health).verdict == Verdict::pass);
  CHECK(of(verdict, Clause::post_error_rate).verdict == Verdict::fail);
}

TEST_CASE("verdict: a trigger during validation beats a PASS recorded before it") {
  Delivery delivery = rolled_back(2, by_trigger(Trigger::error_rate));
  delivery.clauses[Clause::post_error_rate] = passed(Clause::post_error_rate);

  CHECK(of(verdict_of(delivery), Clause::post_error_rate).verdict == Verdict::fail);
}

TEST_CASE("verdict: stopped in staging, production was never validated and no clause of it fails") {
  const DeliveryVerdict verdict = verdict_of(rolled_back(1, by_trigger(Trigger::error_rate)));

  CHECK(verdict.overall == Verdict::fail);
  CHECK(of(verdict, Clause::progression_health).verdict == Verdict::fail);
  CHECK(of(verdict, Clause::progression_health).why.contains("`staging`"));
  CHECK(of(verdict, Clause::post_error_rate).code == "not_reached");
}

TEST_CASE("verdict: a trigger that fired and took the traffic back did what the policy asks") {
  const DeliveryVerdict verdict = verdict_of(rolled_back(2, by_trigger(Trigger::p99)));

  CHECK(of(verdict, Clause::rollback_p99).verdict == Verdict::pass);
  CHECK(of(verdict, Clause::rollback_p99).why.contains("fired in `production`"));
  CHECK(of(verdict, Clause::rollback_error_rate).verdict == Verdict::pass);
  CHECK(of(verdict, Clause::rollback_error_rate).why.contains("live in 3 stages"));
}

TEST_CASE("verdict: armed throughout counts the stages where the trigger had a source") {
  const DeliveryVerdict verdict = verdict_of(done());

  CHECK(of(verdict, Clause::rollback_health_check).looked_at == 6);  // 1 + 1 + 4
  CHECK(of(verdict, Clause::rollback_error_rate).looked_at == 5);    // staging and production
  CHECK(of(verdict, Clause::rollback_critical_alert).looked_at == 4);
}

TEST_CASE("verdict: a trigger is not shown to be live when nobody was looking at the end") {
  for (const Cause cause : {Cause::engine_silent, Cause::deadline}) {
    const DeliveryVerdict verdict = verdict_of(rolled_back(2, {.cause = cause}));
    CHECK(of(verdict, Clause::rollback_error_rate).code == "not_shown");
    CHECK(verdict.overall == Verdict::inconclusive);
  }
}

TEST_CASE("verdict: done without a source for a trigger is FAIL") {
  Delivery delivery = done();
  delivery.plan.environments[2].alerts = false;

  CHECK(of(verdict_of(delivery), Clause::rollback_critical_alert).verdict == Verdict::fail);
}

TEST_CASE("verdict: a FAIL that was recorded about a trigger stands") {
  Delivery delivery = done();
  delivery.clauses[Clause::rollback_p99] = {
      .clause = Clause::rollback_p99, .verdict = Verdict::fail, .code = "lost"};

  CHECK(of(verdict_of(delivery), Clause::rollback_p99).code == "lost");
}

TEST_CASE("verdict: a person who takes a release back shows neither health nor harm") {
  const DeliveryVerdict verdict = verdict_of(rolled_back(2, {.cause = Cause::person}));

  CHECK(of(verdict, Clause::progression_health).verdict == Verdict::inconclusive);
  CHECK(of(verdict, Clause::rollback_p99).verdict == Verdict::pass);
  CHECK(verdict.overall == Verdict::inconclusive);
}

TEST_CASE("verdict: while a delivery goes on, what its end shows is not reached") {
  const DeliveryVerdict verdict = verdict_of(started());

  for (const Clause clause : {Clause::progression_order, Clause::progression_health,
                              Clause::rollback_error_rate, Clause::post_smoke}) {
    CHECK(of(verdict, clause).code == "not_reached");
  }
  CHECK(of(verdict, Clause::pre_contract).verdict == Verdict::pass);
  CHECK(verdict.evaluated == 12);
}

TEST_CASE("verdict: aborted before its first effect, nothing was reached") {
  Delivery delivery = started();
  delivery.phase = Phase::aborted;
  const DeliveryVerdict verdict = verdict_of(delivery);

  CHECK(of(verdict, Clause::progression_order).code == "not_reached");
  CHECK(of(verdict, Clause::rollback_error_rate).code == "not_reached");
  CHECK(verdict.overall == Verdict::inconclusive);
}

TEST_CASE("verdict: an environment entered before an earlier one showed health is FAIL") {
  Delivery delivery = rolled_back(2, {.cause = Cause::person});
  delivery.progress[1].passed = false;

  CHECK(of(verdict_of(delivery), Clause::progression_order).code == "environment_skipped");
}

TEST_CASE("verdict: done with an environment that never passed is FAIL") {
  Delivery delivery = done();
  delivery.progress[1] = {};

  CHECK(of(verdict_of(delivery), Clause::progression_order).verdict == Verdict::fail);
}

TEST_CASE("verdict: done without evidence after the deployment is not PASS") {
  Delivery delivery = done();
  delivery.clauses.erase(Clause::post_performance);

  CHECK(of(verdict_of(delivery), Clause::post_performance).code == "no_evidence");
}

TEST_CASE("verdict: a built clause that nobody recorded is not PASS") {
  Delivery delivery = done();
  delivery.clauses.erase(Clause::plan_stages);

  CHECK(of(verdict_of(delivery), Clause::plan_stages).code == "not_recorded");
}

TEST_CASE("verdict: the same delivery gives the same verdict") {
  CHECK(verdict_of(done()) == verdict_of(done()));
}

}  // namespace
}  // namespace sluice::gates
