#include "guard/live_process.h"

#include <array>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/text.h"
#include "guard/durable_file.h"
#include "net/reset_signals.h"
#include "net/system_error.h"

extern char** environ;

namespace sluice::guard {
namespace {

// glibc 2.36 declares these without C linkage, so they are called by number.
int open_pidfd(int pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }
void signal_pidfd(int pidfd, int signal) {
  ::syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0);
}

// Everything that the child needs, made before the fork: between fork and exec a child may do
// nothing but plain system calls.
struct Prepared {
  std::vector<std::string> variables;
  std::vector<char*> argv;
  std::vector<char*> environment;
  net::Descriptor input;
  net::Descriptor output;
};

void fill(std::vector<char*>& pointers, const std::vector<std::string>& words) {
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
}

std::vector<std::string> merged_variables(const std::map<std::string, std::string>& own) {
  std::vector<std::string> all;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view inherited = *each;
    if (!own.contains(std::string(inherited.substr(0, inherited.find('='))))) {
      all.emplace_back(inherited);
    }
  }
  for (const auto& [name, value] : own) all.push_back(name + "=" + value);
  return all;
}

Result<void> prepare(const Launch& launch, Prepared& prepared) {
  SLUICE_ASSERT(!launch.argv.empty());
  prepared.variables = merged_variables(launch.variables);
  fill(prepared.argv, launch.argv);
  fill(prepared.environment, prepared.variables);
  prepared.input = net::Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!prepared.input.is_open()) return net::system_error("opening", "/dev/null");
  prepared.output = net::Descriptor(::open(
      launch.output_file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!prepared.output.is_open()) return net::system_error("opening", launch.output_file);
  return {};
}

[[noreturn]] void run_child(const Prepared& prepared, const char* folder, int gate, int report) {
  ::setsid();
  net::reset_signals();
  ::dup2(prepared.input.number(), 0);
  ::dup2(prepared.output.number(), 1);
  ::dup2(prepared.output.number(), 2);
  ::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
  char word = 0;
  if (::read(gate, &word, 1) != 1) ::_exit(127);  // the guard is gone
  if (::chdir(folder) == 0) {
    ::execvpe(prepared.argv[0], prepared.argv.data(), prepared.environment.data());
  }
  const int number = errno;
  [[maybe_unused]] const ssize_t told = ::write(report, &number, sizeof number);
  ::_exit(127);
}

struct Pipe {
  net::Descriptor read;
  net::Descriptor write;
};

Result<Pipe> open_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return net::system_error("opening", "a pipe");
  return Pipe{net::Descriptor(ends[0]), net::Descriptor(ends[1])};
}

struct Seen {
  ProcessIdentity identity;
  bool alive = false;  // false: ended, and nobody has waited for it
};

// State and start time stand behind the name, which may hold anything, also blanks and `)`.
std::optional<Seen> look_up(int pid) {
  const auto stat = read_file(fmt::format("/proc/{}/stat", pid), 4'096);
  if (!stat || stat->rfind(')') == std::string::npos) return std::nullopt;
  const auto fields = split(trim(std::string_view(*stat).substr(stat->rfind(')') + 1)), ' ');
  if (fields.size() < 20) return std::nullopt;
  const auto started = parse_integer(fields[19]);
  if (!started) return std::nullopt;
  const bool alive = fields[0] != "Z" && fields[0] != "X";
  return Seen{{pid, static_cast<std::uint64_t>(*started)}, alive};
}

}  // namespace

std::optional<ProcessIdentity> identify(int pid) {
  const auto seen = look_up(pid);
  if (!seen || !seen->alive) return std::nullopt;
  return seen->identity;
}

// The number of a group is not given out again while the group has members. So when the number is
// free, or still that of the ended process itself, what has it as its group is ours.
void kill_leftovers(const ProcessIdentity& ended) {
  if (ended.pid <= 1) return;
  const auto seen = look_up(ended.pid);
  if (!seen || (seen->identity == ended && !seen->alive)) ::kill(-ended.pid, SIGKILL);
}

std::string to_text(const Ending& ending) {
  if (ending.status) return fmt::format("exited with status {}", *ending.status);
  if (ending.signal) return fmt::format("was killed by signal {}", *ending.signal);
  return "ended";
}

Result<LiveProcess> LiveProcess::hold(const Launch& launch) {
  Prepared prepared;
  SLUICE_TRY(prepare(launch, prepared));
  Pipe gate = SLUICE_TRY(open_pipe());
  Pipe report = SLUICE_TRY(open_pipe());
  const pid_t pid = ::fork();
  if (pid < 0) return net::system_error("forking for", launch.argv.front());
  if (pid == 0) {
    gate.write.close();  // else the child would hold its own gate open
    run_child(prepared, launch.folder.c_str(), gate.read.number(), report.write.number());
  }
  LiveProcess held;
  held.child_ = true;
  held.gate_ = std::move(gate.write);
  held.report_ = std::move(report.read);
  held.process_ =
      net::Descriptor(open_pidfd(pid));  // a child that was not waited for keeps its number
  const auto identity = identify(pid);
  if (!held.process_.is_open() || !identity)
    return net::system_error("watching", launch.argv.front());
  held.identity_ = *identity;
  return held;
}

Result<void> LiveProcess::begin() {
  SLUICE_ASSERT(gate_.is_open());
  const char word = 1;
  const bool told = ::write(gate_.number(), &word, 1) == 1;
  gate_.close();
  if (!told) return fail(ErrorCode::unavailable, "the process ended before it began");
  pollfd waited{.fd = report_.number(), .events = POLLIN, .revents = 0};
  int number = 0;
  // exec closes the pipe. One that takes longer than a second is seen to end, if it does.
  const bool failed = ::poll(&waited, 1, 1'000) == 1 &&
                      ::read(report_.number(), &number, sizeof number) == sizeof number;
  report_.close();
  if (!failed) return {};
  ::waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(process_.number()), nullptr, WEXITED);
  ending_ = Ending{.status = 127, .signal = std::nullopt};
  return fail(ErrorCode::rejected, "cannot be executed: " + std::string(std::strerror(number)));
}

std::optional<LiveProcess> LiveProcess::adopt(const ProcessIdentity& identity) {
  if (identity.pid <= 1) return std::nullopt;
  LiveProcess adopted;
  adopted.process_ = net::Descriptor(open_pidfd(identity.pid));
  if (!adopted.process_.is_open()) return std::nullopt;
  // Only now: what the descriptor means can no longer change.
  if (identify(identity.pid) != identity) return std::nullopt;
  adopted.identity_ = identity;
  return adopted;
}

std::optional<Ending> LiveProcess::ended() {
  if (ending_) return ending_;
  pollfd waited{.fd = process_.number(), .events = POLLIN, .revents = 0};
  if (::poll(&waited, 1, 0) != 1) return std::nullopt;
  ending_ = Ending{};
  kill_leftovers(identity_);
  siginfo_t info{};
  if (child_ && ::waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(process_.number()),
                         &info, WEXITED | WNOHANG) == 0) {
    (info.si_code == CLD_EXITED ? ending_->status : ending_->signal) = info.si_status;
  }
  process_.close();
  return ending_;
}

void LiveProcess::signal_group(int signal) {
  if (ended()) return;
  ::kill(-identity_.pid, signal);
}

void LiveProcess::signal_alone(int signal) {
  if (!ended()) signal_pidfd(process_.number(), signal);
}

}  // namespace sluice::guard
