// The guard, as the command line and the engine ask for it. Every function names the state folder
// (`.sluice`, absolute); the guard answers on its guard.sock.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "model/policy.h"
#include "model/slot.h"

namespace sluice::process {

// Where traffic of one environment goes when the engine is silent.
struct Rescue {
  EnvironmentName environment;
  HaproxySpec haproxy;
  Slot baseline = Slot::a;
};

struct LeaseRenewal {
  std::uint64_t generation = 0;
  std::int64_t valid_ms = 5'000;
  bool active = false;    // a delivery is under way
  bool given_up = false;  // the guard is to take over now, as if the lease had run out
  std::vector<Rescue> rescue;
};

// Starts a guard, `<program_path> guard --folder <parent of state_folder>`, unless one answers; it
// belongs to no terminal and outlives the caller. Waits until it answers, at most 5 s:
// `unavailable` then, with the last line of guard.log.
[[nodiscard]] Result<void> ensure_guard(const std::string& state_folder,
                                        const std::string& program_path);

// Idempotent. Success means that the guard will start it; api.sock tells when it is there.
[[nodiscard]] Result<void> start_engine(const std::string& state_folder);

// By the engine itself, every 500 ms; for the calling process. Takes at most 0.4 s. `rejected`:
// the guard has taken over under a newer generation, and this engine must end.
[[nodiscard]] Result<void> renew_lease(const std::string& state_folder,
                                       const LeaseRenewal& renewal);

// Stops engine, services and guard, and waits until the guard is gone. Without a guard this does
// nothing, and what a dead guard left running goes on: ensure_guard() first. `unavailable` when
// something still runs after patience_ms.
[[nodiscard]] Result<void> shut_down(const std::string& state_folder,
                                     std::int64_t patience_ms = 60'000);

// All the guard knows, as JSON.
[[nodiscard]] Result<std::string> guard_state(const std::string& state_folder);

}  // namespace sluice::process
