#include "guard/guard.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "guard/duty.h"
#include "guard/handlers.h"
#include "net/system_error.h"
#include "net/descriptor.h"
#include "net/event_loop.h"
#include "net/http_server.h"

namespace sluice::guard {
namespace {

constexpr std::int64_t kStepUs = 20'000;
constexpr int kLockTries = 50;  // half a second
constexpr net::ServerLimits kLimits{.body_bytes_max = 16U << 20U};

std::int64_t now_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000 + now.tv_nsec / 1'000'000;
}

// Else a file opened later could become standard output and be written to.
void open_standard_streams() {
  int descriptor = 0;
  while (descriptor >= 0 && descriptor <= 2) descriptor = ::open("/dev/null", O_RDWR);
  if (descriptor > 2) ::close(descriptor);
}

Result<void> make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return net::system_error("creating", path);
  return {};
}

Result<net::Descriptor> lock(const std::string& state_folder) {
  const std::string path = state_folder + "/guard.lock";
  net::Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file.is_open()) return net::system_error("opening", path);
  // A child of a guard that was just killed has its lock, too, until it runs its own program.
  for (int i = 0; i < kLockTries; ++i) {
    if (::flock(file.number(), LOCK_EX | LOCK_NB) == 0) return file;
    if (errno != EWOULDBLOCK) return net::system_error("locking", path);
    ::usleep(10'000);
  }
  return fail(ErrorCode::conflict, path + ": another guard serves this folder");
}

Result<void> serve(const GuardOptions& options) {
  SLUICE_TRY(make_folder(options.state_folder));
  SLUICE_TRY(make_folder(options.state_folder + "/output"));
  const net::Descriptor held = SLUICE_TRY(lock(options.state_folder));
  const std::unique_ptr<Duty> duty = SLUICE_TRY(Duty::open(options, now_ms()));
  net::EventLoop loop;
  const auto server = SLUICE_TRY(net::HttpServer::open(
      loop, "unix:" + options.state_folder + "/guard.sock",
      [&](const net::Request& request) { return answer(*duty, request, now_ms()); }, kLimits));
  loop.on_signal([&](int) { loop.stop(); });
  loop.every(kStepUs, [&] {
    duty->step(now_ms());
    if (duty->is_down()) loop.stop();
  });
  loop.run();
  return {};
}

}  // namespace

int run(const GuardOptions& options) {
  open_standard_streams();
  ::signal(SIGHUP, SIG_IGN);
  ::signal(SIGPIPE, SIG_IGN);
  const auto served = serve(options);
  if (served) return 0;
  fmt::print(stderr, "sluice guard: {}\n", served.error().message);
  return 3;
}

}  // namespace sluice::guard
