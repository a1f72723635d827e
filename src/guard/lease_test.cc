#include "guard/lease.h"

#include <doctest/doctest.h>

namespace sluice::guard {
namespace {

Lease active(std::uint64_t generation = 7) {
  return {.pid = 42, .generation = generation, .valid_ms = 5'000, .active = true, .rescue = {}};
}

// Looks every 100 ms, as a guard that is awake does, and says when the lease was over.
std::int64_t expires_at(LeaseKeeper& keeper, std::int64_t from_ms, std::int64_t until_ms) {
  for (std::int64_t now = from_ms; now <= until_ms; now += 100) {
    if (keeper.expired(now)) return now;
  }
  return -1;
}

TEST_CASE("lease: an active lease that is not renewed expires when its time is over") {
  LeaseKeeper keeper;
  REQUIRE(keeper.renew(active(), 1'000));
  CHECK(keeper.left_ms(2'000) == 4'000);
  CHECK(expires_at(keeper, 1'000, 20'000) == 6'000);
}

TEST_CASE("lease: a renewal moves the end") {
  LeaseKeeper keeper;
  REQUIRE(keeper.renew(active(), 0));
  CHECK(expires_at(keeper, 0, 4'900) == -1);
  REQUIRE(keeper.renew(active(), 4'900));
  CHECK(expires_at(keeper, 4'900, 20'000) == 9'900);
}

TEST_CASE("lease: one that is given up is over at once, and counts afresh after a take-over") {
  LeaseKeeper keeper;
  REQUIRE(keeper.renew(active(), 0));
  Lease last = active();
  last.given_up = true;
  REQUIRE(keeper.renew(last, 500));
  CHECK(keeper.expired(520));
  keeper.rearm(8, 1'000);  // not all traffic could be taken back: the next engine has its time
  CHECK(expires_at(keeper, 1'000, 20'000) == 6'000);
}

TEST_CASE("lease: without a delivery its end means nothing") {
  LeaseKeeper keeper;
  CHECK_FALSE(keeper.expired(1'000'000));
  Lease idle = active();
  idle.active = false;
  REQUIRE(keeper.renew(idle, 0));
  CHECK(expires_at(keeper, 0, 60'000) == -1);
  CHECK(keeper.left_ms(0) == 0);
}

TEST_CASE("lease: an older generation is refused and does not keep the lease alive") {
  LeaseKeeper keeper;
  REQUIRE(keeper.renew(active(7), 0));
  const auto refused = keeper.renew(active(6), 4'000);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::rejected);
  CHECK(expires_at(keeper, 0, 20'000) == 5'000);
}

TEST_CASE("lease: after a take-over the engine that was taken for dead is refused") {
  LeaseKeeper keeper;
  REQUIRE(keeper.renew(active(7), 0));
  REQUIRE(expires_at(keeper, 0, 20'000) == 5'000);
  keeper.end(8);
  CHECK_FALSE(keeper.expired(30'000));
  CHECK_FALSE(keeper.renew(active(7), 6'000));
  CHECK(keeper.renew(active(8), 6'000));
}

TEST_CASE("lease: time in which the guard itself stood still does not count") {
  LeaseKeeper keeper;
  REQUIRE(keeper.renew(active(), 0));
  CHECK_FALSE(keeper.expired(100));
  CHECK_FALSE(keeper.expired(60'000));  // stopped for a minute: the engine may have renewed
  CHECK(expires_at(keeper, 60'000, 80'000) == 64'600);  // the first 400 ms had counted
}

TEST_CASE("lease: what could not be done is tried again when the time is over once more") {
  LeaseKeeper keeper;
  REQUIRE(keeper.renew(active(), 0));
  REQUIRE(expires_at(keeper, 0, 20'000) == 5'000);
  keeper.rearm(8, 7'000);
  CHECK(expires_at(keeper, 7'000, 20'000) == 12'000);
  CHECK_FALSE(keeper.renew(active(7), 12'000));
}

TEST_CASE("lease: a guard that was restarted gives an active lease its whole time again") {
  LeaseKeeper keeper;
  keeper.restore(active(7), 7, 1'000'000);
  CHECK(expires_at(keeper, 1'000'000, 1'020'000) == 1'005'000);
  CHECK_FALSE(keeper.renew(active(6), 1'005'000));
}

}  // namespace
}  // namespace sluice::guard
