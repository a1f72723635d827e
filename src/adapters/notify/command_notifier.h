// CommandNotifier: calls people by a command of theirs, which is given the notice as JSON on its
// standard input: {"service","delivery","subject","text","since_unix_ms"}.
//
// No shell; a process group of its own, killed when its time is over. Exit status 0 means that the
// call was taken. What it prints is bounded, and its last line is the reason when it fails.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <sys/types.h>

#include "model/policy.h"
#include "net/descriptor.h"
#include "ports/notifier.h"

namespace sluice::notify {

class CommandNotifier final : public Notifier {
 public:
  explicit CommandNotifier(NotifySpec spec) : spec_(std::move(spec)) {}
  ~CommandNotifier() override;  // kills what still runs: the next engine calls again
  CommandNotifier(const CommandNotifier&) = delete;
  CommandNotifier& operator=(const CommandNotifier&) = delete;

  [[nodiscard]] Result<bool> notify(std::uint64_t id, const Notice& notice, Tick now) override;

 private:
  struct Run {
    pid_t process = 0;
    net::Descriptor output;
    std::string said;
    Tick begun;
    bool timed_out = false;
  };

  [[nodiscard]] Result<Run> start(const Notice& notice, Tick now) const;
  [[nodiscard]] Result<bool> look(Run& run, Tick now) const;

  NotifySpec spec_;
  std::map<std::uint64_t, Run> runs_;
};

}  // namespace sluice::notify
