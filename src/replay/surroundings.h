// Surroundings: what an observation says beside the counts: health checks, alerts, effects, the
// router, commands, the guard. As JSON, to be kept with each look where it is another than before.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/observation.h"

namespace sluice::replay {

// Everything of an observation that judge::Hearing::tell() does not fill.
[[nodiscard]] std::string surroundings_of(const Observation& seen);

// Fills it again. `invalid_input` where the text says something else.
[[nodiscard]] Result<void> surround(Observation& seen, std::string_view surroundings);

}  // namespace sluice::replay
