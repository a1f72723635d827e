#include "adapters/notify/command_notifier.h"

#include <array>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "codec/json.h"
#include "net/system_error.h"

namespace sluice::notify {
namespace {

constexpr std::size_t kSaidBytesMax = 4'096;
constexpr int kReadsMax = 128;                // twice what a pipe holds
constexpr std::size_t kTextBytesMax = 4'000;  // with the rest it fits into a pipe at once

struct Pipe {
  net::Descriptor read;
  net::Descriptor write;
};

Result<Pipe> open_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
    return net::system_error("opening", "a pipe");
  return Pipe{net::Descriptor(ends[0]), net::Descriptor(ends[1])};
}

std::string json_of(const Notice& notice) {
  codec::Json json(codec::Json::Object{});
  json.set("service", notice.service.text);
  json.set("delivery", notice.delivery.text);
  json.set("subject", notice.subject);
  json.set("text", printable(notice.text, kTextBytesMax));
  json.set("since_unix_ms", notice.since.unix_ms);
  return json.dump() + "\n";
}

// The last line of what was printed.
std::string last_line(std::string_view said) {
  said = trim(said);
  const std::size_t end = said.rfind('\n');
  return printable(end == std::string_view::npos ? said : said.substr(end + 1), 200);
}

void read_some(int descriptor, std::string& said) {
  std::array<char, 1'024> part{};
  for (int i = 0; i < kReadsMax; ++i) {
    const ssize_t got = ::read(descriptor, part.data(), part.size());
    if (got <= 0) return;
    said.append(part.data(), static_cast<std::size_t>(got));
    if (said.size() > kSaidBytesMax) said.erase(0, said.size() - kSaidBytesMax);
  }
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

CommandNotifier::~CommandNotifier() {
  for (const auto& [id, run] : runs_) {
    ::kill(-run.process, SIGKILL);
    ::waitpid(run.process, nullptr, 0);
  }
}

Result<bool> CommandNotifier::notify(std::uint64_t id, const Notice& notice, Tick now) {
  const auto found = runs_.find(id);
  if (found == runs_.end()) {
    Run run = SLUICE_TRY(start(notice, now));
    runs_.emplace(id, std::move(run));
    return false;
  }
  Result<bool> taken = look(found->second, now);
  if (!taken || *taken) runs_.erase(found);
  return taken;
}

Result<CommandNotifier::Run> CommandNotifier::start(const Notice& notice, Tick now) const {
  const Pipe input = SLUICE_TRY(open_pipe());
  Pipe output = SLUICE_TRY(open_pipe());
  const std::string json = json_of(notice);
  if (::write(input.write.number(), json.data(), json.size()) != std::ssize(json)) {
    return net::system_error("writing to", "a pipe");
  }
  // The program waits for its input: not for us, who never wait.
  ::fcntl(input.read.number(), F_SETFL, 0);
  ::fcntl(output.write.number(), F_SETFL, 0);
  std::vector<std::string> words = spec_.command;
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const Attributes attributes(input, output);
  Run run{.output = std::move(output.read), .said = {}, .begun = now};
  const int number = ::posix_spawnp(&run.process, argv.front(), attributes.files(),
                                    attributes.attributes(), argv.data(), environ);
  if (number == 0) return run;
  errno = number;
  const auto error = net::system_error("starting", printable(words.front(), 200));
  return fail(ErrorCode::unavailable, error.error().message);
}

Result<bool> CommandNotifier::look(Run& run, Tick now) const {
  read_some(run.output.number(), run.said);
  int status = 0;
  if (::waitpid(run.process, &status, WNOHANG) == 0) {
    if (now - run.begun >= spec_.timeout_ms) {
      run.timed_out = true;
      ::kill(-run.process, SIGKILL);
    }
    return false;
  }
  read_some(run.output.number(), run.said);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
  std::string why = fmt::format("the command to call people exited with status {}",
                                WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  if (WIFSIGNALED(status)) {
    why = fmt::format("the command to call people was ended by signal {}", WTERMSIG(status));
  }
  if (run.timed_out) {
    why = "the command to call people took longer than " + duration_text(spec_.timeout_ms);
  }
  const std::string said = last_line(run.said);
  return fail(ErrorCode::unavailable, said.empty() ? why : why + ": " + said);
}

}  // namespace sluice::notify
