// Starts the guard as a process that belongs to nobody: no terminal, no parent, no open files.
#pragma once

#include <string>

#include "base/result.h"

namespace sluice::process {

// Creates the state folder where it is missing. That the guard runs shows only by its answers.
[[nodiscard]] Result<void> start_guard_detached(const std::string& state_folder,
                                                const std::string& program_path);
// Of <state_folder>/guard.log, made printable.
[[nodiscard]] std::string last_line_of_log(const std::string& state_folder);

}  // namespace sluice::process
