// The command line's Context: files, ledger, guard and terminal behind the functions it names.
#pragma once

#include <string>

#include "cli/context.h"

namespace sluice::app {

[[nodiscard]] cli::Context command_line_context(const std::string& folder,
                                                const std::string& program);

}  // namespace sluice::app
