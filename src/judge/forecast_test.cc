#include "judge/forecast.h"

#include <doctest/doctest.h>

#include "base/tick.h"

namespace sluice::judge {
namespace {

Finding missing(double requests) { return {.ln_promote_line = 3, .requests_missing = requests}; }

TEST_CASE("forecast: requests over a rate, rounded up") {
  CHECK(time_for_ms(300, 50) == 6'000);
  CHECK(time_for_ms(1, 3) == 334);
  CHECK(time_for_ms(0, 0) == 0);
  CHECK(time_for_ms(-1, 50) < 0);
  CHECK(time_for_ms(300, 0) < 0);
  CHECK(time_for_ms(1e300, 1e-300) == 365 * kDayMs);
}

TEST_CASE("forecast: in words, no more exact than anybody can know") {
  CHECK(describe_time(missing(300), 50) == ", 6 s at today's rate");
  CHECK(describe_time(missing(300), 0.5) == ", 10 min at today's rate");
  CHECK(describe_time(missing(299), 0.49) == ", 11 min at today's rate");
  CHECK(describe_time(missing(1), 1'000) == ", 1 s at today's rate");
}

TEST_CASE("forecast: nothing is said where requests are not what is missing") {
  CHECK(describe_time(missing(-1), 50).empty());
  CHECK(describe_time(missing(300), 0).empty());
  Finding breached = missing(300);
  breached.breached = true;
  CHECK(describe_time(breached, 50).empty());
  Finding enough = missing(0);
  enough.ln_promote_error = enough.ln_promote_slow = 3;
  CHECK(describe_time(enough, 50).empty());
}

}  // namespace
}  // namespace sluice::judge
