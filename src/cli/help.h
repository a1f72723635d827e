// Help: the texts of --help, and the nearest command to what was typed.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/command.h"

namespace sluice::cli {

[[nodiscard]] std::string help_for_all(std::span<const Command* const> commands);
[[nodiscard]] std::string help_for(const Command& command);

// The command that was probably meant; empty when none is near enough.
[[nodiscard]] std::string_view nearest(std::string_view typed,
                                       std::span<const Command* const> commands);

}  // namespace sluice::cli
