// Acts: what the guard did to traffic, written for the next engine, which journals it before
// anything else and then deletes the file.
//
// Invariant: .sluice/guard-acts.json is read, written and deleted only by who holds the engine's
// lock, so guard and engine never touch it together.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "model/observation.h"

namespace sluice::guard {

// In the order in which they happened; none where the guard did nothing. `corrupt` when the file
// cannot be understood. One whose detail begins with "began:" was interrupted: the guard ended
// while it acted, and the router tells how far it came.
[[nodiscard]] Result<std::vector<GuardReport>> read_acts(const std::string& state_folder);

// Durable when it returns.
[[nodiscard]] Result<void> write_acts(const std::string& state_folder,
                                      const std::vector<GuardReport>& acts);

// Once they are in the ledger.
[[nodiscard]] Result<void> forget_acts(const std::string& state_folder);

}  // namespace sluice::guard
