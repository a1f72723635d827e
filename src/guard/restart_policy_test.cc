#include "guard/restart_policy.h"

#include <doctest/doctest.h>

namespace sluice::guard {
namespace {

constexpr RestartPolicy kPolicy;
constexpr Run kNeverReady{};

RestartHistory after_failures(int count) {
  RestartHistory history;
  for (int i = 0; i < count; ++i) history = after_run(history, kNeverReady, kPolicy);
  return history;
}

TEST_CASE("restart policy: the delay doubles from 100 ms and stops at 10 s") {
  CHECK(delay_ms(RestartHistory{}, kPolicy) == 0);
  CHECK(delay_ms(after_failures(1), kPolicy) == 100);
  CHECK(delay_ms(after_failures(2), kPolicy) == 200);
  CHECK(delay_ms(after_failures(5), kPolicy) == 1'600);
  CHECK(delay_ms(after_failures(8), kPolicy) == 10'000);
  CHECK(delay_ms(after_failures(100'000), kPolicy) == 10'000);
}

TEST_CASE("restart policy: ten good seconds start the row afresh, less does not") {
  const RestartHistory calm = after_run(after_failures(6), {true, 10'000}, kPolicy);
  CHECK(delay_ms(calm, kPolicy) == 100);

  const RestartHistory brief = after_run(after_failures(6), {true, 9'999}, kPolicy);
  CHECK(delay_ms(brief, kPolicy) == 6'400);
}

TEST_CASE("restart policy: five starts in a row that never became ready are hopeless") {
  CHECK_FALSE(is_hopeless(after_failures(4), false, kPolicy));
  CHECK(is_hopeless(after_failures(5), false, kPolicy));
}

TEST_CASE("restart policy: a run that was ready, however briefly, starts the count afresh") {
  const RestartHistory history = after_run(after_failures(4), {true, 1}, kPolicy);
  CHECK(history.failed_starts == 0);
  CHECK_FALSE(is_hopeless(after_run(history, kNeverReady, kPolicy), false, kPolicy));
}

TEST_CASE("restart policy: a slot that was once ready is never given up") {
  CHECK_FALSE(is_hopeless(after_failures(1'000), true, kPolicy));
}

}  // namespace
}  // namespace sluice::guard
