// EngineProcess: starts the engine and starts it again when it dies.
//
// An engine that exits with status 0 had nothing to do: it stays away until it is wanted again.
// Nothing here waits; the engine outlives this object, and a later one takes it over.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "guard/live_process.h"
#include "guard/restart_policy.h"
#include "guard/state_file.h"

namespace sluice::guard {

class EngineProcess {
 public:
  using Save = std::function<Result<void>(Durability)>;
  EngineProcess(Launch launch, Save save);

  // Idempotent; does not wait for a back-off.
  [[nodiscard]] Result<void> want(std::int64_t now_ms);
  // Graceful, then by force; it stays away.
  void stop(std::int64_t now_ms);
  void kill();
  // While traffic is taken back no engine is started.
  void hold_back(bool held_back) { held_back_ = held_back; }
  void step(std::int64_t now_ms);

  [[nodiscard]] bool wanted() const { return wanted_; }
  [[nodiscard]] int pid() const { return process_ ? process_->identity().pid : 0; }
  [[nodiscard]] std::uint64_t restarts() const { return restarts_; }
  [[nodiscard]] const std::string& last_end() const { return last_end_; }

  void store(GuardState& state) const;
  void restore(const GuardState& state, std::int64_t now_ms);

 private:
  void start(std::int64_t now_ms);
  void take_end(const Ending& ending, std::int64_t now_ms);
  void schedule(std::int64_t now_ms);

  Launch launch_;
  Save save_;
  RestartPolicy policy_{.first_ms = 100, .longest_ms = 2'000, .calm_ms = 10'000};
  std::optional<LiveProcess> process_;
  RestartHistory history_;
  bool wanted_ = false;
  bool held_back_ = false;
  std::int64_t started_ms_ = 0;
  std::int64_t next_start_ms_ = 0;
  std::int64_t kill_ms_ = 0;  // 0: it is not being stopped
  std::uint64_t restarts_ = 0;
  std::string last_end_;
};

}  // namespace sluice::guard
