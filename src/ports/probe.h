// Probe: health checks of every process of a slot, made by Sluice itself.
//
// Never blocks: take() starts what is due, collects what has come back, and returns.
#pragma once

#include <array>
#include <string>

#include "base/tick.h"
#include "model/health_checks.h"
#include "model/slot.h"

namespace sluice {

struct SlotHealth {
  bool watched = false;
  int instances = 0;
  int failing = 0;          // instances with at least failures_max failures in a row
  int failures_in_row = 0;  // the worst instance
  Tick last_answer;         // of any probe, good or bad; 0: none yet
  bool all_passed = false;  // every instance answered well at least once, and none is failing now
  HealthChecks checks;      // answered since the last take
  std::string trouble;      // why a probe could not be made lately; empty: all could
  std::string detail;       // "127.0.0.1:9003: HTTP 500 (3 in a row)"
};

class Probe {
 public:
  virtual ~Probe() = default;
  // Which slots to probe; a slot newly watched starts with no history.
  virtual void watch(std::array<bool, 2> slots) = 0;
  [[nodiscard]] virtual std::array<SlotHealth, 2> take(Tick now) = 0;
};

}  // namespace sluice
