// A state folder with a real guard and real processes, for one test program each: the program that
// includes this is also the service, `serve <port> [stubborn]`, and the guard that ensure_guard()
// starts, `guard --folder <folder>`.
#pragma once

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
#include "guard/guard.h"
#include "live/support/real_process.h"
#include "net/http_client.h"

namespace sluice::live {

using codec::Json;

[[noreturn]] inline void serve(int port, bool stubborn) {
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

class FileRouter final : public Router {
 public:
  explicit FileRouter(std::string folder) : folder_(std::move(folder)) {}
  Result<RouterState> observe() override {
    RouterState state{.routing = {Slot::a, Share(2'500)},
                      .generation = 1,
                      .live_servers = {1, 1},
                      .in_flight = {},
                      .identity = "1"};
    if (!read_text(folder_ + "/applied").empty()) state.routing.share = Share::none();
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

inline guard::GuardOptions options_for(const std::string& folder, const std::string& program) {
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
inline const bool kIsTest = [] {
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

inline std::string this_program() {
  std::array<char, 4'096> path{};
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
  REQUIRE(length > 0);
  return {path.data(), static_cast<std::size_t>(length)};
}

class World {
 public:
  World() {
    REQUIRE(kIsTest);
    REQUIRE(::mkdir(state_folder().c_str(), 0700) == 0);
    engine_is("exec sleep 100");
    port = free_port();
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
    write_text(path("program"), "#!/bin/sh\n" + script + "\n");
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
    write_text(path("server"), "#!/bin/sh\n" + script + "\n");
    const auto artifact = process::store_artifact(path("artifacts"), path("server"), "server");
    REQUIRE(artifact);
    return {.id = "REL-1",
            .title = "One",
            .digest = release_digest({.artifacts = {*artifact}}),
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
    const auto json = codec::parse_json(read_text(state_folder() + "/guard.json"));
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
  [[nodiscard]] int renew(int engine, int generation, bool active, bool given_up = false) const {
    const std::string body = fmt::format(
        R"({{"pid":{},"generation":{},"valid_ms":{},"active":{},"given_up":{},"rescue":)"
        R"([{{"environment":"production","socket":"/run/production.sock","baseline":"a"}}]}})",
        engine, generation, given_up ? 60'000 : 600, active, given_up);
    const auto response = net::call({.url = "http://guard/v1/lease",
                                     .unix_socket = state_folder() + "/guard.sock",
                                     .method = "POST",
                                     .body = body});
    REQUIRE(response);
    return response->status;
  }
  [[nodiscard]] std::string applied() const { return read_text(path("applied")); }

  int port = 0;
  std::int64_t grace_ms = 5'000;

 private:
  TemporaryFolder folder_;
  std::optional<pid_t> pid_;
};

inline bool is_alive(int pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(stat, text);
  return !text.empty() && !text.contains(") Z ");
}

}  // namespace sluice::live
