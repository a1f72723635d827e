// Latency against the baseline: what is found, what is not, and what slows a canary by nature.
#include "judge/latency_evidence.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/tick.h"
#include "judge/exp_log.h"
#include "judge/judge.h"
#include "testing/seeded_random.h"

namespace sluice::judge {
namespace {

using testing::SeededRandom;

// Chances to be over each threshold; those over one are among those over the lower.
using Chances = std::array<double, kQuantiles>;

const double kLine = ln(1'000);

Ended drawn(SeededRandom& random, std::int64_t requests, const Chances& chances) {
  Ended ended{.requests = requests};
  std::int64_t left = requests;
  double before = 1;
  for (std::size_t q = 0; q < kQuantiles; ++q) {
    left = random.binomial(left, chances[q] / before);
    ended.over[q] = left;
    before = chances[q];
  }
  return ended;
}

// Nobody is left out.
const LeaveOneOut kNoGroups{Settings{}};

struct Rates {
  std::int64_t canary = 10;
  std::int64_t baseline = 190;
};

Exceedances second_of(SeededRandom& random, const Chances& canary, const Rates& rates = {},
                      const Chances& baseline = kExceeding) {
  Exceedances out;
  out.canary = drawn(random, rates.canary, canary);
  out.baseline = drawn(random, rates.baseline, baseline);
  return out;
}

constexpr Chances kAll{1, 1, 1, 1};

// Past the minute in which caches warm up, at a share of 5 %.
LatencyEvidence warm(SeededRandom& random, std::int64_t planned_ms = 0) {
  LatencyEvidence evidence(planned_ms);
  evidence.enter_stage(true);
  evidence.expect_share(0.05);
  for (int i = 0; i <= 61; ++i) evidence.add(second_of(random, kExceeding), kSecondMs, kNoGroups);
  REQUIRE(evidence.finding().comparison == Comparison::compared);
  return evidence;
}

// Seconds until the line; at most so many.
int found_after(LatencyEvidence evidence, SeededRandom& random, const Chances& canary,
                int seconds_max, const Rates& rates = {}) {
  for (int i = 0; i < seconds_max; ++i) {
    evidence.add(second_of(random, canary, rates), kSecondMs, kNoGroups);
    if (evidence.finding().ln_worth >= kLine) return i + 1;
  }
  return seconds_max;
}

TEST_CASE("latency: a canary that is slower throughout is found, the sooner the slower it is") {
  SeededRandom random(1);
  const LatencyEvidence evidence = warm(random);
  const int at_once = found_after(evidence, random, kAll, 600);
  const int much = found_after(evidence, random, {0.95, 0.6, 0.3, 0.1}, 600);
  const int little = found_after(evidence, random, {0.75, 0.3, 0.05, 0.005}, 3'600);
  MESSAGE("seconds until found: ", at_once, ", ", much, ", ", little);
  CHECK(at_once <= 10);
  CHECK(much <= 60);
  CHECK(little <= 600);
}

TEST_CASE("latency: a change of shape is found, by the quantile that shows it") {
  SeededRandom random(2);
  const LatencyEvidence evidence = warm(random);
  // As fast as ever in the middle, and one in ten much later: it was one in a hundred.
  CHECK(found_after(evidence, random, {0.5, 0.15, 0.12, 0.01}, 3'600) <= 600);
  LatencyEvidence tail = evidence;
  CHECK(found_after(tail, random, {0.5, 0.1, 0.06, 0.06}, 3'600) <= 900);
  for (int i = 0; i < 900; ++i)
    tail.add(second_of(random, {0.5, 0.1, 0.06, 0.06}), kSecondMs, kNoGroups);
  CHECK(tail.finding().quantile >= 2);
}

TEST_CASE(
    "latency: within the margins a canary is found less often than allowed, over 1,000 runs") {
  int found = 0;
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    SeededRandom random(1'000 + seed);
    LatencyEvidence evidence = warm(random, 150'000);
    found += found_after(evidence, random, {0.59, 0.145, 0.019, 0.0028}, 150) < 150 ? 1 : 0;
  }
  CHECK(found <= 3);  // 1 expected at most
}

TEST_CASE("latency: no second counts for more than about fifty to one, however many requests") {
  SeededRandom random(4);
  LatencyEvidence evidence = warm(random);
  evidence.add(second_of(random, kAll, {10'000, 190'000}), kSecondMs, kNoGroups);
  CHECK(evidence.finding().ln_worth < ln(100));
  evidence.add(second_of(random, kAll, {10'000, 190'000}), kSecondMs, kNoGroups);
  CHECK(evidence.finding().ln_worth < kLine);
  CHECK(found_after(evidence, random, kAll, 60, {10'000, 190'000}) >= 1);
}

TEST_CASE("latency: single pauses of the canary, once a minute, do not add up to anything") {
  SeededRandom random(5);
  LatencyEvidence evidence = warm(random, 600'000);
  double most = 0;
  for (int i = 0; i < 600; ++i) {
    evidence.add(second_of(random, i % 60 == 30 ? kAll : kExceeding, {50, 950}), kSecondMs,
                 kNoGroups);
    most = std::max(most, evidence.finding().ln_worth);
  }
  CHECK(most < kLine);
}

TEST_CASE("latency: moments in which both arms stand still say nothing") {
  SeededRandom random(6);
  LatencyEvidence evidence = warm(random);
  for (int i = 0; i < 300; ++i) {
    const bool stalls = i % 20 < 5;
    const Chances& chances = stalls ? kAll : kExceeding;
    evidence.add(second_of(random, chances, {10, 190}, chances), kSecondMs, kNoGroups);
    REQUIRE(evidence.finding().ln_worth < ln(10));
  }
}

TEST_CASE("latency: the first minute of a canary is not compared, however slow it is") {
  SeededRandom random(7);
  LatencyEvidence evidence(0);
  evidence.expect_share(0.05);
  for (int i = 0; i < 60; ++i) {
    evidence.add(second_of(random, kAll), kSecondMs, kNoGroups);
    REQUIRE(evidence.finding().comparison == Comparison::warming_up);
  }
  CHECK(evidence.finding().ln_worth == 0);
  CHECK(evidence.finding().canary.requests == 0);
  CHECK(found_after(evidence, random, kAll, 60) <= 10);
}

TEST_CASE("latency: alone, with more than half of the traffic, or at an unknown share: nothing") {
  SeededRandom random(8);
  const LatencyEvidence begun = warm(random);
  const double before = begun.finding().ln_worth;
  const auto after = [&](const auto& change) {
    LatencyEvidence evidence = begun;
    change(evidence);
    for (int i = 0; i < 60; ++i) evidence.add(second_of(random, kAll), kSecondMs, kNoGroups);
    CHECK(evidence.finding().ln_worth == before);
    return evidence.finding().comparison;
  };
  CHECK(after([](auto& one) { one.enter_stage(false); }) == Comparison::alone);
  CHECK(after([](auto& one) { one.expect_share(0.75); }) == Comparison::unequal_load);
  (void)after([](auto& one) { one.expect_share(0); });
}

TEST_CASE("latency: what was counted under two shares is never of one second") {
  SeededRandom random(9);
  LatencyEvidence evidence = warm(random);
  const std::int64_t judged = evidence.finding().canary.requests;
  evidence.add(second_of(random, kAll), 500, kNoGroups);
  evidence.expect_share(0.02);  // falls: what was gathered is let go
  evidence.add(second_of(random, kExceeding), kSecondMs, kNoGroups);
  CHECK(evidence.finding().canary.requests == judged + 10);
  evidence.add(second_of(random, kExceeding), 500, kNoGroups);
  evidence.expect_share(0.1);  // grows: it stays, and nothing is added
  evidence.add(second_of(random, kAll), 500, kNoGroups);
  CHECK(evidence.finding().canary.requests == judged + 20);
}

TEST_CASE("latency: few requests wait for the baseline's, for a minute at most") {
  SeededRandom random(10);
  LatencyEvidence evidence = warm(random);
  const std::int64_t judged = evidence.finding().canary.requests;
  for (int i = 0; i < 90; ++i)
    evidence.add(second_of(random, kExceeding, {0, 50}), kSecondMs, kNoGroups);
  evidence.add(second_of(random, kExceeding, {1, 50}), kSecondMs, kNoGroups);
  CHECK(evidence.finding().canary.requests == judged + 1);
}

// Five servers of two requests a second each, whose chances are these.
using Servers = std::array<Chances, 5>;

struct ByServer {
  LeaveOneOut groups{Settings{.groups = 5}};
  LatencyEvidence evidence{0};

  void pass_second(SeededRandom& random, const Servers& servers) {
    Batch batch;
    Exceedances& over = batch.latencies;
    for (std::size_t g = 0; g < servers.size(); ++g) {
      over.canary_groups[g] = drawn(random, 2, servers[g]);
      grow(over.canary, over.canary_groups[g]);
      batch.canary_groups[g] = {2, 0, 0};
    }
    batch.canary = {10, 0, 0};
    over.baseline = drawn(random, 190, kExceeding);
    groups.meet(batch);
    evidence.add(over, kSecondMs, groups);
  }

  explicit ByServer(SeededRandom& random) {
    evidence.enter_stage(true);
    evidence.expect_share(0.05);
    for (int i = 0; i <= 61; ++i) pass_second(random, all_usual());
    REQUIRE(groups.possible());
  }

  static Servers all_usual() {
    return {kExceeding, kExceeding, kExceeding, kExceeding, kExceeding};
  }
};

TEST_CASE("latency: one slow server of five, however slow and for however long, is left out") {
  SeededRandom random(14);
  ByServer canary(random);
  Servers servers = ByServer::all_usual();
  servers[3] = kAll;
  double whole = 0;
  for (int i = 0; i < 3'600; ++i) {
    canary.pass_second(random, servers);
    REQUIRE(canary.evidence.finding().ln_worth < ln(10));
    whole = std::max(whole, canary.evidence.odds().ln_whole);
  }
  CHECK(whole > kLine);  // with all five it would have been found
}

TEST_CASE("latency: now one server is slow and an hour later another: neither is enough") {
  SeededRandom random(15);
  ByServer canary(random);
  for (std::size_t hour = 0; hour < 5; ++hour) {
    Servers servers = ByServer::all_usual();
    servers[hour] = kAll;
    for (int i = 0; i < 120; ++i) canary.pass_second(random, servers);
    REQUIRE(canary.evidence.finding().ln_worth < kLine);
    for (int i = 0; i < 3'480; ++i) canary.pass_second(random, ByServer::all_usual());
  }
}

TEST_CASE("latency: two slow servers of five are found, and a canary that is slow on all at once") {
  SeededRandom random(16);
  const ByServer begun(random);
  const auto found_after = [&](ByServer canary, const Servers& servers) {
    int seconds = 0;
    for (; seconds < 600 && canary.evidence.finding().ln_worth < kLine; ++seconds) {
      canary.pass_second(random, servers);
    }
    return seconds;
  };
  Servers two = ByServer::all_usual();
  two[0] = two[4] = kAll;
  CHECK(found_after(begun, two) <= 60);
  CHECK(found_after(begun, {kAll, kAll, kAll, kAll, kAll}) <= 10);
}

// A second of a judge: nothing wrong but the latencies.
void pass_second(Judge& judge, SeededRandom& random, const Chances& canary) {
  Batch batch;
  batch.elapsed_ms = kSecondMs;
  batch.latencies = second_of(random, canary);
  batch.canary = {10, 0, 0};
  batch.baseline = {190, 0, 0};
  judge.add(batch);
}

Judge a_judge(BaselineUse use) {
  Judge judge({.planned_ms = kHourMs, .judge_traffic = true, .latency_against_baseline = use},
              {50'000, 50, 10});
  judge.enter_stage(true, 0.05);
  judge.expect_share(0.05);
  SeededRandom random(11);
  for (int i = 0; i <= 61; ++i) pass_second(judge, random, kExceeding);
  return judge;
}

TEST_CASE("latency: what is only reported changes nothing else, to the last bit") {
  Judge report = a_judge(BaselineUse::report);
  Judge off = a_judge(BaselineUse::off);
  SeededRandom same(12);
  SeededRandom again(12);
  for (int i = 0; i < 300; ++i) {
    pass_second(report, same, kAll);
    pass_second(off, again, kAll);
    const Finding seen = report.finding();
    const Finding other = off.finding();
    REQUIRE(seen.ln_harm == other.ln_harm);
    REQUIRE(seen.ln_promote_error == other.ln_promote_error);
    REQUIRE_FALSE(seen.breached);
    REQUIRE_FALSE(seen.hold_advance);
    REQUIRE(seen.promotable == other.promotable);
  }
  CHECK(report.finding().latency.ln_worth > kLine);
  CHECK_FALSE(off.finding().latency.ever_counted);
}

TEST_CASE("latency: where it takes back, the line is reached by it alone, and p99 is to blame") {
  Judge judge = a_judge(BaselineUse::rollback);
  SeededRandom random(13);
  int seconds = 0;
  for (; seconds < 60 && !judge.finding().breached; ++seconds) pass_second(judge, random, kAll);
  CHECK(seconds >= 3);
  CHECK(seconds <= 15);
  CHECK(judge.finding().metric == Metric::latency);
  CHECK(judge.finding().blame == Trigger::p99);
}

TEST_CASE("latency: it takes its part of the budget where it takes back, and else none") {
  const MetricParts with =
      metric_parts({.judge_traffic = true, .latency_against_baseline = BaselineUse::rollback});
  CHECK(with.latency == doctest::Approx(0.15));
  CHECK(with.error + with.slow + with.traffic + with.latency == doctest::Approx(1).epsilon(1e-15));
  CHECK(metric_parts({.latency_against_baseline = BaselineUse::report}).latency == 0);
}

TEST_CASE("latency: counts that cannot be do no harm") {
  Judge judge = a_judge(BaselineUse::rollback);
  Batch batch;
  batch.elapsed_ms = kSecondMs;
  batch.latencies = {{-5, {9, -9, 1, 0}}, {INT64_MAX, {INT64_MAX, 1, 1, 1}}};
  for (int i = 0; i < 10; ++i) judge.add(batch);
  CHECK(judge.finding().ln_harm == judge.finding().ln_harm);  // a number
  CHECK_FALSE(judge.finding().breached);
}

}  // namespace
}  // namespace sluice::judge
