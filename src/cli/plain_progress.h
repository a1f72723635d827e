// Plain progress: what a delivery in a pipe prints, one line at a time and only when something
// changed. Pure: what was told is a value that the caller keeps.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/status.h"

namespace sluice::cli {

// A line of mere progress (no change of state, stage or reason) comes at most this often.
inline constexpr std::int64_t kProgressMs = 5'000;

struct Told {
  std::optional<Status> last;
  Tick at;  // when a line was last told
};

struct Telling {
  std::vector<std::string> lines;
  Told told;
};

[[nodiscard]] Telling tell(const Told& told, const Status& now);

}  // namespace sluice::cli
