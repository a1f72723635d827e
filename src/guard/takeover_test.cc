#include "guard/takeover.h"

#include <filesystem>

#include <doctest/doctest.h>
#include <stdlib.h>
#include <unistd.h>

#include "guard/acts.h"

namespace sluice::guard {
namespace {

struct Folder {
  Folder() { REQUIRE(::mkdtemp(path.data()) != nullptr); }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path = "/tmp/sluice-takeover-XXXXXX";
};

// What a data plane holds, and what it was asked for.
struct Plane {
  RouterState state{.routing = {Slot::a, Share(2'500)},
                    .generation = 7,
                    .live_servers = {2, 2},
                    .in_flight = {},
                    .identity = "1"};
  bool reachable = true;
  std::string unstored;  // once something was applied
  int applied = 0;
  std::string act_on_disk;  // when it was first asked to change
  std::string folder;
};

class PlaneRouter final : public Router {
 public:
  explicit PlaneRouter(Plane& plane) : plane_(plane) {}
  Result<RouterState> observe() override {
    if (!plane_.reachable) return fail(ErrorCode::unavailable, "haproxy does not answer");
    return plane_.state;
  }
  Result<void> apply(const Routing& routing, std::uint64_t generation) override {
    if (plane_.applied++ == 0) {
      const auto acts = read_acts(plane_.folder);
      plane_.act_on_disk = acts && !acts->empty() ? acts->back().detail : "";
    }
    if (generation < plane_.state.generation) return fail(ErrorCode::rejected, "older");
    plane_.state.routing = routing;
    plane_.state.generation = generation;
    plane_.state.unstored = plane_.unstored;
    return {};
  }

 private:
  Plane& plane_;
};

struct World {
  World() { plane.folder = folder.path; }
  [[nodiscard]] Takeover takeover() {
    Lease lease{.pid = 42, .generation = 7, .valid_ms = 5'000, .active = true, .rescue = {}};
    lease.given_up = given_up;
    lease.rescue.push_back({.environment = {"production"}, .haproxy = {}, .baseline = Slot::a});
    return {folder.path, lease,
            [this](const RescueTarget&) -> Result<std::unique_ptr<Router>> {
              return std::make_unique<PlaneRouter>(plane);
            },
            Tick{1'000}};
  }
  Folder folder;
  Plane plane;
  bool given_up = false;
};

// Until it is over, in steps of 20 ms; how long that took.
std::int64_t run(Takeover& takeover, std::int64_t most_ms) {
  for (std::int64_t now = 0; now <= most_ms; now += 20) {
    if (takeover.step(now)) return now;
  }
  return -1;
}

TEST_CASE("take-over: all traffic goes back under a newer generation, announced before it moves") {
  World world;
  Takeover takeover = world.takeover();
  CHECK(run(takeover, 100) == 0);
  CHECK(takeover.complete());
  CHECK(world.plane.state.routing == Routing{Slot::a, Share::none()});
  CHECK(world.plane.state.generation == 8);
  CHECK(world.plane.act_on_disk ==
        "began: engine silent for 5 s, taking traffic back; production was: baseline a, 25 % to "
        "slot b");

  const auto acts = read_acts(world.folder.path);
  REQUIRE(acts);
  REQUIRE(acts->size() == 1);
  CHECK(acts->at(0).generation == 8);
  CHECK(acts->at(0).at == Tick{1'000});
  CHECK(acts->at(0).detail == "engine silent for 5 s; production: all traffic at slot a");
  CHECK(EngineLock::take(world.folder.path));  // given back
}

TEST_CASE("take-over: from an engine that gave its lease up, and that is what is written down") {
  World world;
  world.given_up = true;
  Takeover takeover = world.takeover();
  CHECK(run(takeover, 100) == 0);
  CHECK(takeover.report().detail ==
        "the engine gave its lease up; production: all traffic at slot a");
}

TEST_CASE("take-over: a router that has seen a newer generation is still obeyed by it") {
  World world;
  world.plane.state.generation = 9;
  Takeover takeover = world.takeover();
  CHECK(run(takeover, 100) == 0);
  CHECK(takeover.complete());
  CHECK(takeover.report().generation == 10);
}

TEST_CASE("take-over: a baseline without a live server gets no traffic, and the report says so") {
  World world;
  world.plane.state.live_servers = {0, 2};
  Takeover takeover = world.takeover();
  CHECK(run(takeover, 10'000) == 3'000);
  CHECK_FALSE(takeover.complete());
  CHECK(world.plane.applied == 0);
  CHECK(takeover.report().detail ==
        "engine silent for 5 s; production: left as it is: baseline slot a has no live server");
}

TEST_CASE("take-over: a baseline that comes back within three seconds gets the traffic") {
  World world;
  world.plane.state.live_servers = {0, 2};
  Takeover takeover = world.takeover();
  REQUIRE_FALSE(takeover.step(0));
  world.plane.state.live_servers = {1, 2};
  CHECK_FALSE(takeover.step(100));
  CHECK(takeover.step(200));
  CHECK(takeover.complete());
}

TEST_CASE("take-over: a router that does not answer is left, and the report says so") {
  World world;
  world.plane.reachable = false;
  Takeover takeover = world.takeover();
  CHECK(run(takeover, 10'000) == 3'000);
  CHECK_FALSE(takeover.complete());
  CHECK(takeover.report().detail ==
        "engine silent for 5 s; production: left as it is: haproxy does not answer");
}

TEST_CASE("take-over: while somebody holds the engine's lock nothing is touched") {
  World world;
  Takeover takeover = world.takeover();
  auto held = EngineLock::take(world.folder.path);
  REQUIRE(held);
  CHECK(run(takeover, 4'000) == -1);
  CHECK(world.plane.applied == 0);
  CHECK(read_acts(world.folder.path).value().empty());

  {
    const EngineLock given_back = *std::move(held);
  }
  CHECK(takeover.step(4'020));
  CHECK(takeover.complete());
}

TEST_CASE("take-over: what an earlier one did is kept for the next engine until it forgets") {
  World world;
  Takeover first = world.takeover();
  REQUIRE(run(first, 100) == 0);
  Takeover second = world.takeover();
  REQUIRE(run(second, 100) == 0);
  const auto acts = read_acts(world.folder.path);
  REQUIRE(acts);
  REQUIRE(acts->size() == 2);
  CHECK(acts->at(1).generation == 9);
  REQUIRE(forget_acts(world.folder.path));
  CHECK(read_acts(world.folder.path).value().empty());
  CHECK(forget_acts(world.folder.path));
}

TEST_CASE("take-over: a full disk delays no traffic, and no engine comes before the report") {
  World world;
  // A folder where the file should be: it cannot be replaced.
  const std::string in_the_way = world.folder.path + "/guard-acts.json";
  std::filesystem::create_directories(in_the_way + "/full");
  Takeover takeover = world.takeover();
  CHECK_FALSE(takeover.step(0));
  CHECK(world.plane.state.routing == Routing{Slot::a, Share::none()});
  CHECK(run(takeover, 60'000) == -1);
  CHECK_FALSE(EngineLock::take(world.folder.path));

  std::filesystem::remove_all(in_the_way);
  CHECK(takeover.step(61'000));
  CHECK(EngineLock::take(world.folder.path));
  const auto acts = read_acts(world.folder.path);
  REQUIRE(acts);
  REQUIRE(acts->size() == 1);
  CHECK(acts->at(0).generation == 8);
  CHECK(acts->at(0).detail == "engine silent for 5 s; production: all traffic at slot a");
}

TEST_CASE("take-over: traffic that a restart of HAProxy would bring back is not called back") {
  World world;
  world.plane.unstored = "map file keeps 25 % for slot b";
  Takeover takeover = world.takeover();
  CHECK_FALSE(takeover.step(0));
  CHECK(world.plane.state.routing == Routing{Slot::a, Share::none()});
  CHECK(run(takeover, 10'000) == 3'000);
  CHECK_FALSE(takeover.complete());
  CHECK(takeover.report().detail ==
        "engine silent for 5 s; production: all traffic at slot a, until HAProxy restarts: map "
        "file keeps 25 % for slot b");
}

}  // namespace
}  // namespace sluice::guard
