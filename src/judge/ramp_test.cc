// Shares that change while the judge looks: counts under one share are never compared with counts
// under another, or a change of traffic passes for a difference of releases (Simpson's paradox).
#include <algorithm>

#include <doctest/doctest.h>

#include "judge/judge.h"
#include "testing/seeded_random.h"

namespace sluice::judge {
namespace {

using testing::SeededRandom;

constexpr int kGroups = 5;

Settings settings() {
  return {.margin = 0.001, .planned_ms = 600'000, .groups = kGroups, .baseline_groups = kGroups};
}

Counts counted(SeededRandom& random, std::int64_t requests, double rate) {
  return {requests, random.binomial(requests, rate), 0};
}

// Both arms err at the same rate, so there is nothing to be found whatever the share is.
Batch alike(SeededRandom& random, double share, double rate) {
  Batch batch;
  for (int g = 0; g < kGroups; ++g) {
    const auto canary = static_cast<std::int64_t>(400 * share);
    batch.canary_groups[g] = counted(random, canary, rate);
    batch.baseline_groups[g] = counted(random, 400 - canary, rate);
    grow(batch.canary, batch.canary_groups[g]);
    grow(batch.baseline, batch.baseline_groups[g]);
  }
  batch.elapsed_ms = 100;
  return batch;
}

// A ramp, again and again: little of the traffic while all is well, half of it in an incident that
// strikes both alike, cut again when that is over.
double evidence_after_ramps(std::uint64_t seed) {
  SeededRandom random(seed);
  Judge judge(settings(), {100'000, 100, 0});
  judge.enter_stage(true, 0.05);
  for (int i = 0; i < 6'000; ++i) {
    const bool quiet = i % 100 < 50;
    judge.expect_share(quiet ? 0.02 : 0.45);
    judge.add(alike(random, quiet ? 0.02 : 0.45, quiet ? 0.001 : 0.2));
  }
  return judge.finding().ln_harm_error_blocks;
}

}  // namespace

TEST_CASE("ramp: a share that grows into an incident of both arms is no evidence of harm") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    CHECK(evidence_after_ramps(seed) < 2.3);
  }
}

// Growing on what was seen to be good must not throw away what was good: then only the bad would be
// left. Against the line of one in twenty, for many releases that are exactly as good.
TEST_CASE("ramp: steps that follow the evidence leave the evidence honest") {
  int fired = 0;
  constexpr int kRuns = 400;
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    SeededRandom random(seed);
    Settings one = settings();
    one.margin = 0;
    Judge judge(one, {100'000, 2'000, 0});
    judge.enter_stage(true, 0.05);
    double share = 0.02;
    double most = 0;
    for (int i = 0; i < 600; ++i) {
      judge.expect_share(share);
      const Batch batch = alike(random, share, 0.02);
      judge.add(batch);
      most = std::max(most, judge.finding().ln_harm_error_blocks);
      const double rate =
          static_cast<double>(batch.canary.errors) / static_cast<double>(batch.canary.requests);
      if (rate < 0.01 && share < 0.4) share *= 1.05;  // a good look: more
      if (rate > 0.05 && share > 0.02) share /= 1.5;  // a bad one: less
    }
    if (most >= 3.0) ++fired;  // odds of twenty
  }
  CHECK(fired <= kRuns / 20 + 14);  // three standard deviations
}

}  // namespace sluice::judge
