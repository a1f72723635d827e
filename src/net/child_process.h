// ChildProcess: a program that was started without a shell, in a process group of its own.
//
// Never waits. What it prints is read and bounded; only the last line is kept for a person to see.
// Destroyed while it runs, it is killed with everything that it started.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/result.h"
#include "net/descriptor.h"

namespace sluice::net {

class ChildProcess {
 public:
  // `words`: the program, looked up in PATH, and its arguments. `input`: what it may read from its
  // standard input, at most a pipe's room (64 KiB). `unavailable` where it cannot be started.
  [[nodiscard]] static Result<ChildProcess> start(std::vector<std::string> words,
                                                  std::string_view input);
  ~ChildProcess();
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;

  // Empty while it runs; then how it ended, the same at each call: "exited with status 3".
  [[nodiscard]] std::optional<std::string> ended();
  [[nodiscard]] bool ended_well() const { return ended_well_; }  // with status 0
  // The last line that it printed, fit to be shown; empty where there is none.
  [[nodiscard]] std::string last_line() const;
  void kill();  // it and everything that it started, at once; ended() will say so

 private:
  ChildProcess(pid_t process, Descriptor output) : process_(process), output_(std::move(output)) {}
  void read_some();

  pid_t process_ = 0;  // 0: it has ended, or was moved away
  Descriptor output_;
  std::string said_;
  std::string ending_;
  bool ended_well_ = false;
};

}  // namespace sluice::net
