#include "cli/live_view.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "cli/styled_line.h"

namespace sluice::cli {
namespace {

constexpr Tick kNow{1'790'000'000'000};

// Production, stage 2 of 4, 25 %, soaking, everything fine. Each situation changes something.
Status soaking() {
  Status status;
  status.service = {"storefront"};
  status.now = kNow;
  status.delivering = true;
  status.delivery = {"D-0007"};
  status.release_id = "REL-2026-008";
  status.release_title = "Storefront 1.4.0";
  status.release = sha256("release");
  status.phase = Phase::soaking;
  status.started = kNow + -12 * kMinuteMs;
  status.environments = {{{"development"}, Share::none(), true, false},
                         {{"staging"}, Share::none(), true, false},
                         {{"production"}, Share(2'500), false, true}};
  status.environment = {"production"};
  status.stage = 1;
  status.stages = 4;
  status.stage_name = "early adopters";
  status.stage_share = Share(2'500);
  status.soak_left_ms = 130 * kSecondMs;
  status.standing = {Reason::soaking, "", kNow + -170 * kSecondMs, kNow + kHourMs};
  for (const Trigger trigger : kTriggers) status.readings.of(trigger).reading = Reading::healthy;
  status.readings.of(Trigger::error_rate).evidence = "0.11 % errors against 0.1 %; odds 1.3 : 1";
  status.readings.of(Trigger::health_check).evidence = "5 of 5 instances healthy";
  status.canary = {{12'340, 13, 40}, 103.2, 0.0005, 0.0021, 0.001, 0.009};
  status.baseline = {{37'013, 37, 111}, 311, 0.0007, 0.0013, 0.0021, 0.0042};
  status.judge.judged = true;
  status.judge.has_baseline = true;
  status.judge.harm_odds = 1.3;
  status.judge.promotion_odds = 12;
  status.judge.promotion_missing = "about 310 more requests of the canary";
  status.judge.groups = "5 canary servers, leave-one-out";
  return status;
}

Status deploying() {
  Status status = soaking();
  status.phase = Phase::deploying;
  status.environments = {{{"development"}, Share::none(), false, true},
                         {{"staging"}, Share::none(), false, false},
                         {{"production"}, Share::none(), false, false}};
  status.environment = {"development"};
  status.stage = 0;
  status.stages = 1;
  status.stage_name = "all";
  status.stage_share = Share::whole();
  status.started = kNow + -3 * kSecondMs;
  status.standing = {Reason::starting_canary, "3 of 5 processes are ready", kNow + -3 * kSecondMs,
                     kNow + 117 * kSecondMs};
  status.readings = {};
  status.judge = {};
  status.canary = {};
  status.baseline = {};
  return status;
}

TEST_CASE("live view: gauges are shown where there are some, and why no samples come") {
  const auto drawn = [](const Status& status) {
    std::string all;
    for (const std::string& line : draw(status, 120, false)) all += line + "\n";
    return all;
  };
  Status status = soaking();
  CHECK_FALSE(drawn(status).contains("gauges"));
  status.judge.gauges = "requests waiting: 38 in 1 process beside 2 to 5 in 5 processes";
  CHECK(drawn(status).contains("gauges              requests waiting: 38 in 1 process"));
  status.judge.gauges_trouble = "the metrics server does not answer";
  CHECK(drawn(status).contains("                    the metrics server does not answer"));
}

Status gathering_evidence() {
  Status status = soaking();
  status.soak_left_ms = 0;
  status.standing.reason = Reason::gathering_evidence;
  status.standing.detail = "error rate: 310 of 440 requests; p99: enough";
  return status;
}

Status telemetry_gone() {
  Status status = soaking();
  status.standing = {Reason::telemetry_error,
                     "no line for 4 s while HAProxy counted 1,204 requests", kNow + -4 * kSecondMs,
                     kNow + 56 * kSecondMs};
  status.readings.of(Trigger::error_rate) = {
      Reading::error, "no line for 4 s while HAProxy counted 1,204 requests"};
  status.readings.of(Trigger::p99).reading = Reading::error;
  return status;
}

Status rolling_back() {
  Status status = soaking();
  status.phase = Phase::rolling_back;
  status.stage = 0;
  status.stage_name = "canary";
  status.environments[2].share = Share(500);
  status.stage_share = Share(500);
  status.canary.counts = {214, 11, 1};
  status.canary.error_low = 0.021;
  status.canary.error_high = 0.11;
  status.judge.harm_odds = 4'210;
  status.judge.blame = "error_rate";
  status.readings.of(Trigger::error_rate) = {Reading::breached,
                                             "5.1 % errors against 0.1 %; odds 4,210 : 1"};
  status.rollback =
      "trigger error_rate in production, stage 1: 5.1 % errors against 0.1 %; odds 4,210 : 1, "
      "the line is 1,000 : 1";
  status.standing = {Reason::shifting_back, "", kNow + -20, kNow + 30 * kSecondMs};
  return status;
}

Status rollback_blocked() {
  Status status = rolling_back();
  status.rollback_blocked = true;
  status.standing = {Reason::rollback_blocked, "", kNow + -90 * kSecondMs, {}};
  status.resisting = {
      "set_share production baseline=a share=0 %: haproxy socket "
      "`/run/haproxy/production.sock`: connection refused"};
  return status;
}

Status done() {
  Status status = soaking();
  status.delivering = false;
  status.phase = Phase::done;
  status.ended = kNow;
  status.environments[2] = {{"production"}, Share::none(), true, false};
  status.standing.reason = Reason::ended;
  return status;
}

Status no_baseline() {
  Status status = soaking();
  status.paused = true;
  status.phase = Phase::validating;
  status.judge.has_baseline = false;
  status.judge.groups = "off: 1 group, 3 are needed";
  status.environments[2].share = Share::whole();
  status.standing = {Reason::paused, "by ana (uid 1000)", kNow + -5 * kMinuteMs,
                     kNow + 55 * kMinuteMs};
  return status;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

std::string contents(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void check_golden(const std::string& name, const Status& status) {
  for (const int columns : {80, 120}) {
    const std::vector<std::string> lines = draw(status, columns, false);
    for (const std::string& line : lines) CHECK(display_width(line) <= columns);
    const std::string path =
        fmt::format("{}/tests/golden/live_view/{}_{}.txt", SLUICE_SOURCE_DIR, name, columns);
    if (std::getenv("SLUICE_ACCEPT") != nullptr) std::ofstream(path) << joined(lines);
    CHECK_MESSAGE(joined(lines) == contents(path), path);
  }
}

}  // namespace

TEST_CASE("live view: a rollback that was blocked is not called blocked after its end") {
  Status status = rollback_blocked();
  status.delivering = false;
  status.phase = Phase::rolled_back;
  const std::string page = joined(draw(status, 120, false));
  CHECK(page.contains("it was blocked past its deadline"));
  CHECK_FALSE(page.contains("retries go on"));
}

TEST_CASE("live view: each situation is drawn as its golden file shows") {
  check_golden("deploying", deploying());
  check_golden("soaking", soaking());
  check_golden("gathering_evidence", gathering_evidence());
  check_golden("telemetry_gone", telemetry_gone());
  check_golden("rolling_back", rolling_back());
  check_golden("rollback_blocked", rollback_blocked());
  check_golden("done", done());
  check_golden("paused_without_baseline", no_baseline());
}

TEST_CASE("live view: no width however small and no text however long breaks a line") {
  Status status = rollback_blocked();
  status.rollback = std::string(3'000, 'x');
  status.service.text = std::string(500, 'y');
  status.readings.of(Trigger::p99).evidence = "日本語の長い説明 " + std::string(400, 'z');
  for (const int columns : {20, 37, 40, 61, 80, 132}) {
    for (const bool colour : {false, true}) {
      for (const std::string& line : draw(status, columns, colour)) {
        CHECK(display_width(line) <= columns);
      }
    }
  }
}

TEST_CASE("live view: colour adds escapes and changes no word") {
  std::string coloured = joined(draw(rolling_back(), 100, true));
  CHECK(coloured.contains("\x1b["));
  for (std::size_t at = coloured.find('\x1b'); at != std::string::npos;
       at = coloured.find('\x1b')) {
    coloured.erase(at, coloured.find('m', at) + 1 - at);
  }
  CHECK(coloured == joined(draw(rolling_back(), 100, false)));
}

TEST_CASE("live view: foreign text cannot steer the terminal") {
  Status status = rolling_back();
  status.rollback = "x\x1b[2J";
  status.readings.of(Trigger::p99).evidence = "\x1b]0;title\x07";
  CHECK_FALSE(joined(draw(status, 100, false)).contains("\x1b"));
}

TEST_CASE("live view: a rate that is not known yet is not told as none") {
  Status status = soaking();
  status.canary.requests_per_second.reset();
  const std::string drawn = joined(draw(status, 100, false));
  CHECK(drawn.contains("canary    …         12,340"));
  CHECK(drawn.contains("baseline  311 /s"));
  status.canary.requests_per_second = 0;
  CHECK(joined(draw(status, 100, false)).contains("canary    0 /s"));
}

TEST_CASE("live view: a share below the stage's has its cap beside it, and only then") {
  Status status = soaking();
  CHECK_FALSE(joined(draw(status, 100, false)).contains("cap"));
  status.phase = Phase::shifting;
  status.environments[2].share = Share(33);
  CHECK(joined(draw(status, 100, false)).contains("share 0.33 %, cap 25 %"));
}

TEST_CASE("live view: without any delivery it says so") {
  Status status;
  status.service = {"storefront"};
  status.adoption = "running";
  CHECK(draw(status, 80, false) ==
        std::vector<std::string>{"storefront  no delivery yet", "adoption            running"});
}

}  // namespace sluice::cli
