// ClockStep: by how much somebody set the wall clock, seen from a clock that nobody sets.
//
// HAProxy stamps its lines with the wall clock. What is compared with a stamp has to move along
// when that clock is set: otherwise a clock that was set back by two hours makes every request look
// like one of two hours ago, which belongs to no stage, and nobody would see what the canary does.
//
// Pure.
#pragma once

#include <cstdint>
#include <optional>

namespace sluice::haproxy {

class ClockStep {
 public:
  // Both clocks in milliseconds, read one right after the other. Returns how far the wall clock was
  // moved since the first look or the last step: 0 while that is less than half a second, because
  // two readings are never quite simultaneous, and a clock that is slewed needs no step.
  [[nodiscard]] std::int64_t look(std::int64_t wall_ms, std::int64_t steady_ms);

 private:
  std::optional<std::int64_t> ahead_ms_;
};

}  // namespace sluice::haproxy
