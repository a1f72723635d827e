// pause, resume, rollback and abort, as a person types them.
#include "cli/typed_world.h"

namespace sluice::cli {
namespace {

TEST_CASE("commands: the delivery that a person names goes with the command") {
  for (const char* name : {"pause", "resume", "rollback", "abort"}) {
    World world;
    world.statuses = {status_in(Phase::soaking)};
    CHECK(world.type({name, "D-0007"}) == 0);
    CHECK(world.sent[0].contains(R"("delivery":"D-0007")"));
    CHECK(world.type({name}) == 0);
    CHECK_FALSE(world.sent[1].contains("delivery"));
  }
}

TEST_CASE("commands: a delivery that is not the active one is 2") {
  World world;
  world.statuses = {status_in(Phase::soaking)};
  world.command_answer =
      problem_response({ErrorCode::invalid_input, "the active delivery is D-0007, not D-0001"});
  CHECK(world.type({"rollback", "D-0001"}) == 2);
  CHECK(world.err.contains("the active delivery is D-0007, not D-0001"));
}

TEST_CASE("steer: each command of a person is sent with who gave it") {
  for (const char* name : {"pause", "resume", "rollback", "abort"}) {
    World world;
    world.statuses = {status_in(Phase::soaking)};
    CHECK(world.type({name}) == 0);
    REQUIRE(world.sent.size() == 1);
    CHECK(world.sent[0] == "http://engine/v1/commands {\"command\":\"" + std::string(name) +
                               "\",\"by\":\"ana (uid 1000)\"}");
    CHECK(world.out.starts_with("D-0007: "));
  }
}

TEST_CASE("steer: what does not apply now is 1, with the engine's reason") {
  World world;
  world.command_answer = problem_response({ErrorCode::conflict, "a rollback cannot be paused"});
  CHECK(world.type({"pause"}) == 1);
  CHECK(world.err.contains("a rollback cannot be paused"));
}

TEST_CASE("steer: a rollback after the end names the release that it brings back") {
  World world;
  Status brought_back = status_in(Phase::deploying);
  world.statuses = {brought_back};
  CHECK(world.type({"rollback"}) == 0);
  CHECK(world.out.contains("D-0007: brings " + brought_back.release_id));

  World going_back;
  going_back.statuses = {status_in(Phase::rolling_back)};
  CHECK(going_back.type({"rollback"}) == 0);
  CHECK(going_back.out.contains("D-0007: rolling back;"));
}

TEST_CASE("steer: rollback without an engine starts one, unless there is nothing to command") {
  World world;
  world.engine_runs = false;
  world.service.delivery = Delivery{};
  CHECK(world.type({"rollback"}) == 0);
  CHECK(world.engines_started == 1);

  World empty;
  empty.engine_runs = false;
  CHECK(empty.type({"rollback"}) == 1);
  CHECK(empty.engines_started == 0);
  CHECK(empty.err.contains("no delivery was ever started here"));
}

}  // namespace
}  // namespace sluice::cli
