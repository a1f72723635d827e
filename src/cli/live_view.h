// The live view: everything a person wants to know about a delivery at one moment, as lines.
//
// Pure: the same status, width and colour give the same lines. No line is wider than `columns`.
// Words stand before symbols, and nothing is told by colour alone.
#pragma once

#include <string>
#include <vector>

#include "model/status.h"

namespace sluice::cli {

[[nodiscard]] std::vector<std::string> draw(const Status& status, int columns, bool colour);

// "development ✓ → staging ✓ → production 25 %"
[[nodiscard]] std::string environments_text(const Status& status);

// Of the canary in the current environment.
[[nodiscard]] Share current_share(const Status& status);

// It is less than the stage's share, which is a cap.
[[nodiscard]] bool below_cap(const Status& status);

}  // namespace sluice::cli
