// CommandNotifier: calls people by a command of theirs, which is given the notice as JSON on its
// standard input: {"service","delivery","subject","text","since_unix_ms"}.
//
// Killed when its time is over, and with the notifier: the next engine calls again. Exit status 0
// means that the call was taken; the last line that it printed is the reason when it fails.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "model/policy.h"
#include "net/child_process.h"
#include "ports/notifier.h"

namespace sluice::notify {

class CommandNotifier final : public Notifier {
 public:
  explicit CommandNotifier(NotifySpec spec) : spec_(std::move(spec)) {}

  [[nodiscard]] Result<bool> notify(std::uint64_t id, const Notice& notice, Tick now) override;

 private:
  struct Run {
    net::ChildProcess process;
    Tick begun;
    bool timed_out = false;
  };

  [[nodiscard]] Result<Run> start(const Notice& notice, Tick now) const;
  [[nodiscard]] Result<bool> look(Run& run, Tick now) const;

  NotifySpec spec_;
  std::map<std::uint64_t, Run> runs_;
};

}  // namespace sluice::notify
