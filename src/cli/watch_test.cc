// status, explain, verdict and log, as a person types them.
#include "cli/typed_world.h"

namespace sluice::cli {
namespace {

TEST_CASE("status: drawn from the engine, or given as JSON") {
  World world;
  world.statuses = {status_in(Phase::soaking)};
  CHECK(world.type({"status"}) == 0);
  CHECK(world.out.contains("D-0007  soaking"));
  CHECK(world.err.empty());

  world.out.clear();
  CHECK(world.type({"status", "--json"}) == 0);
  CHECK(codec::decode_status(world.out));
}

TEST_CASE("status: without an engine the ledger answers, and it is said that it does") {
  World world;
  world.engine_runs = false;
  world.service.name = {"storefront"};
  CHECK(world.type({"status"}) == 0);
  CHECK(world.out.contains("storefront  no delivery yet"));
  CHECK(world.err.contains("no engine is running"));
}

TEST_CASE("status: a delivery that nobody watches comes with what to do about it") {
  World world;
  world.engine_runs = false;
  Delivery delivery;
  delivery.phase = Phase::soaking;
  delivery.plan.environments = {{}};
  delivery.plan.environments[0].stages = {{}};
  world.service.delivery = delivery;
  CHECK(world.type({"status"}) == 0);
  CHECK(world.err.contains("no engine answers although a delivery is under way"));
  CHECK(world.err.contains("nobody watches it"));
  CHECK(world.err.contains("`sluice rollback` takes it back now"));
}

TEST_CASE("explain: says reason, what ends the wait and what happens at the deadline") {
  World world;
  Status status = status_in(Phase::soaking);
  status.standing = {Reason::telemetry_error, "no line for 4 s", status.now + -4'000,
                     status.now + 56'000};
  world.statuses = {status};
  CHECK(world.type({"explain"}) == 0);
  CHECK(world.out.contains("telemetry_error: the telemetry cannot be trusted"));
  CHECK(world.out.contains("no line for 4 s"));
  CHECK(world.out.contains("telemetry that is whole and live again"));
  CHECK(world.out.contains("otherwise in 56 s the release is rolled back"));
  CHECK(world.out.contains("critical_alert      no_data"));
}

TEST_CASE("explain: a rollback without a deadline is tried without end, and not left alone") {
  World world;
  Status status = status_in(Phase::rolling_back);
  status.standing = {Reason::rollback_blocked, "", status.now + -4'000, {}};
  world.statuses = {status};
  CHECK(world.type({"explain"}) == 0);
  CHECK(world.out.contains("none: the way back is tried without end"));
}

TEST_CASE("explain: while requests are counted it says what is missing now, not at the beginning") {
  World world;
  Status status = status_in(Phase::validating);
  status.standing.reason = Reason::validating;
  status.standing.detail = "about 530 more requests";
  status.judge = {.judged = true, .promotion_odds = 20, .promotion_odds_line = 100};
  status.judge.promotion_missing = "about 310 more requests";
  world.statuses = {status};
  CHECK(world.type({"explain"}) == 0);
  CHECK(world.out.contains("needed: about 310 more requests"));
  CHECK_FALSE(world.out.contains("530"));

  World later;
  status.judge.promotion_odds = 200;
  status.judge.promotion_missing.clear();
  later.statuses = {status};
  CHECK(later.type({"explain"}) == 0);
  CHECK(later.out.contains("there is enough evidence"));
}

TEST_CASE("explain: after a rollback it says what caused it and what was counted") {
  World world;
  Status status = status_in(Phase::rolled_back);
  status.rollback = "trigger error_rate in production, stage 1: 5.1 % errors";
  status.canary.counts = {214, 11, 1};
  world.statuses = {status};
  CHECK(world.type({"explain"}) == 0);
  CHECK(world.out.contains("trigger error_rate in production"));
  CHECK(world.out.contains("214 requests, 11 with errors"));
}

TEST_CASE("status, explain, verdict: a past delivery is shown by its id, an unknown one is 2") {
  for (const char* name : {"status", "explain", "verdict"}) {
    World world;
    world.statuses = {status_in(Phase::soaking, "D-0007")};
    Delivery past;
    past.id = {"D-0003"};
    past.phase = Phase::rolled_back;
    past.plan.release.id = "REL-2026-003";
    past.plan.environments = {{.name = {"production"}, .stages = {{"all", Share::whole(), 0}}}};
    past.progress.resize(1);
    world.service.delivery = past;
    world.service.environments = {{.name = {"production"}}};
    CHECK(world.type({name, "D-0003"}) != 2);
    const bool named = world.out.contains("D-0003") || std::string_view(name) == "verdict";
    CHECK_MESSAGE(named, world.out);
    CHECK(world.err.empty());
    CHECK(world.type({name, "D-0004"}) == 2);
    CHECK(world.err.contains("there is no delivery D-0004"));
  }
}

TEST_CASE("log: a damaged ledger is 3, and comes with what to do") {
  World world;
  world.context.read_log = [](std::uint64_t, std::size_t) -> Result<std::vector<LogLine>> {
    return fail(ErrorCode::corrupt, "ledger: is damaged");
  };
  CHECK(world.type({"log"}) == 3);
  CHECK(world.err.contains("ledger: is damaged"));
  CHECK(world.err.contains("comes back from a copy"));
}

TEST_CASE("log: one line for each record, the last N, or JSON") {
  World world;
  for (std::uint64_t seq = 1; seq <= 3; ++seq) {
    world.log.push_back({seq, Tick{1'790'000'000'000}, Paused{"ana"}, sha256("x")});
  }
  CHECK(world.type({"log"}) == 0);
  CHECK(world.out.contains("     1 2026-09-21T14:13:20Z paused"));
  CHECK(std::ranges::count(world.out, '\n') == 3);

  world.out.clear();
  CHECK(world.type({"log", "-n", "2"}) == 0);
  CHECK_FALSE(world.out.contains("     1 2026"));
  CHECK(std::ranges::count(world.out, '\n') == 2);

  world.out.clear();
  CHECK(world.type({"log", "--json", "--number", "1"}) == 0);
  const auto json = codec::parse_json(world.out.substr(0, world.out.find('\n')));
  REQUIRE(json);
  CHECK(json->integer_or("seq", 0) == 3);
  REQUIRE(json->find("event") != nullptr);
  CHECK(json->find("event")->string_or("event", "") == "paused");
}

TEST_CASE("log verify: a broken chain is 1 and says where; one that holds says what is not found") {
  World world;
  world.check = {12, sha256("head"), std::nullopt, ""};
  CHECK(world.type({"log", "verify"}) == 0);
  CHECK(world.out.contains("the chain holds: 12 records, head " + sha256("head").hex));
  CHECK(world.out.contains("only once signed checkpoints exist"));

  World broken;
  broken.check = {12, {}, 7, "the digest does not match"};
  CHECK(broken.type({"log", "verify"}) == 1);
  CHECK(broken.out.contains("BROKEN: record 7: the digest does not match"));

  World damaged;
  damaged.unreadable = Error{ErrorCode::corrupt, "is damaged: database disk image is malformed"};
  CHECK(damaged.type({"log", "verify"}) == 1);
  CHECK(damaged.out.contains("BROKEN: is damaged"));
}

TEST_CASE("verdict: what the engine says, as JSON too") {
  World world;
  CHECK(world.type({"verdict", "--output", "json"}) == 0);
  CHECK(world.out == codec::to_json(DeliveryVerdict{}).dump() + "\n");
}

}  // namespace
}  // namespace sluice::cli
