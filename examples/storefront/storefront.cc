// storefront: the example service. It answers / and /api/... with a small page that names its
// version, and /healthz with 200 or 503; how well it does so is in the file given as --config.
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "behaviour.h"
#include "server.h"

namespace storefront {
namespace {

constexpr int kUsage = 2;
constexpr std::size_t kConfigBytesMax = 65'536;

using Options = std::map<std::string, std::string>;

bool read_options(int argc, char** argv, Options& options) {
  for (int i = 1; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
  for (const char* name : {"--port", "--environment", "--config", "--version"}) {
    if (options[name].empty()) return false;
  }
  return options.size() == 4 && argc == 9;
}

bool read_whole(const std::string& path, std::string& text) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  text.resize(kConfigBytesMax);
  const ssize_t got = read(file, text.data(), text.size());
  close(file);
  text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return got >= 0;
}

volatile sig_atomic_t signalled = 0;

void note_signal(int) { signalled = 1; }

// What the pages say, and what goes wrong with them.
class Storefront {
 public:
  Storefront(const Behaviour& behaviour, int port, std::string version, std::string environment)
      : behaviour_(behaviour),
        errors_(behaviour.error_rate, phase_of(port)),
        slow_(behaviour.slow_rate, phase_of(port)),
        started_ms_(now_ms()),
        page_("welcome to the storefront, version " + version + ", " + environment + "\n") {}

  Answer answer(std::string_view path) {
    if (path == "/healthz") return health();
    if (path != "/" && !path.starts_with("/api/")) return {404, "no such page\n"};
    Answer answer{200, page_};
    if (behaviour_.on_signal && signalled == 0) return answer;
    if (errors_.picks_next()) answer = {500, "something is broken\n"};
    if (slow_.picks_next()) answer.delay_ms = behaviour_.slow_ms;
    return answer;
  }

 private:
  // Processes that start together shall not fail together, and none with its very first pages.
  static double phase_of(int port) {
    constexpr double kGolden = 0.6180339887;
    const double turns = port * kGolden;
    return (turns - std::floor(turns)) * 0.6;
  }

  [[nodiscard]] Answer health() const {
    const bool ill = behaviour_.healthy_ms > 0 && now_ms() - started_ms_ >= behaviour_.healthy_ms;
    return ill ? Answer{503, "ill\n"} : Answer{200, "well\n"};
  }

  Behaviour behaviour_;
  Spread errors_;
  Spread slow_;
  std::int64_t started_ms_;
  std::string page_;
};

int complain(const std::string& message) {
  std::fprintf(stderr, "storefront: %s\n", message.c_str());
  return kUsage;
}

void listen_for_faults() {
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGUSR1, &action, nullptr);
}

int stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

int run(int argc, char** argv) {
  Options options;
  if (!read_options(argc, argv, options)) {
    return complain("usage: storefront --port N --environment NAME --config FILE --version V");
  }
  const int port = std::atoi(options["--port"].c_str());
  if (port < 1 || port > 65'535) return complain("the port must be from 1 to 65535");
  std::string text;
  if (!read_whole(options["--config"], text)) {
    return complain("cannot read " + options["--config"] + ": " + std::strerror(errno));
  }
  std::string wrong;
  const auto behaviour = parse_behaviour(text, options["--environment"], wrong);
  if (!behaviour) return complain(options["--config"] + ": " + wrong);

  Storefront shop(*behaviour, port, options["--version"], options["--environment"]);
  Server server(port, [&shop](std::string_view path) { return shop.answer(path); });
  listen_for_faults();
  const int stop = stop_signals();
  if (!server.open()) return complain("cannot listen: " + std::string(std::strerror(errno)));
  std::printf("storefront %s listens on 127.0.0.1:%d\n", options["--version"].c_str(), port);
  std::fflush(stdout);
  server.run(stop);
  return 0;
}

}  // namespace
}  // namespace storefront

int main(int argc, char** argv) { return storefront::run(argc, argv); }
