// GuardState: what a guard needs to know to go on where the one before it ended; guard.json.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "guard/durable_file.h"
#include "guard/lease.h"
#include "guard/live_process.h"
#include "guard/slot_spec.h"

namespace sluice::guard {

struct StoredStop {  // a process that is being stopped
  ProcessIdentity process;
  std::int64_t grace_ms = 0;
};

struct StoredSlot {
  SlotKey key;
  std::optional<SlotSpec> wanted;
  std::vector<ProcessIdentity> running;  // one per instance; pid 0: not running
  std::vector<StoredStop> stopping;
  std::uint64_t restarts = 0;
  bool was_ready = false;
  bool gave_up = false;
};

struct StoredEngine {
  bool wanted = false;
  ProcessIdentity process;
};

struct GuardState {
  std::string boot;  // identities of another boot of the machine mean nothing
  std::map<std::string, std::uint64_t> generations;  // newest seen, by environment
  std::vector<StoredSlot> slots;
  StoredEngine engine;
  std::optional<Lease> lease;
  ProcessIdentity lease_holder;
  std::uint64_t lease_generation = 0;
};

[[nodiscard]] codec::Json to_json(const Lease& lease);
// `invalid_input` unless pid > 1 and valid_ms is within 100..60'000; at most 64 rescue targets.
[[nodiscard]] Result<Lease> lease_from(const codec::Json& json);

[[nodiscard]] codec::Json to_json(const GuardState& state);
// An empty state where there is no file; `corrupt` when it cannot be understood. Processes of
// another boot are dropped.
[[nodiscard]] Result<GuardState> read_state(const std::string& state_folder);
[[nodiscard]] Result<void> write_state(const std::string& state_folder, const GuardState& state,
                                       Durability durability);
// Of the machine's present run.
[[nodiscard]] std::string boot_identity();

}  // namespace sluice::guard
