#include "adapters/haproxy/loss_watch.h"

#include <doctest/doctest.h>

namespace sluice::haproxy {
namespace {

// A request every `every_ms`, each logged unless `lost` says otherwise; a sample every 100 ms.
template <class Lost>
void run(LossWatch& watch, std::int64_t from_ms, std::int64_t until_ms, std::int64_t every_ms,
         Lost lost) {
  for (std::int64_t ms = from_ms; ms < until_ms; ++ms) {
    if (ms % 100 == 0) watch.sample(ms, ms / every_ms);
    if (ms % every_ms == every_ms - 1 && !lost(ms)) watch.line(ms);
  }
}

const auto kNone = [](std::int64_t) { return false; };

TEST_CASE("loss watch: nothing is missing while every request has its line, at any rate") {
  for (const std::int64_t every_ms : {1, 7, 50, 990}) {
    LossWatch watch;
    run(watch, 0, 25'000, every_ms, kNone);
    CHECK(watch.window(25'000).missing == 0);
    CHECK_FALSE(watch.window(25'000).forged());
  }
}

TEST_CASE("loss watch: a loss of 2 % is found, one of 0.5 % is not too much") {
  LossWatch two;
  run(two, 0, 12'000, 1, [](std::int64_t ms) { return ms % 50 == 0; });
  CHECK(two.window(12'000).lossy());
  CHECK(two.window(12'000).missing == doctest::Approx(190).epsilon(0.05));

  LossWatch half;
  run(half, 0, 12'000, 1, [](std::int64_t ms) { return ms % 200 == 0; });
  CHECK_FALSE(half.window(12'000).lossy());
}

TEST_CASE("loss watch: lines that arrive late, but arrive, are not lost") {
  LossWatch watch;
  run(watch, 0, 3'000, 10, [](std::int64_t ms) { return ms >= 1'000 && ms < 2'000; });
  CHECK(watch.window(3'000).lossy());
  for (std::int64_t ms = 1'009; ms < 2'000; ms += 10) watch.line(ms);
  CHECK_FALSE(watch.window(3'000).lossy());
}

TEST_CASE("loss watch: a loss is forgotten after the window, and HAProxy's restart is none") {
  LossWatch watch;
  run(watch, 0, 3'000, 10, [](std::int64_t ms) { return ms < 1'000; });
  CHECK(watch.window(3'000).lossy());
  run(watch, 3'000, 14'000, 10, kNone);
  CHECK_FALSE(watch.window(14'000).lossy());

  watch.sample(14'000, 0);  // the counters began anew
  CHECK(watch.window(15'000).missing == 0);
}

TEST_CASE("loss watch: lines that no request stands behind are noticed") {
  LossWatch watch;
  run(watch, 0, 5'000, 10, kNone);
  for (int i = 0; i < 40; ++i) watch.line(2'000 + i);
  CHECK(watch.window(5'000).forged());
}

TEST_CASE("loss watch: an answer of HAProxy that was slow on its way makes no line one too many") {
  LossWatch watch;
  run(watch, 0, 5'000, 1, kNone);
  watch.sample(5'000, 4'960);  // the counters as they were 40 ms ago
  for (std::int64_t ms = 5'001; ms <= 5'100; ++ms) watch.line(ms);
  watch.sample(5'100, 5'100);
  CHECK(watch.window(5'550).surplus == 0);
  CHECK_FALSE(watch.window(5'550).forged());
}

}  // namespace
}  // namespace sluice::haproxy
