// deliver and drill, followed to their end or left.
#include "cli/typed_world.h"

namespace sluice::cli {
namespace {

using codec::Json;

TEST_CASE("deliver: carried to the end it exits with 0 and prints the verdict") {
  World world;
  world.statuses = {status_in(Phase::deploying), status_in(Phase::soaking), status_in(Phase::done)};
  CHECK(world.type({"deliver", world.contract}) == 0);
  CHECK(world.engines_started == 1);
  REQUIRE(world.sent.size() == 1);
  CHECK(world.sent[0].contains("\"by\":\"ana (uid 1000)\",\"supersede\":false"));
  CHECK(world.out.contains("D-0007 production stage 1 of 2: soaking"));
  CHECK(world.out.contains("D-0007 done after 1 min"));
  CHECK_FALSE(world.out.contains("\x1b"));
}

// A drill that has ended so.
int drill_that_ended(World& world, Verdict verdict) {
  world.statuses = {status_in(Phase::drilling), status_in(Phase::rolled_back)};
  world.statuses.back().rollback = "engine_silent: traffic was put back";
  world.verdict.clauses = {{.clause = Clause::pre_rollback_tested,
                            .verdict = verdict,
                            .code = "drilled",
                            .why = "traffic was back after 41 ms"}};
  return world.type({"drill", world.contract});
}

TEST_CASE("drill: 0 when it was back in time and well, and says how long it took") {
  World world;
  CHECK(drill_that_ended(world, Verdict::pass) == 0);
  REQUIRE(world.sent.size() == 1);
  CHECK(world.sent[0].contains("\"drill\":true"));
  CHECK(world.out.contains("production stage 1 of 2: rehearsing the rollback"));
  CHECK(world.out.contains("pre.rollback.tested"));
  CHECK(world.out.contains("traffic was back after 41 ms"));
}

TEST_CASE("drill: 1 when the way back failed, 3 when that is not known") {
  World failed;
  CHECK(drill_that_ended(failed, Verdict::fail) == 1);
  World cut_short;
  CHECK(drill_that_ended(cut_short, Verdict::inconclusive) == 3);
  CHECK(cut_short.out.contains("is no evidence: engine_silent: traffic was put back"));
}

TEST_CASE("deliver: rolled back it exits with 1 and says why") {
  World world;
  Status back = status_in(Phase::rolled_back);
  back.rollback = "trigger error_rate: 5.1 % errors";
  back.canary.counts = {214, 11, 1};
  world.statuses = {status_in(Phase::soaking), back};
  CHECK(world.type({"deliver", world.contract}) == 1);
  CHECK(world.out.contains("D-0007 rolled back after 1 min"));
  CHECK(world.out.contains("why: trigger error_rate: 5.1 % errors"));
  CHECK(world.out.contains("214 requests, 11 with errors"));
}

TEST_CASE("deliver: why it went back is broken into lines that fit the terminal") {
  World world;
  world.context.terminal.columns = 60;
  Status back = status_in(Phase::rolled_back);
  back.rollback = "error_rate: 4.9 % of 386 requests failed (2 to 9.8 %), baseline 0 % of 7,298";
  world.statuses = {back};
  CHECK(world.type({"deliver", world.contract}) == 1);
  CHECK(
      world.out.contains("  why: error_rate: 4.9 % of 386 requests failed (2 to 9.8\n       %),"));
}

TEST_CASE("deliver: refused by the policy it exits with 1 and names the clauses") {
  World world;
  codec::Problem problem = codec::problem_of({ErrorCode::rejected, "refused"});
  problem.more.set("clauses", Json(Json::Array{codec::to_json(ClauseVerdict{
                                  Clause::progression_order, Verdict::fail, "skipped",
                                  "staging is left out", "name every environment", 3})}));
  world.delivery_answer = net::Response{.status = 422,
                                        .content_type = std::string(codec::kProblemMediaType),
                                        .body = codec::encode(problem)};
  CHECK(world.type({"deliver", world.contract}) == 1);
  CHECK(world.out.contains("progression.order"));
  CHECK(world.out.contains("staging is left out"));
  CHECK(world.out.contains("name every environment"));
  CHECK(world.err.contains("refuses this delivery: progression.order is FAIL;"));
}

TEST_CASE("deliver: while another delivery is active it exits with 1 and names that one") {
  World world;
  world.delivery_answer = problem_response({ErrorCode::conflict, "D-0006 is under way"});
  CHECK(world.type({"deliver", world.contract}) == 1);
  CHECK(world.err.contains("D-0006 is under way"));
}

TEST_CASE("deliver: a contract that does not exist is 2, and no engine is started for it") {
  World world;
  CHECK(world.type({"deliver", "/nowhere/at/all.md"}) == 2);
  CHECK(world.engines_started == 0);
  CHECK(world.err.contains("there is no contract `/nowhere/at/all.md`"));
}

TEST_CASE("deliver: detached it comes back at once") {
  World world;
  CHECK(world.type({"deliver", world.contract, "--detach"}) == 0);
  CHECK(world.slept_ms == 0);
  CHECK(world.out.contains("D-0007 is under way"));
}

TEST_CASE("deliver: supersede waits until the first delivery is back, then follows its own") {
  World world;
  Status going_back = status_in(Phase::rolling_back, "D-0006");
  Status back = status_in(Phase::rolled_back, "D-0006");
  going_back.requested = back.requested = {"D-0007"};
  world.statuses = {going_back, back, status_in(Phase::done)};
  CHECK(world.type({"deliver", world.contract, "--supersede"}) == 0);
  CHECK(world.sent[0].contains(R"("supersede":true)"));
  CHECK(world.out.contains("D-0007 done"));
}

TEST_CASE("deliver: a superseding request that was dropped ends with words and 1") {
  World world;
  Status waiting = status_in(Phase::rolling_back, "D-0006");
  waiting.requested = {"D-0007"};
  world.statuses = {waiting, waiting, status_in(Phase::rolled_back, "D-0006")};
  CHECK(world.type({"deliver", world.contract, "--supersede"}) == 1);
  CHECK(world.err.contains("D-0007 never began: its request was dropped while D-0006 went back"));
}

TEST_CASE("deliver: artifacts are stored before the engine is asked, and told by their digests") {
  World world;
  world.statuses = {status_in(Phase::done)};
  world.stored.contract.revision_digest = sha256("contract");
  world.stored.release.artifacts = {{"server", "build/server", sha256("server")}};
  world.reads = {1LL << 20U, 300LL << 20U, 400LL << 20U, 600LL << 20U};
  CHECK(world.type({"deliver", world.contract}) == 0);
  CHECK(
      world.out.starts_with("reading artifact `server`: 300 MiB so far\n"
                            "reading artifact `server`: 600 MiB so far\n"));
  CHECK(world.sent[0].contains("\"revision\":\"" + sha256("contract").hex + "\""));
  CHECK(world.sent[0].contains(R"("artifacts":[{"name":"server","digest":")" +
                               sha256("server").hex + "\"}]"));
}

TEST_CASE("deliver: an artifact that cannot be read is 2, and no engine is started for it") {
  World world;
  world.stored.complaints = {{"c.md", {3, 1}, "artifact `server`: not there", "build it"}};
  CHECK(world.type({"deliver", world.contract}) == 2);
  CHECK(world.engines_started == 0);
  CHECK(world.sent.empty());
  CHECK(world.err.contains("artifact `server`: not there"));
}

TEST_CASE("deliver: superseded by a later one it says how its own ended") {
  World world;
  world.statuses = {status_in(Phase::soaking), status_in(Phase::deploying, "D-0008")};
  Outcome outcome;
  outcome.delivery = {"D-0007"};
  outcome.phase = Phase::rolled_back;
  world.service.outcomes = {outcome};
  CHECK(world.type({"deliver", world.contract}) == 1);
  CHECK(world.out.contains("D-0007 rolled back; a later delivery is under way"));
}

TEST_CASE("deliver: Ctrl-C leaves the view, commands nothing, and says how to go on") {
  World world;
  world.statuses = {status_in(Phase::soaking)};
  world.interrupt_at_ms = 1'000;
  CHECK(world.type({"deliver", world.contract}) == 0);
  CHECK(world.sent.size() == 1);
  CHECK(world.out.contains("D-0007 goes on; `sluice status` shows it, `sluice abort D-0007`"));
}

TEST_CASE("deliver: an engine that is gone for a while is asked again, one gone for good is 3") {
  World world;
  world.statuses = {status_in(Phase::soaking)};
  world.context.sleep = [&world](std::int64_t ms) {
    world.slept_ms += ms;
    world.engine_runs = world.slept_ms < 1'000 || world.slept_ms > 8'000;
    if (world.slept_ms > 9'000) world.statuses = {status_in(Phase::done)};
  };
  CHECK(world.type({"deliver", world.contract}) == 0);
  CHECK(world.out.contains("no answer from the engine"));

  World lost;
  lost.lose_engine();
  CHECK(lost.type({"deliver", lost.contract}) == 3);
  CHECK(lost.slept_ms > 9'000);
  CHECK(lost.slept_ms < 12'000);
  CHECK(lost.err.contains("lost contact with the engine"));
  CHECK(lost.err.contains("the guard starts it again, or takes the traffic back"));
}

TEST_CASE("deliver, drill: after `sluice down` nobody is said to watch the traffic") {
  for (const char* command : {"deliver", "drill"}) {
    World world;
    world.lose_engine();
    world.context.guard_answers = [] { return false; };
    CHECK(world.type({command, world.contract}) == 3);
    CHECK(world.err.contains("nobody watches the traffic; `sluice pause`"));
    CHECK_FALSE(world.err.contains("takes the traffic back"));
  }
}

TEST_CASE("deliver: on a terminal the view is drawn in place") {
  World world;
  world.context.terminal = {.interactive = true, .colour = false, .columns = 80, .rows = 40};
  world.statuses = {status_in(Phase::soaking), status_in(Phase::soaking), status_in(Phase::done)};
  CHECK(world.type({"deliver", world.contract}) == 0);
  CHECK(world.out.contains("\x1b[2Kstorefront  D-0007  soaking"));
  CHECK(world.out.contains("A\x1b[2Kstorefront  D-0007"));
}

}  // namespace
}  // namespace sluice::cli
