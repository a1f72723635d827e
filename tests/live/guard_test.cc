// The guard with real processes: this program is also the service, `serve <port> [stubborn]`, and
// the guard that ensure_guard() starts, `guard --folder <folder>`.
#include "guard/guard.h"

#include <array>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/process/artifact_store.h"
#include "adapters/process/client.h"
#include "adapters/process/process_deployer.h"
#include "base/text.h"
#include "codec/json.h"
#include "guard/acts.h"
#include "live/support/real_process.h"
#include "net/http_client.h"

namespace sluice {
namespace {

using codec::Json;
using live::wait_until;

// ---- the service -------------------------------------------------------------------------------

[[noreturn]] void serve(int port, bool stubborn) {
  ::alarm(120);  // nothing of a test stays for ever
  if (stubborn) ::signal(SIGTERM, SIG_IGN);
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<in_port_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) ::_exit(9);
  ::listen(listener, 16);
  for (;;) {
    const int peer = ::accept(listener, nullptr, nullptr);
    std::array<char, 4'096> request{};
    if (::read(peer, request.data(), request.size()) > 0) {
      constexpr std::string_view kAnswer =
          "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      [[maybe_unused]] const ssize_t sent = ::write(peer, kAnswer.data(), kAnswer.size());
    }
    ::close(peer);
  }
}

// ---- the router: files in the state folder, so that the test sees what the guard did ------------

class FileRouter final : public Router {
 public:
  explicit FileRouter(std::string folder) : folder_(std::move(folder)) {}
  Result<RouterState> observe() override {
    RouterState state{.routing = {Slot::a, Share(2'500)},
                      .generation = 1,
                      .live_servers = {1, 1},
                      .in_flight = {},
                      .identity = "1"};
    if (!live::read_text(folder_ + "/applied").empty()) state.routing.share = Share::none();
    return state;
  }
  Result<void> apply(const Routing& routing, std::uint64_t generation) override {
    std::ofstream(folder_ + "/applied", std::ios::app)
        << to_text(routing.baseline) << ' ' << routing.share.bp() << ' ' << generation << '\n';
    return {};
  }

 private:
  std::string folder_;
};

guard::GuardOptions options_for(const std::string& folder, const std::string& program) {
  return {.state_folder = folder + "/.sluice",
          .program = program,
          .open_router =
              [folder](const guard::RescueTarget& target) -> Result<std::unique_ptr<Router>> {
            if (target.haproxy.socket != "/run/production.sock") {
              return fail(ErrorCode::invalid_input, "another socket");
            }
            return std::make_unique<FileRouter>(folder);
          }};
}

// Before main(): this very program in another role.
const bool kIsTest = [] {
  std::ifstream file("/proc/self/cmdline");
  std::vector<std::string> argv;
  for (std::string word; std::getline(file, word, '\0');) argv.push_back(word);
  if (argv.size() >= 3 && argv[1] == "serve") {
    serve(static_cast<int>(parse_integer(argv[2]).value_or(0)), argv.size() > 3);
  }
  if (argv.size() == 4 && argv[1] == "guard") {
    ::alarm(120);
    ::_exit(guard::run(options_for(argv[3], "/bin/false")));
  }
  return true;
}();

std::string this_program() {
  std::array<char, 4'096> path{};
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
  REQUIRE(length > 0);
  return {path.data(), static_cast<std::size_t>(length)};
}

// ---- a folder with a guard ---------------------------------------------------------------------

class World {
 public:
  World() {
    REQUIRE(kIsTest);
    REQUIRE(::mkdir(state_folder().c_str(), 0700) == 0);
    engine_is("exec sleep 100");
    port = live::free_port();
  }
  ~World() {
    if (!pid_) start_guard();
    CHECK(process::shut_down(state_folder(), 20'000));
    if (pid_) CHECK(guard_ends() == 0);
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }
  [[nodiscard]] std::string state_folder() const { return path(".sluice"); }

  void engine_is(const std::string& script) const {
    live::write_text(path("program"), "#!/bin/sh\n" + script + "\n");
    REQUIRE(::chmod(path("program").c_str(), 0700) == 0);
  }

  void start_guard() {
    pid_ = fork_guard();
    REQUIRE(wait_until([this] { return process::guard_state(state_folder()).has_value(); }, 5'000));
  }
  [[nodiscard]] pid_t fork_guard() const {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child > 0) return child;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setsid();
    const int log = ::open(path("guard.log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(log, 2);
    ::_exit(guard::run(options_for(folder_.path(), path("program"))));
  }
  void kill_guard(int signal) const { ::kill(*pid_, signal); }
  // Its exit status; -1 when it was killed.
  int guard_ends() {
    int status = 0;
    REQUIRE(::waitpid(*pid_, &status, 0) == *pid_);
    pid_.reset();
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  [[nodiscard]] process::ProcessDeployer deployer() const {
    EnvironmentSpec environment;
    environment.name = {"production"};
    environment.process.command = {"{artifact.server}", "{port}"};
    environment.process.ports_a = {port};
    environment.process.stop_grace_ms = grace_ms;
    return {state_folder() + "/guard.sock", environment, {"storefront"}, path("artifacts")};
  }
  [[nodiscard]] Release release(const std::string& script) const {
    live::write_text(path("server"), "#!/bin/sh\n" + script + "\n");
    const auto artifact = process::store_artifact(path("artifacts"), path("server"), "server");
    REQUIRE(artifact);
    return {.id = "REL-1",
            .title = "One",
            .digest = release_digest({*artifact}),
            .artifacts = {*artifact}};
  }
  [[nodiscard]] Release good_release(const std::string& more = "") const {
    return release("exec " + this_program() + " serve $1 " + more);
  }

  [[nodiscard]] SlotState slot() const { return deployer().observe(Slot::a).value_or(SlotState{}); }
  [[nodiscard]] bool becomes_ready() const {
    return wait_until([this] { return slot().ready == 1; }, 10'000);
  }
  // The process that serves in slot a, as guard.json has it.
  [[nodiscard]] int service_pid() const {
    const auto json = codec::parse_json(live::read_text(state_folder() + "/guard.json"));
    REQUIRE(json);
    const Json& first = json->find("slots")->array()->at(0);
    return static_cast<int>(first.find("running")->array()->at(0).integer_or("pid", 0));
  }
  [[nodiscard]] Json guard_json() const {
    const auto text = process::guard_state(state_folder());
    REQUIRE(text);
    return codec::parse_json(*text).value();
  }
  [[nodiscard]] int engine_pid() const {
    return static_cast<int>(guard_json().find("engine")->integer_or("pid", 0));
  }
  // As the engine would, in its name.
  [[nodiscard]] int renew(int engine, int generation, bool active) const {
    const std::string body = fmt::format(
        R"({{"pid":{},"generation":{},"valid_ms":600,"active":{},"rescue":[{{"environment":)"
        R"("production","socket":"/run/production.sock","baseline":"a"}}]}})",
        engine, generation, active);
    const auto response = net::call({.url = "http://guard/v1/lease",
                                     .unix_socket = state_folder() + "/guard.sock",
                                     .method = "POST",
                                     .body = body});
    REQUIRE(response);
    return response->status;
  }
  [[nodiscard]] std::string applied() const { return live::read_text(path("applied")); }

  int port = 0;
  std::int64_t grace_ms = 5'000;

 private:
  live::TemporaryFolder folder_;
  std::optional<pid_t> pid_;
};

bool is_alive(int pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(stat, text);
  return !text.empty() && !text.contains(") Z ");
}

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
  CHECK(live::read_text(world.path("starts")) == "start\nstart\nstart\nstart\nstart\n");
}

TEST_CASE("guard: a port that somebody else has is named, and his answers count for nothing") {
  World world;
  auto stranger = live::RealProcess::start({this_program(), "serve", std::to_string(world.port)},
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
  live::write_text(path, "#!/bin/sh\nexec true\n");
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
  CHECK(live::read_text(world.path("guard.log")).contains("another guard serves this folder"));
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

TEST_CASE("guard: an engine that is killed is started again, one that exits with 0 is not") {
  World world;
  world.engine_is("echo \"$@\" >> engine.starts; exec sleep 100");
  world.start_guard();
  REQUIRE(process::start_engine(world.state_folder()));
  REQUIRE(process::start_engine(world.state_folder()));  // idempotent
  REQUIRE(wait_until([&] { return world.engine_pid() != 0; }, 2'000));
  const int first = world.engine_pid();
  REQUIRE(wait_until([&] { return !live::read_text(world.path("engine.starts")).empty(); }, 2'000));
  CHECK(live::read_text(world.path("engine.starts")) ==
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
  const live::TemporaryFolder folder;
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
  const live::TemporaryFolder folder;
  const auto ensured = process::ensure_guard(folder / ".sluice", folder / "missing");
  REQUIRE_FALSE(ensured);
  CHECK(ensured.error().code == ErrorCode::unavailable);
  CHECK(ensured.error().message.contains("cannot be executed"));
}

}  // namespace
}  // namespace sluice
