// A release that works well for a while and then fails, at the pace of a log stream.
#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "base/tick.h"
#include "judge/bound.h"
#include "judge/judge.h"
#include "testing/seeded_random.h"

namespace sluice::judge {
namespace {

using testing::SeededRandom;

constexpr double kShare = 0.05;
constexpr std::int64_t kBatchMs = 2;
constexpr int kServersMax = 5;
constexpr int kRuns = 41;

struct Late {
  double error_rate = 1;  // of the canary, from the onset
  double requests_per_second = 15'000;
  std::int64_t healthy_ms = 5 * kSecondMs;
  int servers = kServersMax;  // 0: no groups, so that none is left out
};

Batch two_milliseconds(const Late& late, double error_rate, SeededRandom& random) {
  const double all = late.requests_per_second * kBatchMs / 1000;
  Batch batch;
  batch.elapsed_ms = kBatchMs;
  batch.baseline.requests = random.poisson(all * (1 - kShare));
  for (std::int64_t left = random.poisson(all * kShare); left > 0; --left) {
    Counts one{1, random.chance(error_rate) ? 1 : 0, 0};
    grow(batch.canary, one);
    grow(batch.canary_groups[random.below(kServersMax)], one);
  }
  return batch;
}

// Requests that failed before it was called breached; the median over runs.
std::int64_t failed_requests(const Late& late) {
  std::vector<std::int64_t> failed;
  for (int run = 0; run < kRuns; ++run) {
    SeededRandom random(31 + static_cast<std::uint64_t>(run));
    Judge judge({.margin = 0.01, .planned_ms = kMinuteMs, .groups = late.servers}, {50'000, 0, 0});
    judge.enter_stage(true, 0.05);
    std::int64_t errors = 0;
    // Not always at the same distance from the last stake.
    std::int64_t healthy_ms = late.healthy_ms + kBatchMs * run;
    while (!judge.finding().breached) {
      const Batch batch = two_milliseconds(late, healthy_ms > 0 ? 0 : late.error_rate, random);
      healthy_ms -= kBatchMs;
      errors += batch.canary.errors;
      judge.add(batch);
    }
    failed.push_back(errors);
  }
  std::ranges::nth_element(failed, failed.begin() + kRuns / 2);
  return failed[kRuns / 2];
}

TEST_CASE("late defect: one that fails every request after seconds of health harms a dozen") {
  const std::int64_t failed = failed_requests({});
  MESSAGE("median of failed requests: " << failed);
  CHECK(failed <= 12);
}

TEST_CASE("late defect: traffic does not matter, from 1,000 to 60,000 requests per second") {
  CHECK(failed_requests({.requests_per_second = 1'000}) <= 12);
  CHECK(failed_requests({.requests_per_second = 60'000}) <= 16);  // 2 ms are 6 requests
}

TEST_CASE("late defect: of 5 % errors, within 3.5 times the bound; with one server left out, 4.5") {
  const double bound = 0.05 * requests_to_find({0.05, 0}, 0.01, kShare, 0.001);
  const double whole = static_cast<double>(failed_requests({.error_rate = 0.05, .servers = 0}));
  const double grouped = static_cast<double>(failed_requests({.error_rate = 0.05}));
  MESSAGE("failed: " << whole << ", with groups " << grouped << ", bound " << bound);
  CHECK(whole <= 3.5 * bound);
  CHECK(grouped <= 4.5 * bound);
}

}  // namespace
}  // namespace sluice::judge
