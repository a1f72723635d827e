// One question and one answer over a UNIX stream socket: how HAProxy's runtime API is spoken to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::net {

// Connects, sends `question`, and reads until the other side closes. `unavailable` when it cannot
// connect or the deadline passes, `rejected` when the answer is longer than bytes_max.
[[nodiscard]] Result<std::string> ask(const std::string& path, std::string_view question,
                                      std::int64_t timeout_ms, std::size_t bytes_max = 8U << 20U);

}  // namespace sluice::net
