// One budget for all metrics, and what is done on the way to the line.
#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "judge/judge.h"
#include "testing/seeded_random.h"

namespace sluice::judge {
namespace {

constexpr Counts kHistory{50'000, 50, 10};

Batch tenth(std::int64_t canary, std::int64_t errors, std::int64_t over_target) {
  Batch batch;
  batch.canary = {canary, errors, over_target};
  batch.baseline = {95, 0, 0};
  batch.elapsed_ms = 100;
  return batch;
}

constexpr Settings kSettings{.judge_traffic = true};

TEST_CASE("budget: the parts make one, and the evidence is the average of the metrics by part") {
  const MetricParts parts = metric_parts(kSettings);
  CHECK(parts.error + parts.slow + parts.traffic == doctest::Approx(1).epsilon(1e-15));
  const MetricParts two = metric_parts({});
  CHECK(two.error + two.slow == doctest::Approx(1).epsilon(1e-15));
  CHECK(two.traffic == 0);
  testing::SeededRandom random(31);
  Judge judge(kSettings, kHistory);
  judge.expect_share(0.05);
  for (int i = 0; i < 300; ++i) {
    judge.add(tenth(5, random.binomial(5, 0.01), random.binomial(5, 0.02)));
    const Finding f = judge.finding();
    const double error = parts.error * std::exp(f.ln_harm_error);
    const double slow = parts.slow * std::exp(f.ln_harm_slow);
    const double traffic = parts.traffic * std::exp(f.ln_harm_traffic);
    REQUIRE(std::exp(f.ln_harm) == doctest::Approx(error + slow + traffic));
    REQUIRE(std::exp(f.ln_harm) >= std::max({error, slow, traffic}));
  }
}

TEST_CASE("budget: the metric that carries most is to blame") {
  Judge errors(kSettings, kHistory);
  Judge slow(kSettings, kHistory);
  Judge lost(kSettings, kHistory);
  lost.expect_share(0.05);
  for (int i = 0; i < 400; ++i) {
    errors.add(tenth(5, 2, 0));
    slow.add(tenth(5, 0, 2));
    lost.add(tenth(i < 20 ? 5 : 0, 0, 0));
  }
  CHECK(errors.finding().metric == Metric::error_rate);
  CHECK(slow.finding().metric == Metric::p99);
  CHECK(slow.finding().blame == Trigger::p99);
  REQUIRE(lost.finding().breached);
  CHECK(lost.finding().metric == Metric::traffic);
  CHECK(lost.finding().blame == Trigger::error_rate);
}

TEST_CASE("budget: without a baseline, or with an unknown share, no traffic is missed") {
  Judge unknown(kSettings, kHistory);
  Judge alone(kSettings, kHistory);
  alone.expect_share(0.05);
  alone.enter_stage(false, 0.05);
  for (int i = 0; i < 400; ++i) {
    unknown.add(tenth(0, 0, 0));
    alone.add(tenth(0, 0, 0));
  }
  CHECK(unknown.finding().ln_harm_traffic == doctest::Approx(0));
  CHECK(alone.finding().ln_harm_traffic == doctest::Approx(0));
}

TEST_CASE("budget: the share stops growing at odds of ten, is cut at fifty, and gone at the line") {
  Judge judge({}, kHistory);
  bool held = false;
  bool cut = false;
  int requests = 0;
  for (; requests < 3'000 && !judge.finding().breached; ++requests) {
    judge.add(tenth(1, requests % 20 == 0 ? 1 : 0, 0));
    const Finding f = judge.finding();
    const double odds = std::exp(f.ln_harm);
    REQUIRE(f.hold_advance == (odds >= 10));
    REQUIRE(f.cut_share == (odds >= 50));
    if (f.hold_advance) REQUIRE_FALSE(f.promotable);
    held = held || f.hold_advance;
    cut = cut || f.cut_share;
  }
  CHECK(judge.finding().breached);
  CHECK(held);
  CHECK(cut);
}

TEST_CASE("budget: a hold is over when the evidence against the release has gone") {
  Judge judge({.margin = 0.02}, kHistory);
  while (!judge.finding().hold_advance) judge.add(tenth(10, 1, 0));
  REQUIRE_FALSE(judge.finding().breached);
  for (int i = 0; i < 200; ++i) judge.add(tenth(10, 0, 0));
  CHECK_FALSE(judge.finding().hold_advance);
}

}  // namespace
}  // namespace sluice::judge
