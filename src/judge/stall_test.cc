// Moments in which everything stands still, and releases that are slow: they are told apart.
#include <doctest/doctest.h>

#include "base/tick.h"
#include "judge/judge.h"

namespace sluice::judge {
namespace {

constexpr std::int64_t kBatchMs = 20;
constexpr int kServers = 5;

// 500 requests a second to each arm, of which these parts are over the target.
struct Late {
  double canary = 0;
  double baseline = 0;
};

void add(Judge& judge, std::int64_t ms, const Late& late) {
  for (std::int64_t at = 0; at < ms; at += kBatchMs) {
    Batch batch;
    batch.elapsed_ms = kBatchMs;
    batch.baseline = {10, 0, static_cast<std::int64_t>(10 * late.baseline)};
    for (int g = 0; g < kServers; ++g) {
      const Counts one{2, 0, static_cast<std::int64_t>(2 * late.canary)};
      batch.canary_groups[g] = one;
      grow(batch.canary, one);
    }
    judge.add(batch);
  }
}

Judge a_judge(bool concurrent) {
  Judge judge({.planned_ms = kMinuteMs, .groups = kServers}, {20'000, 0, 0});
  judge.enter_stage(concurrent, 0.05);
  add(judge, 2 * kSecondMs, {});
  return judge;
}

// Milliseconds until it is called breached; at most a minute.
std::int64_t breached_after(Judge judge, const Late& late) {
  std::int64_t ms = 0;
  for (; ms < kMinuteMs && !judge.finding().breached; ms += kBatchMs) add(judge, kBatchMs, late);
  return ms;
}

TEST_CASE("stall: a second in which both arms stand still takes nothing back, nor do three") {
  Judge judge = a_judge(true);
  for (int i = 0; i < 3; ++i) {
    add(judge, kSecondMs, {1, 1});
    CHECK_FALSE(judge.finding().breached);
    add(judge, 20 * kSecondMs, {});
  }
}

TEST_CASE("stall: nor does a moment of it without a baseline, and another one later") {
  Judge judge = a_judge(false);
  for (int i = 0; i < 2; ++i) {
    add(judge, 800, {1, 0});
    CHECK_FALSE(judge.finding().breached);
    add(judge, 20 * kSecondMs, {});
  }
}

TEST_CASE("stall: a canary that is late beside a baseline in time goes back within milliseconds") {
  CHECK(breached_after(a_judge(true), {1, 0}) <= 3 * kBatchMs);
}

TEST_CASE("stall: at 100 % a release whose every answer is late goes back within four seconds") {
  CHECK(breached_after(a_judge(false), {1, 0}) <= 4 * kSecondMs);
}

TEST_CASE("stall: the target is absolute: where both arms stay over it, the release goes back") {
  CHECK(breached_after(a_judge(true), {0.5, 0.5}) <= 10 * kSecondMs);
}

}  // namespace
}  // namespace sluice::judge
