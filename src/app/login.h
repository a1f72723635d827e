// Logins of this machine.
#pragma once

#include <cstdint>
#include <string>

namespace sluice::app {

// "ana"; "unknown" for a number that has no login.
[[nodiscard]] std::string login_of(std::uint32_t uid);

}  // namespace sluice::app
