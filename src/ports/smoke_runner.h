// SmokeRunner: smoke tests against one environment's own entrance, as a customer would come in.
//
// Never blocks: begin() starts a run, take() returns its report once there is one.
#pragma once

#include <optional>

#include "base/tick.h"
#include "model/event.h"

namespace sluice {

class SmokeRunner {
 public:
  virtual ~SmokeRunner() = default;
  virtual void begin(Tick now) = 0;  // drops a run that is under way
  [[nodiscard]] virtual std::optional<SmokeReported> take(Tick now) = 0;
};

}  // namespace sluice
