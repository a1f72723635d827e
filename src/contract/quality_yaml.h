// The parts of sluice.yaml about quality: `evaluators` and `quality`.
#pragma once

#include "contract/map_reader.h"
#include "model/policy.h"

namespace sluice::contract {

// After the people: no login and no name stands for two.
void read_evaluators(MapReader& root, Policy& policy, ComplaintList& list);

void read_quality(MapReader& root, Policy& policy, ComplaintList& list);

}  // namespace sluice::contract
