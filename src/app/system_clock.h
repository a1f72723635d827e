// SystemClock: the wall clock's time at the start, carried on by a monotonic clock. A wall clock
// that jumps later moves no deadline.
#pragma once

#include "ports/clock.h"

namespace sluice::app {

class SystemClock final : public Clock {
 public:
  SystemClock();
  [[nodiscard]] Tick now() override;

 private:
  Tick wall_at_start_;
  Tick monotonic_at_start_;
};

}  // namespace sluice::app
