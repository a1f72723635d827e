#include "gates/burn_rate.h"

#include <doctest/doctest.h>

namespace sluice::gates {
namespace {

// Of a delivery to production alone, in two stages and a validation.
Delivery ended(Phase phase, const BurnRecord& burn) {
  Delivery delivery{.id = {"D-0001"}, .phase = phase};
  delivery.plan.environments = {{.name = {"production"},
                                 .customer_facing = true,
                                 .judged = true,
                                 .stages = {{"", Share(500), 0}, {"", Share::whole(), 0}}}};
  delivery.progress = {{.touched = true, .started = true, .burn = burn}};
  return delivery;
}

const BurnRecord kWell{.left_computed = 3,
                       .objective = 0.999,
                       .highest = 1.24,
                       .highest_minutes = 12,
                       .at_ms = 1,
                       .computed = true};

TEST_CASE("post.burn_rate: computed at each step, with the highest and of how much data") {
  const ClauseVerdict verdict = burn_rate_at_end(ended(Phase::done, kWell));
  CHECK(verdict.verdict == Verdict::pass);
  CHECK(verdict.looked_at == 3);
  CHECK(verdict.why ==
        "burn rates of service and canary computed at each of 3 steps; the highest was 1.2 times "
        "what the objective of 99.9 % allows, over 12 min of data");
}

TEST_CASE("post.burn_rate: a burn that held the delivery is told, one that it ignored is a FAIL") {
  BurnRecord burn = kWell;
  burn.held = true;
  CHECK(burn_rate_at_end(ended(Phase::done, burn)).verdict == Verdict::pass);
  CHECK(burn_rate_at_end(ended(Phase::done, burn)).why.contains("burned too fast meanwhile"));
  burn.advanced = true;
  for (const Phase phase : {Phase::done, Phase::rolled_back}) {
    const ClauseVerdict verdict = burn_rate_at_end(ended(phase, burn));
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(verdict.code == "advanced_while_burning");
  }
}

TEST_CASE("post.burn_rate: a step without burn rates is a FAIL, in a return it is not known") {
  BurnRecord burn = kWell;
  burn.left_without = 1;
  Delivery delivery = ended(Phase::done, burn);
  CHECK(burn_rate_at_end(delivery).code == "not_computed");
  CHECK(burn_rate_at_end(delivery).verdict == Verdict::fail);
  delivery.plan.returns = true;
  CHECK(burn_rate_at_end(delivery).code == "not_shown");
  CHECK(burn_rate_at_end(delivery).verdict == Verdict::inconclusive);
}

TEST_CASE("post.burn_rate: where nobody judges the traffic of customers it was not computed") {
  Delivery delivery = ended(Phase::done, {});
  delivery.plan.environments[0].judged = false;
  CHECK(burn_rate_at_end(delivery).verdict == Verdict::fail);
}

TEST_CASE("post.burn_rate: what an older ledger does not hold is not guessed") {
  CHECK(burn_rate_at_end(ended(Phase::done, {})).code == "not_recorded");
}

TEST_CASE("post.burn_rate: after a rollback it says what is shown until then") {
  Delivery delivery = ended(Phase::rolled_back, kWell);
  delivery.rollback = RollbackStarted{.cause = Cause::trigger};
  CHECK(burn_rate_at_end(delivery).verdict == Verdict::pass);
  CHECK(burn_rate_at_end(delivery).why.contains("until the delivery went back"));
  delivery.rollback->cause = Cause::engine_silent;
  CHECK(burn_rate_at_end(delivery).code == "not_shown");
  delivery.rollback->cause = Cause::deadline;
  CHECK(burn_rate_at_end(delivery).code == "not_shown");
  delivery.progress[0].burn.burning = true;  // the deadline of the hold, which rests on burn rates
  CHECK(burn_rate_at_end(delivery).verdict == Verdict::pass);
  delivery.progress[0].burn = {};
  CHECK(burn_rate_at_end(delivery).code == "not_reached");
}

TEST_CASE("post.burn_rate: what did not reach customers, or goes on, is not reached") {
  CHECK(burn_rate_at_end(ended(Phase::soaking, kWell)).code == "not_reached");
  Delivery delivery = ended(Phase::rolled_back, {});
  delivery.progress[0].touched = false;
  CHECK(burn_rate_at_end(delivery).code == "not_reached");
}

}  // namespace
}  // namespace sluice::gates
