// Placeholders in commands and variables: {port}, {slot}, {artifact.server}. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::process {

// Replaces every {name}; a value is never looked at again. Braces around anything but letters,
// digits, `.`, `_` and `-` stay as they are. `invalid_input` for a name without a value.
[[nodiscard]] Result<std::string> fill_in(std::string_view text,
                                          const std::map<std::string, std::string>& values);

}  // namespace sluice::process
