// One command of a person to the delivery under way: pause, resume, rollback, abort.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/context.h"

namespace sluice::cli {

// Starts the engine when none runs although there is a delivery: `rollback` works whenever it is
// needed. `conflict` when the command does not apply now, `invalid_input` when `delivery` is given
// and is not the active one.
[[nodiscard]] Result<Exit> steer(const Context& context, std::string_view command,
                                 const std::string& delivery, std::string_view accepted);

}  // namespace sluice::cli
