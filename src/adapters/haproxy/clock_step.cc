#include "adapters/haproxy/clock_step.h"

#include <cstdlib>

namespace sluice::haproxy {
namespace {

constexpr std::int64_t kStepMsMin = 500;

}  // namespace

std::int64_t ClockStep::look(std::int64_t wall_ms, std::int64_t steady_ms) {
  const std::int64_t ahead_ms = wall_ms - steady_ms;
  if (!ahead_ms_) ahead_ms_ = ahead_ms;
  const std::int64_t moved_ms = ahead_ms - *ahead_ms_;
  if (std::abs(moved_ms) < kStepMsMin) return 0;
  ahead_ms_ = ahead_ms;
  return moved_ms;
}

}  // namespace sluice::haproxy
