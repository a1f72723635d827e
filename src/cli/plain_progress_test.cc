#include "cli/plain_progress.h"

#include <doctest/doctest.h>

namespace sluice::cli {
namespace {

Status at_first_stage() {
  Status status;
  status.now = Tick{1'790'000'000'000};
  status.delivering = true;
  status.delivery = {"D-0007"};
  status.phase = Phase::soaking;
  status.environments = {{{"production"}, Share(500), false, true}};
  status.environment = {"production"};
  status.stages = 4;
  status.stage_share = Share(500);
  status.soak_left_ms = kMinuteMs;
  status.standing.reason = Reason::soaking;
  return status;
}

Told after(const Status& status) { return tell({}, status).told; }

}  // namespace

TEST_CASE("plain progress: the first status is told with where, what and when") {
  const Telling telling = tell({}, at_first_stage());
  REQUIRE(telling.lines.size() == 1);
  CHECK(telling.lines[0] ==
        "2026-09-21T14:13:20Z D-0007 production stage 1 of 4: soaking (production 5 %)");
}

TEST_CASE("plain progress: nothing is told while nothing changes, then one line every 5 s") {
  Status status = at_first_stage();
  const Told told = after(status);
  status.now = status.now + 4'999;
  CHECK(tell(told, status).lines.empty());
  status.now = status.now + 1;
  status.soak_left_ms = 55 * kSecondMs;
  const Telling due = tell(told, status);
  REQUIRE(due.lines.size() == 1);
  CHECK(due.lines[0].ends_with("production stage 1 of 4: soaking, soak left 55 s"));
  CHECK(tell(due.told, status).lines.empty());
}

TEST_CASE("plain progress: a share below the stage's is told beside its cap") {
  Status status = at_first_stage();
  status.phase = Phase::shifting;
  status.standing.reason = Reason::ramping;
  status.soak_left_ms = 0;
  status.environments[0].share = Share(33);
  const Told told = after(status);
  status.now = status.now + 5'000;
  const Telling due = tell(told, status);
  REQUIRE(due.lines.size() == 1);
  CHECK(due.lines[0].ends_with("stage 1 of 4: ramping, share 0.33 % of at most 5 %"));
}

TEST_CASE("plain progress: another stage and another reason are told at once") {
  Status status = at_first_stage();
  const Told told = after(status);
  status.stage = 1;
  CHECK(tell(told, status).lines.size() == 1);

  status = at_first_stage();
  status.standing = {Reason::telemetry_error, "no line for 4 s", {}, status.now + 56'000};
  const Telling blind = tell(told, status);
  REQUIRE(blind.lines.size() == 1);
  CHECK(
      blind.lines[0].ends_with("standing still: telemetry_error: the telemetry cannot be trusted "
                               "(no line for 4 s); otherwise "
                               "in 56 s the release is rolled back"));
}

TEST_CASE("plain progress: a rollback says why, and the end says how it went") {
  Status status = at_first_stage();
  const Told told = after(status);
  status.phase = Phase::rolling_back;
  status.rollback = "trigger error_rate";
  status.standing.reason = Reason::shifting_back;
  const Telling back = tell(told, status);
  REQUIRE(back.lines.size() == 2);
  CHECK(back.lines[0].ends_with("rolling back: trigger error_rate"));

  status.delivering = false;
  status.phase = Phase::rolled_back;
  status.environments[0].share = Share::none();
  const Telling end = tell(back.told, status);
  REQUIRE(end.lines.size() == 1);
  CHECK(end.lines[0].ends_with("rolled back: production 0 %"));
}

TEST_CASE("plain progress: resistance is told once, and foreign text is made safe") {
  Status status = at_first_stage();
  const Told told = after(status);
  status.resisting = {"set_share: \x1b[2J refused"};
  const Telling first = tell(told, status);
  REQUIRE(first.lines.size() == 1);
  CHECK(first.lines[0].ends_with("resisting: set_share: ?[2J refused"));
  CHECK(tell(first.told, status).lines.empty());
}

}  // namespace sluice::cli
