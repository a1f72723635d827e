#include "net/child_process.h"

#include <array>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/text.h"
#include "net/system_error.h"

namespace sluice::net {
namespace {

constexpr std::size_t kSaidBytesMax = 4'096;
constexpr int kReadsMax = 128;  // twice what a pipe holds

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Result<Pipe> open_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return system_error("opening", "a pipe");
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

// What a spawned process begins with: its pipes, a group of its own, no signal blocked.
class Attributes {
 public:
  Attributes(const Pipe& input, const Pipe& output) {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawn_file_actions_adddup2(&files_, input.read.number(), 0);
    ::posix_spawn_file_actions_adddup2(&files_, output.write.number(), 1);
    ::posix_spawn_file_actions_adddup2(&files_, output.write.number(), 2);
    ::posix_spawnattr_init(&attributes_);
    sigset_t none;
    ::sigemptyset(&none);
    sigset_t usual;
    ::sigemptyset(&usual);
    ::sigaddset(&usual, SIGPIPE);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &usual);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~Attributes() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;

  [[nodiscard]] const posix_spawn_file_actions_t* files() const { return &files_; }
  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

Result<ChildProcess> ChildProcess::start(std::vector<std::string> words, std::string_view input) {
  SLUICE_ASSERT(!words.empty());
  const Pipe in = SLUICE_TRY(open_pipe());
  Pipe out = SLUICE_TRY(open_pipe());
  if (::write(in.write.number(), input.data(), input.size()) != std::ssize(input)) {
    return system_error("writing to", "a pipe");
  }
  // The program waits for its input: not for us, who never wait.
  ::fcntl(in.read.number(), F_SETFL, 0);
  ::fcntl(out.write.number(), F_SETFL, 0);
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const Attributes attributes(in, out);
  pid_t process = 0;
  const int number = ::posix_spawnp(&process, argv.front(), attributes.files(),
                                    attributes.attributes(), argv.data(), environ);
  if (number == 0) return ChildProcess(process, std::move(out.read));
  errno = number;
  const auto error = system_error("starting", printable(words.front(), 200));
  return fail(ErrorCode::unavailable, error.error().message);
}

ChildProcess::~ChildProcess() {
  if (process_ == 0) return;
  kill();
  ::waitpid(process_, nullptr, 0);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : process_(std::exchange(other.process_, 0)),
      output_(std::move(other.output_)),
      said_(std::move(other.said_)),
      ending_(std::move(other.ending_)),
      ended_well_(other.ended_well_) {}

std::optional<std::string> ChildProcess::ended() {
  if (process_ == 0) return ending_;
  read_some();
  int status = 0;
  if (::waitpid(process_, &status, WNOHANG) == 0) return std::nullopt;
  process_ = 0;
  read_some();
  ended_well_ = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  ending_ = WIFSIGNALED(status)
                ? fmt::format("was ended by signal {}", WTERMSIG(status))
                : fmt::format("exited with status {}", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  return ending_;
}

std::string ChildProcess::last_line() const {
  const std::string_view said = trim(said_);
  const std::size_t end = said.rfind('\n');
  return printable(end == std::string_view::npos ? said : said.substr(end + 1), 200);
}

void ChildProcess::kill() {
  if (process_ != 0) ::kill(-process_, SIGKILL);
}

void ChildProcess::read_some() {
  std::array<char, 1'024> part{};
  for (int i = 0; i < kReadsMax; ++i) {
    const ssize_t got = ::read(output_.number(), part.data(), part.size());
    if (got <= 0) return;
    said_.append(part.data(), static_cast<std::size_t>(got));
    if (said_.size() > kSaidBytesMax) said_.erase(0, said_.size() - kSaidBytesMax);
  }
}

}  // namespace sluice::net
