// What passes from one stage to the next, with a baseline and without.
#include <cmath>

#include <doctest/doctest.h>

#include "judge/judge.h"

namespace sluice::judge {
namespace {

constexpr Counts kHistory{50'000, 5, 10};  // a baseline that hardly ever fails

Batch one_request(bool failed) {
  Batch batch;
  batch.canary = {1, failed ? 1 : 0, 0};
  batch.baseline = {19, 0, 0};
  batch.elapsed_ms = 2;
  return batch;
}

TEST_CASE("judge: a new stage starts promotion anew and keeps the evidence of harm") {
  Judge judge({}, {50'000, 0, 0});
  judge.enter_stage(true, 0.05);
  for (int i = 0; i < 500; ++i) judge.add(one_request(false));
  const Finding before = judge.finding();
  REQUIRE(before.promotable);
  judge.enter_stage(true, 0.01);
  const Finding after = judge.finding();
  CHECK(after.ln_harm == before.ln_harm);
  CHECK_FALSE(after.promotable);
  CHECK(after.ln_promote_error == 0);
  CHECK(after.ln_promote_line == doctest::Approx(std::log(100)));
  CHECK(after.canary == Counts{});
}

TEST_CASE("judge: evidence of harm goes over undiminished to a stage without a baseline") {
  Judge judge({}, kHistory);
  for (int i = 0; i < 300; ++i) judge.add(one_request(i % 25 == 0));
  const double before = judge.finding().ln_harm_error;
  REQUIRE(before > 1);
  judge.enter_stage(false, 0.05);
  CHECK(judge.finding().ln_harm_error == doctest::Approx(before).epsilon(1e-9));
  CHECK_FALSE(judge.finding().concurrent);
  Batch batch;
  batch.canary = {10, 2, 0};
  batch.baseline = {1'000, 900, 0};  // ignored
  batch.elapsed_ms = 100;
  judge.add(batch);
  CHECK(judge.finding().ln_harm_error > before);
  CHECK(judge.finding().baseline == Counts{});
  CHECK_FALSE(judge.finding().has_baseline);
}

TEST_CASE("judge: requests that wait for a baseline are not taken into the next stage") {
  Judge judge({}, kHistory);
  judge.enter_stage(true, 0.05);
  judge.add(one_request(false));
  Batch waiting;
  waiting.canary = {50, 50, 0};
  waiting.elapsed_ms = 10;
  judge.add(waiting);
  judge.enter_stage(true, 0.05);
  const double before = judge.finding().ln_harm_error;
  judge.add(one_request(false));
  CHECK(judge.finding().ln_harm_error <= before + 1e-3);
}

TEST_CASE("judge: a change of stage stakes anew half of what is left for restarts") {
  Judge judge({.planned_ms = 600'000}, kHistory);
  for (int i = 0; i < 6'000; ++i) {
    Batch batch = one_request(false);
    batch.elapsed_ms = 60;
    judge.add(batch);
  }
  const auto after_three = [](Judge turned) {
    turned.enter_stage(false, 0.05);
    Batch batch;
    batch.canary = {3, 3, 0};
    batch.elapsed_ms = 0;
    turned.add(batch);
    return turned.finding().ln_harm_error;
  };
  CHECK(after_three(judge) > 4);  // of the money of one moment alone, a few thousandths are staked
}

TEST_CASE("judge: without a baseline a bad release is found and a good one promoted") {
  Judge bad({}, {});
  bad.enter_stage(false, 0.05);
  Judge good = bad;
  int until_breached = 0;
  while (!bad.finding().breached && until_breached < 500) {
    Batch batch;
    batch.canary = {1, until_breached++ % 4 == 0, 0};
    batch.elapsed_ms = 10;
    bad.add(batch);
  }
  CHECK(until_breached < 40);
  int until_promoted = 0;
  while (!good.finding().promotable && until_promoted < 1'000) {
    Batch batch;
    batch.canary = {1, 0, 0};
    batch.elapsed_ms = 10;
    good.add(batch);
    ++until_promoted;
  }
  CHECK(until_promoted >= 300);
  CHECK(until_promoted <= 420);
}

TEST_CASE("judge: after a long healthy rollout, 100 % without a baseline still finds harm fast") {
  Judge judge({.planned_ms = 600'000}, kHistory);
  for (int i = 0; i < 20'000; ++i) {
    Batch batch = one_request(false);
    batch.elapsed_ms = 30;
    judge.add(batch);
  }
  judge.enter_stage(false, 0.05);
  int requests = 0;
  while (!judge.finding().breached && requests < 100) {
    Batch batch;
    batch.canary = {1, 1, 0};
    batch.elapsed_ms = 2;
    judge.add(batch);
    ++requests;
  }
  CHECK(requests <= 8);
}

}  // namespace
}  // namespace sluice::judge
