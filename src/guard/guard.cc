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
#include "net/descriptor.h"
#include "net/event_loop.h"
#include "net/http_server.h"
#include "net/system_error.h"

namespace sluice::guard {
namespace {

constexpr std::int64_t kStepUs = 20'000;
constexpr std::int64_t kLookUs = 200'000;
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
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return net::system_error("creating", path);
  return {};
}

std::string lock_path(const std::string& state_folder) { return state_folder + "/guard.lock"; }

// Whether the file at that path is still the one that is open.
bool is_at(const net::Descriptor& file, const std::string& path) {
  struct stat open{};
  struct stat there{};
  return ::fstat(file.number(), &open) == 0 && ::stat(path.c_str(), &there) == 0 &&
         open.st_dev == there.st_dev && open.st_ino == there.st_ino;
}

Result<net::Descriptor> lock(const std::string& state_folder, int tries) {
  const std::string path = lock_path(state_folder);
  net::Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file.is_open()) return net::system_error("opening", path);
  // A child of a guard that was just killed has its lock, too, until it runs its own program.
  for (int i = 0; i < tries; ++i) {
    if (i > 0) ::usleep(10'000);
    if (::flock(file.number(), LOCK_EX | LOCK_NB) == 0) return file;
    if (errno != EWOULDBLOCK) return net::system_error("locking", path);
  }
  return fail(ErrorCode::conflict, path + ": another guard serves this folder");
}

// A guard at its post: the lock on its folder, what it keeps running, and the socket to ask it.
class Post {
 public:
  explicit Post(const GuardOptions& options) : options_(options) {}

  Result<void> take() {
    SLUICE_TRY(make_folders());
    lock_ = SLUICE_TRY(lock(options_.state_folder, kLockTries));
    duty_ = SLUICE_TRY(Duty::open(options_, now_ms()));
    return listen();
  }

  void stand() {
    loop_.on_signal([&](int) { loop_.stop(); });
    loop_.every(kStepUs, [&] {
      duty_->step(now_ms());
      if (duty_->is_down()) loop_.stop();
    });
    loop_.every(kLookUs, [&] { stay_reachable(); });
    loop_.run();
  }

 private:
  [[nodiscard]] Result<void> make_folders() const {
    SLUICE_TRY(make_folder(options_.state_folder));
    return make_folder(options_.state_folder + "/output");
  }

  Result<void> listen() {
    server_.reset();
    server_ = SLUICE_TRY(net::HttpServer::open(
        loop_, "unix:" + options_.state_folder + "/guard.sock",
        [&](const net::Request& request) { return answer(*duty_, request, now_ms()); }, kLimits));
    return {};
  }

  // Services go on when somebody removes the folder, so their guard must be found again: else a
  // second one would start, and nobody could ever stop what this one runs.
  void stay_reachable() {
    if (is_at(lock_, lock_path(options_.state_folder))) return;
    if (const auto again = begin_anew(); !again) {
      if (!told_) fmt::print(stderr, "sluice guard: {}\n", again.error().message);
      told_ = true;
    } else {
      told_ = false;
    }
  }

  Result<void> begin_anew() {
    SLUICE_TRY(make_folders());
    lock_ = SLUICE_TRY(lock(options_.state_folder, 1));
    SLUICE_TRY(duty_->write_anew());
    return listen();
  }

  const GuardOptions& options_;
  net::EventLoop loop_;  // outlives the server
  net::Descriptor lock_;
  std::unique_ptr<Duty> duty_;
  std::unique_ptr<net::HttpServer> server_;
  bool told_ = false;
};

Result<void> serve(const GuardOptions& options) {
  Post post(options);
  SLUICE_TRY(post.take());
  post.stand();
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
