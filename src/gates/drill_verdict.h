// What a drill says about pre.rollback.tested: while it is performed, and later, when it is found
// again as evidence.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/event.h"
#include "model/verdict.h"

namespace sluice::gates {

// What the contract says about the way back.
struct RollbackPromise {
  std::int64_t estimate_ms = 0;  // 0: no time was promised that could be kept
  std::string claim;             // whether the prose says that it was tested; never enough
  std::string fallback;          // where it goes without a baseline
};

// Everything was back and well: PASS, unless it took longer than was promised. Rests on the drill's
// evidence.
[[nodiscard]] ClauseVerdict drill_verdict(const DrillEnded& drill, const RollbackPromise& promise);

// It was tried and did not bring everything back as it was.
[[nodiscard]] ClauseVerdict failed_drill(std::string_view code, std::string_view why);

// "the contract says `planned`": beside every verdict about the drill.
[[nodiscard]] std::string claim_text(std::string_view claim);

}  // namespace sluice::gates
