#include "judge/latency_thresholds.h"

#include <doctest/doctest.h>

namespace sluice::judge {
namespace {

LatencyCounts all_at(std::int64_t ms, std::uint32_t requests) {
  LatencyCounts counts{};
  counts[latency_bucket(ms)] = requests;
  return counts;
}

// Half at 10 ms, then a tenth, a hundredth and a thousandth of the requests above 20, 40 and 80 ms.
LatencyCounts usual(std::uint32_t thousands = 1) {
  LatencyCounts counts{};
  counts[latency_bucket(10)] = 500 * thousands;
  counts[latency_bucket(20)] = 400 * thousands;
  counts[latency_bucket(40)] = 90 * thousands;
  counts[latency_bucket(80)] = 9 * thousands;
  counts[latency_bucket(500)] = 1 * thousands;
  return counts;
}

LatencyThresholds chosen() {
  LatencyThresholds thresholds;
  (void)thresholds.count({}, usual(), 1'000);
  return thresholds;
}

}  // namespace

TEST_CASE("latency thresholds: nothing is counted before the baseline had a thousand requests") {
  LatencyThresholds thresholds;
  CHECK(thresholds.count(all_at(50, 10), all_at(10, 999), 1'000) == Exceedances{});
  CHECK(thresholds.over_ms() == kNoThresholds);
  CHECK(thresholds.count(all_at(50, 10), all_at(10, 1), 1'000) == Exceedances{});
  CHECK(thresholds.over_ms() != kNoThresholds);
}

TEST_CASE("latency thresholds: they are the baseline's quantiles, at edges of buckets") {
  const LatencyThresholds thresholds = chosen();
  CHECK(thresholds.over_ms() == OverMs{10, 21, 43, 87});
}

TEST_CASE("latency thresholds: a request is over a threshold if it takes longer") {
  LatencyThresholds thresholds = chosen();
  LatencyCounts canary = all_at(11, 3);  // within the millisecond that it is granted
  canary[latency_bucket(12)] = 2;
  canary[latency_bucket(90)] = 1;  // within the bucket
  const Exceedances counted = thresholds.count(canary, usual(), 1'000);
  CHECK(counted.canary.requests == 6);
  CHECK(counted.canary.over == std::array<std::int64_t, kQuantiles>{3, 1, 1, 0});
  CHECK(counted.baseline.requests == 1'000);
  CHECK(counted.baseline.over == std::array<std::int64_t, kQuantiles>{500, 100, 10, 1});
}

TEST_CASE("latency thresholds: the canary is granted a millisecond, or an eighth at most") {
  CHECK(over_ms_of_canary(0) == 1);
  CHECK(over_ms_of_canary(10) == 11);
  CHECK(over_ms_of_canary(100) == 111);
  CHECK(over_ms_of_canary(1'000'000) == 131'071);
}

TEST_CASE("latency thresholds: where all take the same time, only what is longer is over") {
  LatencyThresholds thresholds;
  (void)thresholds.count({}, all_at(100, 5'000), 1'000);
  CHECK(thresholds.over_ms() == OverMs{103, 103, 103, 103});
  CHECK(thresholds.count(all_at(108, 100), all_at(100, 900), 1'000).canary.over[0] == 0);
  CHECK(thresholds.count(all_at(120, 100), all_at(100, 900), 1'000).canary.over[0] == 100);
}

TEST_CASE("latency thresholds: they stand for a minute, whatever comes, then follow the baseline") {
  LatencyThresholds thresholds = chosen();
  for (int second = 0; second < 59; ++second) {
    (void)thresholds.count({}, all_at(300, 10'000), 1'000);
    REQUIRE(thresholds.over_ms() == OverMs{10, 21, 43, 87});
  }
  // The sixtieth second is still counted under the old ones.
  CHECK(thresholds.count({}, all_at(300, 10), 1'000).baseline.over[3] == 10);
  CHECK(thresholds.over_ms()[0] >= 287);
}

TEST_CASE("latency thresholds: a minute with few requests leaves them as they are") {
  LatencyThresholds thresholds = chosen();
  (void)thresholds.count({}, all_at(300, 400), 2 * 60'000);  // 500 of before are remembered
  CHECK(thresholds.over_ms() == OverMs{10, 21, 43, 87});
  (void)thresholds.count({}, all_at(300, 200), 1'000);
  CHECK(thresholds.over_ms()[0] > 10);
}

TEST_CASE("latency thresholds: what the canary does never moves them") {
  LatencyThresholds thresholds;
  LatencyThresholds other;
  for (int minute = 0; minute < 5; ++minute) {
    (void)thresholds.count(all_at(5'000, 100'000), usual(2), 60'000);
    (void)other.count({}, usual(2), 60'000);
  }
  CHECK(thresholds.over_ms() == other.over_ms());
}

}  // namespace sluice::judge
