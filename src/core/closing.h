// What is written down when a validation ends, and when a delivery is closed. Inside core/ only.
#pragma once

#include <string>
#include <vector>

#include "core/moment.h"

namespace sluice::core {

// The verdicts of post.health, .error_rate, .performance and .smoke at the end of the validation
// window; `missing` says what a FAIL lacked. With `pass_environment` the environment passes too.
[[nodiscard]] std::vector<Event> post_verdicts(const Moment& moment, Verdict verdict,
                                               const std::string& missing, bool pass_environment);

// The change log has its line and the routing is swapped: roles, the old slots, and the end.
[[nodiscard]] std::vector<Event> closing(const Moment& moment);

}  // namespace sluice::core
