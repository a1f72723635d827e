// Load: the traffic of an environment that has no customers, while a release is judged in it.
#pragma once

#include "base/result.h"
#include "base/tick.h"

namespace sluice {

class Load {
 public:
  virtual ~Load() = default;

  // Whether it is to run from now on; asked at each look, never waits. An error says why there is
  // no load although it is wanted; it is tried again, not more often than each second.
  // Load never outlives the engine.
  [[nodiscard]] virtual Result<void> keep(bool wanted, Tick now) = 0;
};

}  // namespace sluice
