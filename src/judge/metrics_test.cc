// Tests of single metrics: probes, loss of traffic, burn rate, ranks of gauges, quantiles.
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "judge/burn_rate.h"
#include "judge/describe_burn.h"
#include "judge/exp_log.h"
#include "judge/probe_evidence.h"
#include "judge/quantile_evidence.h"
#include "judge/target_evidence.h"
#include "judge/traffic_evidence.h"
#include "testing/seeded_random.h"

namespace sluice::judge {
namespace {

using testing::SeededRandom;

const double kLine = ln(1'000);

TEST_CASE("probes: three failures in a row reach a thousand to one, two do not") {
  ProbeEvidence probes(0);
  probes.add_round(1, 1, 1'000);
  probes.add_round(1, 1, 1'000);
  CHECK(probes.ln_worth() < kLine);
  probes.add_round(1, 1, 1'000);
  CHECK(probes.ln_worth() >= kLine);
}

TEST_CASE("probes: one failure in fifty, for an hour, reaches it less often than allowed") {
  int reached = 0;
  for (int run = 0; run < 2'000; ++run) {
    SeededRandom random(40 + static_cast<std::uint64_t>(run));
    ProbeEvidence probes(0);
    for (int i = 0; i < 360 && probes.ln_worth() < kLine; ++i) {
      probes.add_round(random.chance(0.02), 1, 10'000);
    }
    reached += probes.ln_worth() >= kLine ? 1 : 0;
  }
  CHECK(reached <= 10);  // 2 expected at most
}

TEST_CASE("probes: after a healthy hour five or six failures in a row are enough") {
  ProbeEvidence probes(0);
  for (int i = 0; i < 3'600; ++i) probes.add_round(0, 5, 1'000);
  int strikes = 0;
  while (probes.ln_worth() < kLine) {
    probes.add_round(1, 1, 1'000);
    ++strikes;
  }
  CHECK(strikes >= 3);
  CHECK(strikes <= 6);
}

TEST_CASE("traffic: each request of the baseline without one of the canary speaks 0.0228") {
  CHECK(ln_loss_factor(0.05, 0, 1) == doctest::Approx(0.0228).epsilon(0.01));
  CHECK(ln_loss_factor(0.05, 0, 303) >= kLine);
  CHECK(ln_loss_factor(0.05, 0, 300) < kLine);
  CHECK(ln_loss_factor(0.05, 1, 0) < -2);
}

// Seconds at a thousand requests each, without one for the canary, until it is found.
int silent_seconds(TrafficEvidence& traffic) {
  int seconds = 0;
  for (; seconds < 100 && traffic.ln_worth() < kLine; ++seconds) traffic.add(0, 1'000, 1'000);
  return seconds;
}

TEST_CASE("traffic: a canary that nobody reaches is found after three seconds and the grace") {
  TrafficEvidence traffic(0);
  traffic.expect(0.05);
  CHECK(silent_seconds(traffic) == 13);
}

TEST_CASE("traffic: two silent seconds are a stall, and half of the share is enough") {
  TrafficEvidence traffic(0);
  traffic.expect(0.05);
  SeededRandom random(1);
  for (int i = 0; i < 600; ++i) {
    const bool stalls = i % 60 >= 58;
    traffic.add(stalls ? 0 : random.binomial(1'000, i % 60 == 0 ? 0.15 : 0.03), 950, 1'000);
    REQUIRE(traffic.ln_worth() < kLine);
  }
  CHECK(silent_seconds(traffic) <= 7);  // and the loss that comes late is found
}

TEST_CASE("traffic: with an unknown share, none, or all of it, nothing is expected") {
  for (const double share : {0.0, 1.0}) {
    TrafficEvidence traffic(0);
    traffic.expect(share);
    CHECK(silent_seconds(traffic) == 100);
    CHECK(traffic.ln_worth() == doctest::Approx(0));
  }
}

TEST_CASE("traffic: half of the share, for an hour, reaches the line less often than allowed") {
  int reached = 0;
  for (int run = 0; run < 500; ++run) {
    SeededRandom random(90 + static_cast<std::uint64_t>(run));
    TrafficEvidence traffic(600'000);
    traffic.expect(0.1);
    for (int i = 0; i < 600 && traffic.ln_worth() < kLine; ++i) {
      const std::int64_t canary = random.binomial(60, 0.05);
      traffic.add(canary, 60 - canary, 1'000);
    }
    reached += traffic.ln_worth() >= kLine ? 1 : 0;
  }
  CHECK(reached <= 4);
}

TEST_CASE("burn rate: by evidence, the line is 14.4 times what the objective leaves") {
  CHECK(burning_rate(0.999) == doctest::Approx(0.0144));
  CHECK(burning_rate(0.5) == 1);
  TargetEvidence burns(burning_rate(0.999), 0);
  TargetEvidence smoulders(burning_rate(0.999), 0);
  for (int i = 0; i < 100; ++i) {
    burns.add(5, 100, 1'000);
    smoulders.add(1, 100, 1'000);
  }
  CHECK(burns.ln_worth() >= kLine);
  CHECK(smoulders.ln_worth() < 0);
}

// Minutes of the clock, one after the other.
struct Minutes {
  Tick now{1'000 * kDayMs};
  BurnWindows windows;

  explicit Minutes(double objective) : windows(objective, {}, now) {}
  void pass(int minutes, std::int64_t errors, std::int64_t requests) {
    for (int i = 0; i < minutes; ++i) {
      windows.add(errors, requests, now);
      now = now + kMinuteMs;
    }
  }
};

TEST_CASE("burn rate: a canary without a request has no burn rate, rather than one of 0") {
  CHECK(describe_canary_burn(29.4, 1'000) == "the canary alone 29 times in this stage");
  CHECK(describe_canary_burn(0, 1'000) == "the canary alone 0 times in this stage");
  CHECK(describe_canary_burn(0, 0) == "of the canary alone nothing is known in this stage yet");
}

TEST_CASE("burn rate: windows ask for the long and the short one at once") {
  Minutes service(0.999);
  service.pass(60, 0, 10'000);
  CHECK(service.windows.burning() == Burning{});
  CHECK(service.windows.computed());
  service.pass(4, 1'000, 10'000);  // a hundred times too fast: 6.7 over the hour
  CHECK_FALSE(service.windows.burning().fast);
  service.pass(5, 1'000, 10'000);
  CHECK(service.windows.burn_rate(60) == doctest::Approx(15));
  CHECK(service.windows.burning().fast);
  service.pass(5, 0, 10'000);  // over, though the hour remembers
  CHECK_FALSE(service.windows.burning().fast);
  CHECK(service.windows.burn_rate(60) == doctest::Approx(15));
  CHECK(service.windows.burn().highest == doctest::Approx(15));
}

TEST_CASE("burn rate: medium and slow windows, and none reaches back further than it should") {
  Minutes service(0.99);
  service.pass(360, 7, 100);
  CHECK(service.windows.burning() == Burning{.fast = false, .medium = true, .slow = true});
  CHECK(describe_burn(service.windows)
            .contains("7 times over 6 h and 7 times over 30 min, with 6 h"));
  service.pass(4'320, 0, 100);
  CHECK(service.windows.burn_rate(4'320) == 0);
  service.windows.add(7, 100, service.now + 10 * kDayMs);
  CHECK(service.windows.burn_rate(5) == doctest::Approx(7));
  service.windows.add(0, 1, service.now + 20 * kDayMs);
  CHECK(service.windows.burn_rate(4'320) == 0);
}

TEST_CASE("burn rate: the fast pair speaks at once, the slower ones when there is data") {
  Minutes service(0.99);
  service.pass(1, 30, 100);
  CHECK(service.windows.burning() == Burning{.fast = true});
  Minutes slower(0.99);
  slower.pass(29, 8, 100);
  CHECK(slower.windows.burning() == Burning{});  // nothing is known of half an hour
  slower.pass(1, 8, 100);
  CHECK(slower.windows.burning() == Burning{.medium = true});
}

TEST_CASE("burn rate: a handful of errors among few requests is no burn") {
  Minutes service(0.999);
  service.pass(1, 4, 10);
  CHECK(service.windows.burn_rate(60) == doctest::Approx(400));
  CHECK(service.windows.burning() == Burning{});
  service.pass(1, 1, 1);
  CHECK(service.windows.burning().fast);
}

TEST_CASE("burn rate: what was counted before is known to windows that begin anew") {
  Minutes before(0.999);
  before.pass(20, 500, 10'000);
  const Tick then = before.now;
  std::vector<MinuteCounts> known;
  for (std::int64_t m = 20; m > 0; --m)
    known.push_back({then.unix_ms / kMinuteMs - m, 10'000, 500});
  const BurnWindows after(0.999, known, then);
  CHECK(after.burn_rate(60) == before.windows.burn_rate(60));
  CHECK(after.burn().burning);
  // Of a minute that goes on, what was known of it is its beginning.
  BurnWindows within(0.999, known, then + -kMinuteMs);
  within.add(500, 10'000, then + -1);
  CHECK(within.burn().minutes.back() == MinuteCounts{then.unix_ms / kMinuteMs - 1, 20'000, 1'000});
  // What is later than now was counted by a clock that was wrong; what is too old is let go.
  CHECK(BurnWindows(0.999, known, Tick{5'000}).burn_rate(4'320) == 0);
  CHECK(BurnWindows(0.999, known, then + 4 * kDayMs).burn_rate(4'320) == 0);
}

TEST_CASE("burn rate: it burns when it has for a second, and is over at once") {
  BurnWindows windows(0.99, {}, Tick{});
  windows.add(50, 100, Tick{100});
  CHECK(windows.burning().fast);
  CHECK_FALSE(windows.burn().burning);
  windows.add(0, 1, Tick{1'099});
  CHECK_FALSE(windows.burn().burning);
  windows.add(0, 1, Tick{1'100});
  CHECK(windows.burn().burning);
  windows.add(0, 1'000, Tick{1'200});
  CHECK_FALSE(windows.burn().burning);
}

TEST_CASE("burn rate: a clock that goes back rewrites no minute") {
  Minutes service(0.99);
  service.pass(3, 1, 100);
  service.windows.add(50, 100, service.now + -2 * kMinuteMs);
  CHECK(service.windows.burn().minutes.size() == 3);
  CHECK(service.windows.burn().minutes.back().errors == 51);
}

TEST_CASE("burn rate: absurd counts are bounded") {
  constexpr std::int64_t kMost = std::int64_t{1} << 53U;
  const std::vector<MinuteCounts> known{{1, -5, 7}, {2, kMost, kMost}, {3, 5, kMost}};
  BurnWindows windows(0.99, known, Tick{4 * kMinuteMs});
  for (int i = 0; i < 5'000; ++i) windows.add(kMost, kMost, Tick{(5 + i) * kMinuteMs});
  CHECK(windows.burn_rate(4'320) == doctest::Approx(100));
  CHECK(windows.burning().slow);
}

TEST_CASE("probes: a round of many instances is one check that failed in part") {
  ProbeEvidence together(0);
  ProbeEvidence one(0);
  together.add_round(5, 5, 1'000);
  one.add_round(1, 1, 1'000);
  CHECK(together.ln_worth() == doctest::Approx(one.ln_worth()));
  ProbeEvidence part(0);
  for (int i = 0; i < 100; ++i) part.add_round(1, 2, 1'000);
  CHECK(part.ln_worth() >= kLine);
}

TEST_CASE("quantiles: the threshold is the lowest edge at or above the quantile of the past") {
  constexpr std::array<std::int64_t, 5> kHistogram{500, 400, 90, 9, 1};
  CHECK(threshold_edge(kHistogram, 0.5) == 0);
  CHECK(threshold_edge(kHistogram, 0.1) == 1);
  CHECK(threshold_edge(kHistogram, 0.01) == 2);
  CHECK(threshold_edge(kHistogram, 0.001) == 3);
  CHECK(threshold_edge(std::span(kHistogram).first(1), 0.5) == 0);
  CHECK(threshold_edge({}, 0.5) == 0);
  constexpr std::array<std::int64_t, 4> kInOneBucket{1, 998, 0, 1};
  CHECK(threshold_edge(kInOneBucket, 0.5) == 1);
  constexpr std::array<std::int64_t, 3> kBeyondTheLast{0, 0, 9};
  CHECK(threshold_edge(kBeyondTheLast, 0.5) == 1);
}

constexpr std::array<double, kQuantiles> kMargins{0.05, 0.03, 0.01, 0.002};

// Batches of 5 requests of the canary and 95 of the baseline, over the thresholds with these
// chances, until it is found.
int batches_until_slow(const std::array<double, kQuantiles>& canary, SeededRandom& random,
                       int batches_max) {
  QuantileEvidence evidence(kMargins, 0);
  for (int i = 0; i < batches_max; ++i) {
    Exceedances batch{.canary = {.requests = 5}, .baseline = {.requests = 95}};
    for (std::size_t q = 0; q < kQuantiles; ++q) {
      batch.canary.over[q] = random.binomial(5, canary[q]);
      batch.baseline.over[q] = random.binomial(95, kExceeding[q]);
    }
    evidence.add(batch, 1'000);
    if (evidence.ln_worth() >= kLine) return i + 1;
  }
  return batches_max;
}

TEST_CASE("quantiles: a canary slower at any one of the four is found, one within margins is not") {
  SeededRandom random(3);
  CHECK(batches_until_slow({0.95, 0.1, 0.01, 0.001}, random, 500) < 30);
  CHECK(batches_until_slow({0.5, 0.5, 0.01, 0.001}, random, 500) < 30);
  CHECK(batches_until_slow({0.5, 0.1, 0.1, 0.001}, random, 500) < 80);
  CHECK(batches_until_slow({0.5, 0.1, 0.01, 0.05}, random, 500) < 100);
  int found = 0;
  for (int run = 0; run < 200; ++run) {
    found += batches_until_slow({0.55, 0.13, 0.02, 0.003}, random, 200) < 200 ? 1 : 0;
  }
  CHECK(found <= 3);
}

TEST_CASE("quantiles: a batch that lacks an arm waits for the next") {
  QuantileEvidence evidence(kMargins, 0);
  evidence.add({.canary = {100, {100, 100, 100, 100}}}, 1'000);
  CHECK(evidence.ln_worth() == doctest::Approx(0));
  evidence.add({.canary = 0, .baseline = 1'000}, 1'000);
  CHECK(evidence.ln_worth() >= kLine);
}

}  // namespace
}  // namespace sluice::judge
