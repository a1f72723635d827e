// Clock: the one place where time comes from.
#pragma once

#include "base/tick.h"

namespace sluice {

class Clock {
 public:
  virtual ~Clock() = default;
  // Never decreases, whatever the wall clock does.
  [[nodiscard]] virtual Tick now() = 0;
};

}  // namespace sluice
