// Duty: everything that a guard does, without its sockets: processes, engine, lease, take-over.
//
// Time is an argument, in milliseconds of CLOCK_MONOTONIC. step() is to be called every 20 ms.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "codec/json.h"
#include "guard/engine_process.h"
#include "guard/guard.h"
#include "guard/lease.h"
#include "guard/supervisor.h"
#include "guard/takeover.h"

namespace sluice::guard {

class Duty {
 public:
  // Takes over what an earlier guard of this folder left running.
  [[nodiscard]] static Result<std::unique_ptr<Duty>> open(const GuardOptions& options,
                                                          std::int64_t now_ms);

  // All are refused (`unavailable`) on the way down.
  [[nodiscard]] Result<void> start_slot(const SlotKey& key, const SlotSpec& spec,
                                        std::int64_t now_ms);
  [[nodiscard]] Result<void> stop_slot(const SlotKey& key, std::uint64_t generation,
                                       std::int64_t now_ms);
  [[nodiscard]] SlotState observe_slot(const SlotKey& key) const {
    return supervisor_.observe(key);
  }
  [[nodiscard]] Result<void> want_engine(std::int64_t now_ms);
  // `invalid_input` when no such process runs, `unavailable` while traffic is being taken back.
  [[nodiscard]] Result<void> renew(const Lease& lease, std::int64_t now_ms);
  // Stops the engine, then every process; the lease is over. Idempotent.
  void go_down(std::int64_t now_ms);

  // Writes down what the next guard needs to know, in a folder that is new.
  [[nodiscard]] Result<void> write_anew() const { return save(Durability::survives_power); }

  void step(std::int64_t now_ms);
  [[nodiscard]] bool is_down() const;  // went down, and nothing is left
  [[nodiscard]] codec::Json state(std::int64_t now_ms) const;

 private:
  explicit Duty(const GuardOptions& options);
  [[nodiscard]] Result<void> save(Durability durability) const;
  [[nodiscard]] Result<void> refuse_when_going_down() const;
  [[nodiscard]] Result<void> follow_holder(int pid);
  void watch_lease(std::int64_t now_ms);
  void begin_takeover(const Lease& lease);
  void end_takeover(std::int64_t now_ms);
  void rotate(std::int64_t now_ms);

  GuardOptions options_;
  Supervisor supervisor_;
  EngineProcess engine_;
  LeaseKeeper keeper_;
  std::optional<LiveProcess> holder_;  // the engine that the lease was granted to
  std::optional<Takeover> takeover_;
  std::optional<GuardReport> last_takeover_;
  bool going_down_ = false;
  std::int64_t next_rotation_ms_ = 0;
};

// For GET of a slot, and within the whole state.
[[nodiscard]] codec::Json to_json(const SlotState& state);

}  // namespace sluice::guard
