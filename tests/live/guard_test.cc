// The guard and the processes of services.
#include <cstdio>
#include <filesystem>

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live/support/guard_world.h"

namespace sluice::live {
namespace {

TEST_CASE("guard: a release is started, becomes ready, and stops gracefully") {
  World world;
  world.start_guard();
  const Release release = world.good_release();
  REQUIRE(world.deployer().start(Slot::a, release, 3));
  REQUIRE(world.becomes_ready());
  const SlotState state = world.slot();
  CHECK(state.release == release.digest);
  CHECK(state.wanted == 1);
  CHECK(state.running == 1);
  CHECK(state.restarts == 0);

  const int pid = world.service_pid();
  REQUIRE(world.deployer().start(Slot::a, release, 4));  // runs already: left alone
  REQUIRE(world.deployer().stop(Slot::a, 4));
  CHECK(wait_until([&] { return world.slot().running == 0; }, 2'000));
  CHECK_FALSE(is_alive(pid));
  CHECK(world.slot().release.empty());
}

TEST_CASE("guard: a process that ignores SIGTERM is killed after its grace, not before") {
  World world;
  world.grace_ms = 500;
  world.start_guard();
  REQUIRE(world.deployer().start(Slot::a, world.good_release("stubborn"), 1));
  REQUIRE(world.becomes_ready());
  const int pid = world.service_pid();
  REQUIRE(world.deployer().stop(Slot::a, 1));
  ::usleep(300'000);
  CHECK(is_alive(pid));
  CHECK(world.slot().running == 1);
  CHECK(wait_until([&] { return world.slot().running == 0; }, 2'000));
  CHECK_FALSE(is_alive(pid));
}

TEST_CASE("guard: another release replaces the first once its processes are gone") {
  World world;
  world.start_guard();
  REQUIRE(world.deployer().start(Slot::a, world.good_release(), 1));
  REQUIRE(world.becomes_ready());
  const int before = world.service_pid();
  const Release second = world.good_release("# two");
  REQUIRE(world.deployer().start(Slot::a, second, 2));
  CHECK(wait_until([&] { return world.slot().ready == 1 && !is_alive(before); }, 5'000));
  CHECK(world.slot().release == second.digest);
  CHECK(world.service_pid() != before);
}

TEST_CASE("guard: a process that was killed is started again") {
  World world;
  world.start_guard();
  REQUIRE(world.deployer().start(Slot::a, world.good_release(), 1));
  REQUIRE(world.becomes_ready());
  const int before = world.service_pid();
  ::kill(before, SIGKILL);
  CHECK(wait_until([&] { return world.slot().restarts == 1 && world.slot().ready == 1; }, 5'000));
  CHECK(world.service_pid() != before);
  CHECK(world.slot().detail == "instance 1 was killed by signal 9");
  CHECK_FALSE(world.slot().gave_up);
}

TEST_CASE("guard: what never becomes ready is given up with the reason, and not tried on") {
  World world;
  world.start_guard();
  REQUIRE(world.deployer().start(
      Slot::a, world.release("echo start >> starts; echo 'no such table' >&2; exit 3"), 1));
  CHECK(wait_until([&] { return world.slot().gave_up; }, 5'000));
  CHECK(world.slot().detail == "instance 1 exited with status 3: no such table");
  CHECK(world.slot().running == 0);
  ::usleep(300'000);
  CHECK(read_text(world.path("starts")) == "start\nstart\nstart\nstart\nstart\n");
}

TEST_CASE("guard: a port that somebody else has is named, and his answers count for nothing") {
  World world;
  auto stranger = RealProcess::start({this_program(), "serve", std::to_string(world.port)},
                                     world.path("stranger.log"));
  REQUIRE(wait_until(
      [&] {
        return net::call({.url = fmt::format("http://127.0.0.1:{}/", world.port)}).has_value();
      },
      5'000));
  world.start_guard();
  REQUIRE(world.deployer().start(Slot::a, world.good_release(), 1));
  CHECK(wait_until([&] { return world.slot().gave_up; }, 5'000));
  CHECK(world.slot().ready == 0);
  CHECK(world.slot().detail ==
        fmt::format("instance 1 port {} is taken by another program", world.port));
}

TEST_CASE("guard: an older generation is refused and changes nothing") {
  World world;
  world.start_guard();
  REQUIRE(world.deployer().start(Slot::a, world.good_release(), 5));
  REQUIRE(world.becomes_ready());
  const auto started = world.deployer().start(Slot::a, world.good_release("# two"), 4);
  REQUIRE_FALSE(started);
  CHECK(started.error().code == ErrorCode::rejected);
  const auto stopped = world.deployer().stop(Slot::a, 4);
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().code == ErrorCode::rejected);
  CHECK(world.slot().ready == 1);
}

TEST_CASE("deployer: an artifact whose stored bytes were changed is not started") {
  World world;
  world.start_guard();
  const Release release = world.good_release();
  const std::string path =
      process::artifact_path(world.path("artifacts"), release.artifacts[0].digest);
  REQUIRE(::chmod(path.c_str(), 0700) == 0);
  write_text(path, "#!/bin/sh\nexec true\n");
  const auto started = world.deployer().start(Slot::a, release, 1);
  REQUIRE_FALSE(started);
  CHECK(started.error().code == ErrorCode::corrupt);
  CHECK(world.slot().wanted == 0);
}

TEST_CASE("guard: killed with kill -9, the next one goes on with the same processes") {
  World world;
  world.start_guard();
  REQUIRE(world.deployer().start(Slot::a, world.good_release(), 5));
  REQUIRE(world.becomes_ready());
  const int service = world.service_pid();
  world.kill_guard(SIGKILL);
  CHECK(world.guard_ends() == -1);
  CHECK(is_alive(service));

  world.start_guard();
  REQUIRE(world.becomes_ready());
  CHECK(world.service_pid() == service);
  CHECK(world.slot().restarts == 0);
  CHECK_FALSE(world.deployer().stop(Slot::a, 4));  // generations are remembered

  ::kill(service, SIGKILL);
  CHECK(wait_until([&] { return world.slot().restarts == 1 && world.slot().ready == 1; }, 5'000));
}

// How many processes run this program as the service of that port.
int servers_of(int port) {
  int count = 0;
  for (const auto& each : std::filesystem::directory_iterator("/proc")) {
    const std::string cmdline = read_text(each.path() / "cmdline");
    if (cmdline.ends_with(std::string("serve\0", 6) + std::to_string(port) + '\0')) ++count;
  }
  return count;
}

TEST_CASE("guard: killed at any moment of a start, one process serves in the end, never two") {
  for (int moment_ms = 0; moment_ms < 30; moment_ms += 3) {
    World world;
    world.start_guard();
    const Release release = world.good_release();
    static_cast<void>(world.deployer().start(Slot::a, release, 1));
    ::usleep(static_cast<useconds_t>(moment_ms) * 1'000);
    world.kill_guard(SIGKILL);
    CHECK(world.guard_ends() == -1);

    world.start_guard();
    REQUIRE(world.deployer().start(Slot::a, release, 1));
    REQUIRE(world.becomes_ready());
    CHECK(world.slot().restarts == 0);
    CHECK(servers_of(world.port) == 1);
  }
}

TEST_CASE("guard: what died while no guard ran is started by the next") {
  World world;
  world.start_guard();
  REQUIRE(world.deployer().start(Slot::a, world.good_release(), 5));
  REQUIRE(world.becomes_ready());
  const int service = world.service_pid();
  world.kill_guard(SIGKILL);
  CHECK(world.guard_ends() == -1);
  ::kill(service, SIGKILL);
  REQUIRE(wait_until([&] { return !is_alive(service); }, 2'000));

  world.start_guard();
  REQUIRE(world.becomes_ready());
  CHECK(world.service_pid() != service);
}

TEST_CASE("guard: SIGTERM ends it with status 0 and stops nothing") {
  World world;
  world.start_guard();
  REQUIRE(world.deployer().start(Slot::a, world.good_release(), 1));
  REQUIRE(world.becomes_ready());
  const int service = world.service_pid();
  world.kill_guard(SIGHUP);  // ignored
  REQUIRE(process::guard_state(world.state_folder()));
  world.kill_guard(SIGTERM);
  CHECK(world.guard_ends() == 0);
  CHECK(is_alive(service));
}

TEST_CASE("guard: a second one for the same folder ends at once and says why") {
  World world;
  world.start_guard();
  const pid_t second = world.fork_guard();
  int status = 0;
  REQUIRE(::waitpid(second, &status, 0) == second);
  CHECK(WEXITSTATUS(status) == 3);
  CHECK(read_text(world.path("guard.log")).contains("another guard serves this folder"));
  CHECK(process::guard_state(world.state_folder()));
}

TEST_CASE("guard: down stops engine and services, then the guard itself") {
  World world;
  world.start_guard();
  REQUIRE(process::start_engine(world.state_folder()));
  REQUIRE(world.deployer().start(Slot::a, world.good_release(), 1));
  REQUIRE(world.becomes_ready());
  const int service = world.service_pid();
  const int engine = world.engine_pid();
  CHECK(process::shut_down(world.state_folder(), 10'000));
  CHECK(world.guard_ends() == 0);
  CHECK_FALSE(is_alive(service));
  CHECK_FALSE(is_alive(engine));

  world.start_guard();  // and they stay stopped
  ::usleep(300'000);
  CHECK(world.slot().wanted == 0);
  CHECK(world.engine_pid() == 0);
}

TEST_CASE("guard: when its folder is removed it can be reached again, and stop what it runs") {
  World world;
  world.start_guard();
  REQUIRE(world.deployer().start(Slot::a, world.good_release(), 1));
  REQUIRE(world.becomes_ready());
  const int service = world.service_pid();
  std::filesystem::remove_all(world.state_folder());
  REQUIRE(
      wait_until([&] { return process::guard_state(world.state_folder()).has_value(); }, 5'000));
  CHECK(world.service_pid() == service);
  CHECK(is_alive(service));
  REQUIRE(process::shut_down(world.state_folder(), 10'000));
  CHECK(world.guard_ends() == 0);
  CHECK_FALSE(is_alive(service));
}

TEST_CASE("guard: what is not understood is refused as a problem and changes nothing") {
  World world;
  world.start_guard();
  const auto status = [&](const std::string& method, const std::string& target,
                          const std::string& body) {
    const auto response = net::call({.url = "http://guard" + target,
                                     .unix_socket = world.state_folder() + "/guard.sock",
                                     .method = method,
                                     .body = body});
    return response ? response->status : 0;
  };
  CHECK(status("PUT", "/v1/slots/production/a", "{") == 400);
  CHECK(status("PUT", "/v1/slots/production/a", "{}") == 400);
  CHECK(status("PUT", "/v1/slots/production/c", "{}") == 404);
  CHECK(status("PUT", "/v1/slots/../a", "{}") == 404);
  CHECK(status("DELETE", "/v1/slots/production/a", "") == 400);
  CHECK(status("POST", "/v1/lease", R"({"pid":1,"generation":1})") == 400);
  CHECK(status("POST", "/v1/lease", R"({"pid":-1,"generation":1})") == 400);
  CHECK(status("POST", "/v1/lease", R"({"pid":4000000,"generation":1})") == 400);
  CHECK(status("GET", "/v2", "") == 404);
  CHECK(world.guard_json().find("lease")->is_null());
}

TEST_CASE("client: ensure_guard starts a guard that belongs to nobody, once") {
  const TemporaryFolder folder;
  const std::string state_folder = folder / ".sluice";
  REQUIRE(process::ensure_guard(state_folder, this_program()));
  const auto first = process::guard_state(state_folder);
  REQUIRE(first);
  REQUIRE(process::ensure_guard(state_folder, this_program()));
  const auto pid_in = [](const std::string& text) {
    return codec::parse_json(text).value().integer_or("pid", 0);
  };
  CHECK(pid_in(*first) == pid_in(process::guard_state(state_folder).value()));
  CHECK(process::renew_lease(state_folder, {.generation = 1, .rescue = {}}));
  CHECK(process::shut_down(state_folder, 5'000));
  CHECK_FALSE(process::guard_state(state_folder));
  CHECK(process::shut_down(state_folder, 5'000));  // nothing to do
}

TEST_CASE("client: a guard that cannot be started is explained") {
  const TemporaryFolder folder;
  // Where the thread sanitizer watches, a child that ends writes what this program has not yet.
  std::fflush(stdout);
  const auto ensured = process::ensure_guard(folder / ".sluice", folder / "missing");
  REQUIRE_FALSE(ensured);
  CHECK(ensured.error().code == ErrorCode::unavailable);
  CHECK(ensured.error().message.contains("cannot be executed"));
}

}  // namespace
}  // namespace sluice::live
