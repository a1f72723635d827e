#include "sim/threshold_rules.h"

#include <vector>

#include <doctest/doctest.h>

namespace sluice::sim {
namespace {

std::vector<Second> steady(int seconds, std::int64_t requests, std::int64_t errors) {
  return std::vector<Second>(static_cast<std::size_t>(seconds),
                             {.canary = {requests, errors, 0}, .baseline = {1'000, 1, 0}});
}

void spoil(std::vector<Second>& seconds, int from, int to) {
  for (int i = from; i < to; ++i) {
    Counts& canary = seconds[static_cast<std::size_t>(i)].canary;
    canary.errors = canary.requests;
  }
}

TEST_CASE("flagger: every 60 s with threshold 5, a release that fails everything goes at 360 s") {
  CHECK(flagger(steady(3'600, 50, 50), {}) == 360);
  CHECK(flagger(steady(3'600, 50, 50), {.threshold = 10}) == 660);
  CHECK(flagger(steady(3'600, 50, 50), {.interval_s = 30}) == 180);
  CHECK(flagger(steady(3'600, 50, 50), {.interval_s = 10, .threshold = 3}) == 40);
}

TEST_CASE("flagger: failed checks add up, however far apart they are") {
  std::vector<Second> seconds = steady(3'600, 50, 0);
  for (const int minute : {2, 10, 20, 30, 40}) spoil(seconds, minute * 60, minute * 60 + 60);
  CHECK(flagger(seconds, {}) == 42 * 60);  // the fifth is seen at minute 41
  seconds = steady(3'600, 50, 0);
  for (const int minute : {2, 10, 20, 30}) spoil(seconds, minute * 60, minute * 60 + 60);
  CHECK(flagger(seconds, {}) == std::nullopt);
}

TEST_CASE("flagger: an empty window is a failed check, and so is p99 over the target") {
  CHECK(flagger(steady(3'600, 0, 0), {}) == 360);
  std::vector<Second> slow = steady(3'600, 100, 0);
  for (Second& second : slow) second.canary.over_target = 2;
  CHECK(flagger(slow, {}) == 360);
}

TEST_CASE("flagger: one per cent of errors is tolerated, more is not") {
  CHECK(flagger(steady(3'600, 1'000, 10), {}) == std::nullopt);
  CHECK(flagger(steady(3'600, 1'000, 11), {}) == 360);
}

TEST_CASE("argo: every 60 s with failure limit 3, a release that fails everything goes at 240 s") {
  CHECK(argo(steady(3'600, 50, 50), {}) == 240);
  CHECK(argo(steady(3'600, 50, 50), {.interval_s = 300}) == 1'200);
  CHECK(argo(steady(3'600, 50, 50), {.interval_s = 10, .failure_limit = 2}) == 30);
  CHECK(argo(steady(3'600, 50, 50), {.failure_limit = 0}) == 60);
}

TEST_CASE("argo: the limit itself is tolerated, an empty window fails") {
  std::vector<Second> seconds = steady(3'600, 50, 0);
  spoil(seconds, 60, 240);  // three bad measurements
  CHECK(argo(seconds, {}) == std::nullopt);
  spoil(seconds, 1'200, 1'260);
  CHECK(argo(seconds, {}) == 1'260);
  CHECK(argo(steady(3'600, 0, 0), {}) == 240);
}

}  // namespace
}  // namespace sluice::sim
