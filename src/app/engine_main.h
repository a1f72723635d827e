// The engine's process: one event loop around engine::Engine, its API, and the lease with the guard.
#pragma once

#include <string>

namespace sluice::app {

// `folder` holds sluice.yaml. Exit status: 0 nothing left to do, 2 sluice.yaml cannot be used,
// 3 something failed (a line on standard error says what), 4 sluice.yaml has changed: start anew.
[[nodiscard]] int run_engine(const std::string& folder, const std::string& program);

}  // namespace sluice::app
