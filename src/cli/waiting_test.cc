#include "cli/waiting.h"

#include <doctest/doctest.h>

namespace sluice::cli {
namespace {

constexpr Tick kNow{1'000'000};

Status standing_at(Reason reason, Phase phase, Tick deadline = kNow + 30 * kSecondMs) {
  Status status;
  status.now = kNow;
  status.phase = phase;
  status.standing = {reason, "", kNow, deadline};
  return status;
}

TEST_CASE("waiting: what follows a deadline depends on whether the way back is rehearsed or real") {
  CHECK(time_left(standing_at(Reason::shifting_back, Phase::rolling_back)) ==
        "otherwise in 30 s the second way back is used; retries go on");
  CHECK(time_left(standing_at(Reason::shifting_back, Phase::drilling)) ==
        "otherwise in 30 s the drill has failed, and the release is rolled back");
}

TEST_CASE("waiting: a return that has traffic goes on at its deadlines") {
  Status status = standing_at(Reason::soaking, Phase::soaking);
  CHECK(time_left(status) == "otherwise in 30 s the release is rolled back");

  status.never_gives_up = true;
  CHECK(time_left(status) == "otherwise in 30 s people are called; the return goes on");
}

TEST_CASE("waiting: a wait without a deadline says nothing of one") {
  CHECK(time_left(standing_at(Reason::rollback_blocked, Phase::rolling_back, {})).empty());
}

}  // namespace
}  // namespace sluice::cli
