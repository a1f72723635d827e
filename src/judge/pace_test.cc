#include "judge/pace.h"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "base/tick.h"
#include "judge/exp_log.h"
#include "judge/judge.h"
#include "testing/seeded_random.h"

namespace sluice::judge {
namespace {

constexpr Counts kGoodBaseline{100'000, 100, 0};

// So much traffic, for so long, of which the canary had these counts.
Pacemaker after(const Counts& canary, double requests_per_second, std::int64_t ms) {
  Batch batch;
  batch.canary = canary;
  batch.baseline.requests =
      static_cast<std::int64_t>(requests_per_second * static_cast<double>(ms) / 1000) -
      canary.requests;
  batch.elapsed_ms = ms;
  Pacemaker pacemaker;
  pacemaker.add(batch);
  return pacemaker;
}

// A canary that is fed with what the share lets through, step by step; the milliseconds until it
// may have `cap`, and how many failed by then.
struct Ramp {
  std::int64_t ms = 0;
  std::int64_t failed = 0;
};
Ramp climb(double requests_per_second, double error_rate, Share cap, std::int64_t ms_max) {
  Pacemaker pacemaker = after({}, requests_per_second, 1'000);
  Ramp ramp;
  double requests = 0;
  double errors = 0;
  Share share = std::min(cap, pacemaker.pace(kGoodBaseline).allowed);
  while (share < cap && ramp.ms < ms_max) {
    Batch batch;
    batch.elapsed_ms = 2;
    const double more = requests_per_second * share.fraction() * 0.002;
    const auto before = static_cast<std::int64_t>(requests);
    const auto failed = static_cast<std::int64_t>(errors);
    requests += more;
    errors += more * error_rate;
    batch.canary.requests = static_cast<std::int64_t>(requests) - before;
    batch.canary.errors =
        std::min(static_cast<std::int64_t>(errors) - failed, batch.canary.requests);
    batch.baseline.requests = static_cast<std::int64_t>(requests_per_second * 0.002);
    pacemaker.add(batch);
    ramp.ms += 2;
    ramp.failed += batch.canary.errors;
    share = std::max(share, std::min(cap, pacemaker.pace(kGoodBaseline).allowed));
  }
  return ramp;
}

TEST_CASE("pace: the formula, on numbers by hand") {
  CHECK(excess_left_open(0, 0, 0.01) == 1);
  CHECK(excess_left_open(0, 2, 0.01) == 1);
  CHECK(excess_left_open(0, 300, 0.01) == doctest::Approx(0.01));
  CHECK(excess_left_open(6, 100, 0.02) == doctest::Approx(0.13));
  CHECK(excess_left_open(100, 100, 0) == 1);

  CHECK(share_within(0, 1) == Share::whole());
  CHECK(share_within(10'000, 1) == Share(500));
  CHECK(share_within(10'000, 0.5) == Share(1'000));
  CHECK(share_within(30'000, 1) == Share(167));  // 166.7, rounded up
}

TEST_CASE("pace: at every share the worst that is left open harms no more than the limit") {
  testing::SeededRandom random(7);
  for (int round = 0; round < 20'000; ++round) {
    const double rate = static_cast<double>(random.below(2'000'000));
    const std::int64_t n = random.below(5'000);
    const std::int64_t bad = random.below(n + 1);
    const double excess = excess_left_open(bad, n, 0.001 * static_cast<double>(random.below(100)));
    const Share share = share_within(rate, excess);
    REQUIRE(excess > 0);
    REQUIRE(excess <= 1);
    REQUIRE(share >= Share(1));
    // One basis point less would be within it: rounding up is all that is ever too much.
    const double less = harmed_at(Share(share.bp() - 1), rate, excess);
    REQUIRE(less <= kHarmedMost);
    if (share < Share::whole()) REQUIRE(harmed_at(share, rate, excess) >= kHarmedMost * 0.999);
  }
}

TEST_CASE("pace: more traffic or more failures never allow more, more good requests never less") {
  testing::SeededRandom random(11);
  for (int round = 0; round < 20'000; ++round) {
    const double rate = static_cast<double>(1 + random.below(500'000));
    const std::int64_t n = 1 + random.below(3'000);
    const std::int64_t bad = random.below(n);
    const auto allowed = [&](std::int64_t failed, std::int64_t of, double per_second) {
      return share_within(per_second, excess_left_open(failed, of, 0.01));
    };
    REQUIRE(allowed(bad + 1, n, rate) <= allowed(bad, n, rate));
    REQUIRE(allowed(bad, n + 1, rate) >= allowed(bad, n, rate));
    REQUIRE(allowed(bad, n, rate * 1.5) <= allowed(bad, n, rate));
  }
}

TEST_CASE("pace: where the router's resolution is more than is right it is given, and said") {
  const double rate = 20'000'000;
  CHECK(share_within(rate, 1) == Share(1));
  CHECK(harmed_at(Share(1), rate, 1) == doctest::Approx(20));
  const std::string words = after({}, rate, 1'000).describe(kGoodBaseline);
  CHECK(words.contains("the least that the router can set"));
  CHECK(words.contains("20 could fail"));
  CHECK(words.contains("rate limit"));
  CHECK_FALSE(after({}, 15'000, 1'000).describe(kGoodBaseline).contains("rate limit"));
}

TEST_CASE("pacemaker: nothing is allowed before the traffic was measured") {
  CHECK(after({}, 15'000, 199).pace(kGoodBaseline) == Pace{});
  CHECK(after({}, 15'000, 200).pace(kGoodBaseline).allowed > Share::none());
  CHECK(after({}, 15'000, 1'000).pace(kGoodBaseline).allowed == Share(334));
}

TEST_CASE("pacemaker: a moment's measure errs on the safe side, a busier second counts at once") {
  const Share exact = share_within(15'000, 1);
  CHECK(after({}, 15'000, 200).pace(kGoodBaseline).allowed < exact);

  Pacemaker pacemaker = after({}, 1'000, 1'000);
  CHECK(pacemaker.pace(kGoodBaseline).allowed == Share(5'000));
  Batch busy;
  busy.baseline.requests = 20'000;
  busy.elapsed_ms = 400;
  pacemaker.add(busy);
  CHECK(pacemaker.pace(kGoodBaseline).allowed <= Share(100));
}

TEST_CASE("pacemaker: no traffic at all lets everything through: nobody can be harmed") {
  CHECK(after({}, 0, 1'000).pace({}).allowed == Share::whole());
}

TEST_CASE("pacemaker: late answers count like failed ones") {
  const Pace good = after({1'000, 1, 0}, 100'000, 1'000).pace(kGoodBaseline);
  const Pace late = after({1'000, 1, 100}, 100'000, 1'000).pace(kGoodBaseline);
  const Pace late_too = after({1'000, 1, 100}, 100'000, 1'000).pace({100'000, 100, 10'000});
  CHECK(late.allowed < good.allowed);
  CHECK(late_too.allowed > late.allowed);
  CHECK(late.at_first == good.at_first);
}

TEST_CASE("pacemaker: a healthy release reaches 5 % within a second, at any traffic") {
  CHECK(climb(100, 0.001, Share(500), 60'000).ms == 0);
  CHECK(climb(15'000, 0.001, Share(500), 60'000).ms <= 200);
  CHECK(climb(100'000, 0.001, Share(500), 60'000).ms <= 500);
  CHECK(climb(1'000'000, 0.001, Share(500), 60'000).ms <= 1'000);
}

TEST_CASE("pacemaker: a release that fails stays where it began") {
  for (const double rate : {15'000.0, 100'000.0, 1'000'000.0}) {
    CAPTURE(rate);
    const Ramp ramp = climb(rate, 1, Share(500), 100);
    CHECK(ramp.ms == 100);     // never at the cap
    CHECK(ramp.failed <= 60);  // five in ten milliseconds, so for a tenth of a second
  }
}

// A polled source: looked at once a second, and what is decided takes another second to be so.
// Failed requests of one release until no more is sent there.
std::int64_t harmed(double requests_per_second, double error_rate, testing::SeededRandom& random) {
  Judge judge({.margin = 0.005, .groups = 5}, {});
  Pacemaker pacemaker(2 * kSecondMs);
  const auto tick = [&](Share share) {
    Batch batch;
    batch.elapsed_ms = kSecondMs;
    const double canary = requests_per_second * share.fraction();
    batch.baseline.requests = random.poisson(std::min(requests_per_second - canary, 2'000.0));
    batch.baseline.requests *= requests_per_second > 2'000 ? 5 : 1;
    batch.baseline.errors = random.binomial(batch.baseline.requests, 0.001);
    for (int group = 0; group < 5; ++group) {
      Counts& counts = batch.canary_groups[static_cast<std::size_t>(group)];
      counts.requests = random.poisson(canary / 5);
      counts.errors = random.binomial(counts.requests, error_rate);
      grow(batch.canary, counts);
    }
    judge.add(batch);
    pacemaker.add(batch);
    return batch.canary.errors;
  };
  const Share cap(500);
  for (int i = 0; i < 5; ++i) tick(Share::none());
  std::int64_t failed = 0;
  Share now = std::min(cap, pacemaker.pace(judge.history()).allowed);
  for (Share next = now; !judge.finding().breached; now = next) {
    failed += tick(now);
    next = std::max(next, std::min(cap, pacemaker.pace(judge.history()).allowed));
  }
  return failed + tick(now);
}

TEST_CASE("pacemaker: half or all requests failing harm at most 15 in 19 of 20, at any traffic") {
  for (const double rate : {100.0, 1'000.0, 10'000.0}) {
    for (const double error_rate : {0.5, 1.0}) {
      testing::SeededRandom random(17);
      std::vector<std::int64_t> runs;
      for (int run = 0; run < 200; ++run) runs.push_back(harmed(rate, error_rate, random));
      std::ranges::sort(runs);
      MESSAGE(rate << " requests/s, " << error_rate << " failing: harmed " << runs[100]
                   << ", in 19 of 20 at most " << runs[189]);
      CHECK(runs[189] <= 15);
    }
  }
}

TEST_CASE("suspicion: ten stop, fifty cut") {
  CHECK(suspicion_of(0) == Suspicion::none);
  CHECK(suspicion_of(-700) == Suspicion::none);
  CHECK(suspicion_of(ln(9.99)) == Suspicion::none);
  CHECK(suspicion_of(ln(10.01)) == Suspicion::stop);
  CHECK(suspicion_of(ln(49.9)) == Suspicion::stop);
  CHECK(suspicion_of(ln(50.1)) == Suspicion::cut);
  CHECK(suspicion_of(700) == Suspicion::cut);
}

}  // namespace
}  // namespace sluice::judge
