// The parts of sluice.yaml about who decides: `people` and `approvals`.
#pragma once

#include "contract/map_reader.h"
#include "model/policy.h"

namespace sluice::contract {

void read_people(MapReader& root, Policy& policy, ComplaintList& list);

// After the people and the environments: both are named here.
void read_approvals(MapReader& root, Policy& policy, ComplaintList& list);

}  // namespace sluice::contract
