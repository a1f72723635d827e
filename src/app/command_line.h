// The command line's Context: files, ledger, guard and terminal behind the functions it names.
#pragma once

#include <string>

#include "cli/context.h"

namespace sluice::app {

[[nodiscard]] cli::Context command_line_context(const std::string& folder,
                                                const std::string& program);

// The exit status of a command that ended with `status`: 3 instead of 0 when a part of its output
// was lost, which is said on standard error.
[[nodiscard]] int status_after_output(int status);

}  // namespace sluice::app
