// run: what `sluice` does with what a person typed. Only app/ calls it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/context.h"

namespace sluice::cli {

// `arguments` without the program's name. Returns the exit code: 0 allowed, 1 denied by policy,
// 2 usage or configuration, 3 could not decide. --folder is accepted and ignored here: whoever
// makes the context has looked at it.
[[nodiscard]] int run(const Context& context, std::vector<std::string> arguments);

// What an error means for whoever reads the exit code.
[[nodiscard]] Exit exit_of(ErrorCode code);

}  // namespace sluice::cli
