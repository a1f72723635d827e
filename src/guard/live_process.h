// LiveProcess: one process that this guard started, or took over from a guard before it.
//
// It outlives this object and the guard. Signals go through a descriptor of the process or to its
// own process group, never to a number that may belong to somebody else by now.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/descriptor.h"

namespace sluice::guard {

// A process for as long as the machine runs: numbers are used again, numbers with start time not.
struct ProcessIdentity {
  int pid = 0;                // 0: none
  std::uint64_t started = 0;  // clock ticks after boot
  friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};
// Nothing for a process that is not there or has ended without being waited for.
[[nodiscard]] std::optional<ProcessIdentity> identify(int pid);
// Kills what an ended process left behind in its group; never a stranger that has its number now.
void kill_leftovers(const ProcessIdentity& ended);

struct Launch {
  std::vector<std::string> argv;                 // argv[0] is looked up in PATH
  std::map<std::string, std::string> variables;  // on top of the guard's own
  std::string folder;                            // where it runs
  std::string output_file;                       // stdout and stderr go to its end
};

// How a run ended. Of a process that an earlier guard had started only that it ended is known.
struct Ending {
  std::optional<int> status;
  std::optional<int> signal;
};
[[nodiscard]] std::string to_text(const Ending& ending);  // "exited with status 3"

class LiveProcess {
 public:
  // A child in a session of its own that waits before its program: so its identity can be written
  // down before it does anything. When the guard dies now, the child ends by itself.
  [[nodiscard]] static Result<LiveProcess> hold(const Launch& launch);
  // Lets it run its program. An error when the program cannot be executed; the child has ended.
  [[nodiscard]] Result<void> begin();

  // Takes over a process that runs already; nothing when it is not there any more.
  [[nodiscard]] static std::optional<LiveProcess> adopt(const ProcessIdentity& identity);

  [[nodiscard]] const ProcessIdentity& identity() const { return identity_; }
  // Never waits. Once it has ended, what is left of its process group is killed.
  [[nodiscard]] std::optional<Ending> ended();
  void signal_group(int signal);  // the process and what it started; nothing once it has ended
  void signal_alone(int signal);

 private:
  LiveProcess() = default;
  ProcessIdentity identity_;
  bool child_ = false;
  std::optional<Ending> ending_;
  net::Descriptor process_;  // pidfd
  net::Descriptor gate_;     // closed without a word: the held child ends
  net::Descriptor report_;   // what exec said
};

}  // namespace sluice::guard
