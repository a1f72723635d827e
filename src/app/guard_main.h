// The guard's process, with HAProxy as the router that it takes traffic back with.
#pragma once

#include <string>

namespace sluice::app {

[[nodiscard]] int run_guard(const std::string& folder, const std::string& program);

}  // namespace sluice::app
