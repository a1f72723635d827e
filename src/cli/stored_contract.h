// A contract read, with its artifacts in the store: what `deliver` and `adopt` do before they ask
// the engine, which has a release to supervise meanwhile.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cli/context.h"

namespace sluice::cli {

// Says on standard output how far it is with large artifacts. Nothing when the contract cannot be
// used; its complaints were printed then.
[[nodiscard]] Result<std::optional<LoadedContract>> store(const Context& context,
                                                          const std::string& path);

}  // namespace sluice::cli
