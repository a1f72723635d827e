// The guard and the engine: kept running, and replaced for a moment when it is silent.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guard/acts.h"
#include "live/support/guard_world.h"

namespace sluice::live {
namespace {

TEST_CASE("guard: an engine that is killed is started again, one that exits with 0 is not") {
  World world;
  world.engine_is("echo \"$@\" >> engine.starts; exec sleep 100");
  world.start_guard();
  REQUIRE(process::start_engine(world.state_folder()));
  REQUIRE(process::start_engine(world.state_folder()));  // idempotent
  REQUIRE(wait_until([&] { return world.engine_pid() != 0; }, 2'000));
  const int first = world.engine_pid();
  REQUIRE(wait_until([&] { return !read_text(world.path("engine.starts")).empty(); }, 2'000));
  CHECK(read_text(world.path("engine.starts")) ==
        "engine --folder " + world.path("").substr(0, world.path("").size() - 1) + "\n");

  world.engine_is("exit 0");
  ::kill(first, SIGKILL);
  CHECK(wait_until(
      [&] {
        const Json engine = *world.guard_json().find("engine");
        return !engine.boolean_or("wanted", true) && engine.integer_or("restarts", 0) == 1;
      },
      3'000));
  ::usleep(300'000);
  CHECK(world.engine_pid() == 0);
  CHECK(world.guard_json().find("engine")->string_or("last_end", "") == "exited with status 0");
}

TEST_CASE("guard: an engine that is silent is killed, and its traffic goes back") {
  World world;
  // Holds the engine's lock for as long as it lives, as an engine does.
  world.engine_is("exec flock .sluice/engine.lock sleep 100");
  world.start_guard();
  REQUIRE(world.deployer().start(Slot::a, world.good_release(), 7));
  REQUIRE(world.becomes_ready());
  const int service = world.service_pid();
  REQUIRE(process::start_engine(world.state_folder()));
  REQUIRE(wait_until([&] { return world.engine_pid() != 0; }, 2'000));
  const int silent = world.engine_pid();
  for (int i = 0; i < 5; ++i) {  // longer than it is valid
    CHECK(world.renew(silent, 7, true) == 200);
    ::usleep(200'000);
  }
  CHECK(world.applied().empty());

  REQUIRE(wait_until([&] { return !world.applied().empty(); }, 5'000));
  CHECK(world.applied() == "a 0 8\n");
  REQUIRE(
      wait_until([&] { return world.engine_pid() != 0 && world.engine_pid() != silent; }, 3'000));
  CHECK_FALSE(is_alive(silent));
  const auto acts = guard::read_acts(world.state_folder());
  REQUIRE(acts);
  REQUIRE(acts->size() == 1);
  CHECK(acts->at(0).generation == 8);
  CHECK(acts->at(0).detail == "engine silent for 600 ms; production: all traffic at slot a");

  CHECK(world.renew(world.engine_pid(), 7, true) == 422);  // as one that was taken for dead
  CHECK_FALSE(world.deployer().stop(Slot::a, 7));
  CHECK(world.service_pid() == service);
  CHECK(world.slot().ready == 1);
}

TEST_CASE("guard: an engine that gives its lease up is not waited for") {
  World world;
  world.engine_is("exec flock .sluice/engine.lock sleep 100");
  world.start_guard();
  REQUIRE(process::start_engine(world.state_folder()));
  REQUIRE(wait_until([&] { return world.engine_pid() != 0; }, 2'000));
  const int engine = world.engine_pid();
  CHECK(world.renew(engine, 7, true, true) == 200);  // a minute would be left of it
  REQUIRE(wait_until([&] { return !world.applied().empty(); }, 10'000));
  CHECK(world.applied() == "a 0 8\n");
  CHECK(wait_until([&] { return !is_alive(engine); }, 1'000));
}

TEST_CASE("guard: without a delivery a silent engine is no reason to touch traffic") {
  World world;
  world.start_guard();
  REQUIRE(process::start_engine(world.state_folder()));
  REQUIRE(wait_until([&] { return world.engine_pid() != 0; }, 2'000));
  const int engine = world.engine_pid();
  CHECK(world.renew(engine, 7, false) == 200);
  ::usleep(1'500'000);
  CHECK(world.applied().empty());
  CHECK(world.engine_pid() == engine);
  CHECK(guard::read_acts(world.state_folder()).value().empty());
}

TEST_CASE("guard: an engine that crashes and renews in time keeps its delivery") {
  World world;
  world.start_guard();
  REQUIRE(process::start_engine(world.state_folder()));
  REQUIRE(wait_until([&] { return world.engine_pid() != 0; }, 2'000));
  const int first = world.engine_pid();
  CHECK(world.renew(first, 7, true) == 200);
  ::kill(first, SIGKILL);
  REQUIRE(wait_until([&] { return world.engine_pid() != 0 && world.engine_pid() != first; }, 500));
  const int second = world.engine_pid();
  for (int i = 0; i < 5; ++i) {
    CHECK(world.renew(second, 7, true) == 200);
    ::usleep(200'000);
  }
  CHECK(world.applied().empty());
  CHECK(world.engine_pid() == second);
  CHECK(world.renew(second, 7, false) == 200);
}

TEST_CASE("guard: a lease outlives the guard that granted it") {
  World world;
  world.engine_is("exec flock .sluice/engine.lock sleep 100");
  world.start_guard();
  REQUIRE(process::start_engine(world.state_folder()));
  REQUIRE(wait_until([&] { return world.engine_pid() != 0; }, 2'000));
  const int engine = world.engine_pid();
  CHECK(world.renew(engine, 7, true) == 200);
  world.kill_guard(SIGKILL);
  CHECK(world.guard_ends() == -1);
  CHECK(is_alive(engine));
  world.start_guard();
  CHECK(world.engine_pid() == engine);
  REQUIRE(wait_until([&] { return !world.applied().empty(); }, 5'000));
  CHECK(world.applied() == "a 0 8\n");
  CHECK(wait_until([&] { return !is_alive(engine); }, 1'000));
}

}  // namespace
}  // namespace sluice::live
