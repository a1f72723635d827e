// The world that a transcript plays in: one service, what is seen of it, and what is said of that.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/event.h"
#include "model/observation.h"
#include "model/plan.h"
#include "model/service.h"
#include "testing/plans.h"

namespace sluice::testing {

struct World {
  Service service;
  Observation seen;
  Plan plan = small_plan();
  Tick now{0};
  std::vector<ClauseVerdict> clauses;  // what the next delivery starts with
  std::string out;

  // Of pacing only what a transcript is about: `pace`.
  World() { seen.pace = {Share::whole(), Share::whole(), {}}; }

  void say(const std::string& text) { out += "=> " + text + "\n"; }
};

// Events happen, and are told; a broken invariant is told with them.
void fold(World& world, const std::vector<Event>& events);

// As at a place that is just entered: it stands, and nobody has used it.
void see_nothing_yet(World& world);

// As the engine does: until nothing more happens. Then the reason for standing still is told.
void decide(World& world);

}  // namespace sluice::testing
