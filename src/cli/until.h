// Days that people write on a command line.
#pragma once

#include <optional>
#include <string_view>

#include "base/tick.h"

namespace sluice::cli {

// "2026-12-31" -> the instant at which that day ends in UTC; nothing for what is no day.
[[nodiscard]] std::optional<Tick> end_of_day(std::string_view day);

}  // namespace sluice::cli
