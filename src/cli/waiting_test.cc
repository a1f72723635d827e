#include "cli/waiting.h"

#include <doctest/doctest.h>

namespace sluice::cli {
namespace {

constexpr Tick kNow{1'000'000};

TEST_CASE("waiting: what follows a deadline depends on whether the way back is rehearsed or real") {
  const Standing back{Reason::shifting_back, "", kNow, kNow + 30 * kSecondMs};

  CHECK(time_left(back, kNow, Phase::rolling_back) ==
        "otherwise in 30 s the second way back is used; retries go on");
  CHECK(time_left(back, kNow, Phase::drilling) ==
        "otherwise in 30 s the drill has failed, and the release is rolled back");
}

TEST_CASE("waiting: a wait without a deadline says nothing of one") {
  CHECK(time_left({Reason::rollback_blocked, "", kNow, {}}, kNow, Phase::rolling_back).empty());
}

}  // namespace
}  // namespace sluice::cli
