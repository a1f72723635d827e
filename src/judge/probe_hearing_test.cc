#include "judge/probe_hearing.h"

#include <doctest/doctest.h>

#include "testing/seeded_random.h"

namespace sluice::judge {
namespace {

using testing::SeededRandom;

const ProbeSettings kSettings{.alpha = 0.00005 / 3, .part = 0.05 / 3, .planned_ms = 30 * kMinuteMs};

// One instance of each slot, asked once a second, and Sluice that looks ten times a second.
struct Checks {
  ProbeHearing hearing{kSettings, Tick{}};
  Tick now;
  bool canary_was_good = false;

  static HealthChecks one(bool well, bool was_good) {
    return {1, well ? 0 : 1, was_good ? 1 : 0, was_good && !well ? 1 : 0};
  }
  void second(bool canary_well, bool baseline_well = true) {
    for (int i = 0; i < 10; ++i) {
      now = now + 100;
      const HealthChecks canary = i == 3 ? one(canary_well, canary_was_good) : HealthChecks{};
      const HealthChecks baseline = i == 5 ? one(baseline_well, true) : HealthChecks{};
      hearing.hear(canary, baseline, now);
    }
    canary_was_good = canary_well;
  }
  int seconds_until_breached(int most, auto well) {
    int seconds = 0;
    for (; seconds < most && !hearing.breached(); ++seconds) second(well(seconds));
    return seconds;
  }
};

TEST_CASE("probe hearing: every second check fails, never two in a row") {
  Checks checks;
  const int seconds = checks.seconds_until_breached(100, [](int i) { return i % 2 == 0; });
  CHECK(seconds <= 16);
  CHECK(checks.hearing.describe().contains(
      " health checks failed, though never long enough in a row"));
  CHECK(checks.hearing.describe().contains("line 60,000 : 1"));
}

TEST_CASE("probe hearing: one check in five fails, and it is stopped before it goes back") {
  Checks checks;
  bool stopped_first = false;
  const int seconds = checks.seconds_until_breached(600, [&](int i) {
    stopped_first = stopped_first || (checks.hearing.suspected() && !checks.hearing.breached());
    return i % 5 != 4;
  });
  CHECK(seconds < 150);
  CHECK(stopped_first);
}

TEST_CASE("probe hearing: a failure that lasts is one failure, however long") {
  Checks checks;
  for (int i = 0; i < 30; ++i) checks.second(true);
  for (int i = 0; i < 30; ++i) checks.second(false);
  CHECK_FALSE(checks.hearing.breached());
  CHECK_FALSE(checks.hearing.suspected());
}

TEST_CASE("probe hearing: what fails together with the baseline is not the canary's") {
  Checks checks;
  for (int i = 0; i < 300; ++i) checks.second(i % 2 == 0, i % 2 == 0);
  CHECK_FALSE(checks.hearing.suspected());
  // Nor where the baseline's answer comes in the next second.
  Checks later;
  for (int i = 0; i < 300; ++i) later.second(i % 3 != 0, i % 3 != 1);
  CHECK_FALSE(later.hearing.suspected());
}

TEST_CASE("probe hearing: what comes in late because the whole machine stood still is left out") {
  Checks checks;
  for (int i = 0; i < 100; ++i) {
    checks.second(true);
    checks.now = checks.now + 2'000;
    checks.hearing.hear(Checks::one(false, true), {}, checks.now);
  }
  CHECK_FALSE(checks.hearing.suspected());
}

TEST_CASE(
    "probe hearing: one failure in fifty, for an hour, is taken back less often than allowed") {
  int back = 0;
  for (int run = 0; run < 300; ++run) {
    SeededRandom random(700 + static_cast<std::uint64_t>(run));
    ProbeHearing hearing({.alpha = 0.01, .part = 1, .planned_ms = 30 * kMinuteMs}, Tick{});
    Tick now;
    for (int i = 0; i < 3'600 && !hearing.breached(); ++i) {
      now = now + 1'000;
      hearing.hear(Checks::one(!random.chance(0.02), true), {}, now);
    }
    back += hearing.breached() ? 1 : 0;
  }
  CHECK(back <= 9);  // 3 expected at most
}

}  // namespace
}  // namespace sluice::judge
