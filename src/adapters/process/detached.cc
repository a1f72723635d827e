#include "adapters/process/detached.h"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/descriptor.h"
#include "net/last_line.h"
#include "net/reset_signals.h"
#include "net/system_error.h"

namespace sluice::process {
namespace {

struct Prepared {
  const char* program;
  const char* folder;
  std::array<char*, 5> argv;
  int input;
  int log;
};

// In the child: plain system calls only. The second fork gives the guard away to init.
[[noreturn]] void run_child(const Prepared& prepared) {
  ::setsid();
  if (::fork() != 0) ::_exit(0);
  net::reset_signals();
  ::dup2(prepared.input, 0);
  ::dup2(prepared.log, 1);
  ::dup2(prepared.log, 2);
  ::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
  if (::chdir(prepared.folder) == 0) ::execv(prepared.program, prepared.argv.data());
  constexpr std::string_view kComplaint = "sluice guard: the program cannot be executed\n";
  [[maybe_unused]] const ssize_t told = ::write(2, kComplaint.data(), kComplaint.size());
  ::_exit(127);
}

std::string log_in(const std::string& state_folder) { return state_folder + "/guard.log"; }

}  // namespace

Result<void> start_guard_detached(const std::string& state_folder,
                                  const std::string& program_path) {
  if (::mkdir(state_folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return net::system_error("creating", state_folder);
  }
  const std::string log_path = log_in(state_folder);
  const net::Descriptor input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const net::Descriptor log(
      ::open(log_path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!input.is_open() || !log.is_open()) return net::system_error("opening", log_path);

  std::string program = program_path;
  std::string folder = state_folder.substr(0, std::max<std::size_t>(1, state_folder.rfind('/')));
  std::string command = "guard";
  std::string option = "--folder";
  const Prepared prepared{
      .program = program.c_str(),
      .folder = folder.c_str(),
      .argv = {program.data(), command.data(), option.data(), folder.data(), nullptr},
      .input = input.number(),
      .log = log.number()};
  const pid_t child = ::fork();
  if (child < 0) return net::system_error("forking for", program_path);
  if (child == 0) run_child(prepared);
  ::waitpid(child, nullptr, 0);
  return {};
}

std::string last_line_of_log(const std::string& state_folder) {
  return net::last_line_of(log_in(state_folder));
}

}  // namespace sluice::process
