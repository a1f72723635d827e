// The last line of a log file: what a program said before it ended.
#pragma once

#include <string>

namespace sluice::net {

// Made safe to show; of the last 4 KiB. Empty where there is no file or nothing in it.
[[nodiscard]] std::string last_line_of(const std::string& path);

}  // namespace sluice::net
