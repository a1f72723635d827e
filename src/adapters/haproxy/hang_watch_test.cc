#include "adapters/haproxy/hang_watch.h"

#include <doctest/doctest.h>

namespace sluice::haproxy {
namespace {

TEST_CASE(
    "hang watch: requests that never end are counted once, when their age passes the target") {
  HangWatch watch(300);
  CHECK(watch.sample(1'000, 0) == 0);
  CHECK(watch.sample(1'100, 4) == 0);
  CHECK(watch.sample(1'200, 4) == 0);
  CHECK(watch.sample(1'300, 4) == 0);
  CHECK(watch.sample(1'400, 4) == 4);
  CHECK(watch.sample(1'500, 4) == 0);
}

TEST_CASE("hang watch: the line of a counted request is recognised, that of another is not") {
  HangWatch watch(300);
  for (std::int64_t ms = 1'000; ms <= 1'500; ms += 100) {
    const std::int64_t fresh = watch.sample(ms, ms == 1'000 ? 0 : 1);
    CHECK(fresh == (ms == 1'400 ? 1 : 0));
  }
  CHECK_FALSE(watch.line(1'480));
  CHECK(watch.line(1'050));
  CHECK_FALSE(watch.line(1'060));  // only one was counted
}

TEST_CASE("hang watch: a line on its way while the request has left the statistics is recognised") {
  HangWatch watch(300);
  static_cast<void>(watch.sample(1'000, 0));
  for (std::int64_t ms = 1'100; ms <= 1'500; ms += 100) static_cast<void>(watch.sample(ms, 3));
  CHECK(watch.sample(1'600, 0) == 0);
  for (int i = 0; i < 3; ++i) CHECK(watch.line(1'050));
}

TEST_CASE("hang watch: a counted request whose line is lost does not hide another for ever") {
  HangWatch watch(300);
  static_cast<void>(watch.sample(1'000, 0));
  for (std::int64_t ms = 1'100; ms <= 1'500; ms += 100) static_cast<void>(watch.sample(ms, 1));
  for (std::int64_t ms = 1'600; ms <= 2'300; ms += 100) CHECK(watch.sample(ms, 0) == 0);
  std::int64_t counted = 0;
  for (std::int64_t ms = 2'400; ms <= 2'900; ms += 100) counted += watch.sample(ms, 1);
  CHECK(counted == 1);
}

TEST_CASE("hang watch: fast requests are never taken for hanging ones, however many") {
  HangWatch watch(300);
  for (std::int64_t ms = 0; ms < 5'000; ++ms) {
    if (ms % 100 == 0) CHECK(watch.sample(ms, 20) == 0);
    CHECK_FALSE(watch.line(ms - 20));  // each takes 20 ms, twenty are in flight at any time
  }
}

TEST_CASE("hang watch: hanging requests are found among fast ones") {
  HangWatch watch(300);
  std::int64_t counted = 0;
  for (std::int64_t ms = 0; ms < 5'000; ++ms) {
    const std::int64_t hanging = ms / 500;
    if (ms % 100 == 0) counted += watch.sample(ms, 20 + hanging);
    CHECK_FALSE(watch.line(ms - 20));
  }
  CHECK(counted >= 8);
  CHECK(counted <= 9);
}

TEST_CASE("hang watch: what was in flight when the cohort began does not belong to it") {
  HangWatch watch(300);
  watch.restart(1'000);
  CHECK(watch.sample(900, 7) == 0);
  CHECK(watch.sample(1'000, 7) == 0);
  CHECK(watch.sample(1'100, 9) == 0);
  CHECK(watch.sample(1'400, 9) == 2);
  CHECK_FALSE(watch.line(950));
  CHECK(watch.line(1'050));
}

}  // namespace
}  // namespace sluice::haproxy
