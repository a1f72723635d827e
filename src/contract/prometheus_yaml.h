// The part of an environment in sluice.yaml about gauges of its processes: `prometheus`.
#pragma once

#include <vector>

#include "contract/map_reader.h"
#include "model/policy.h"

namespace sluice::contract {

void read_prometheus(MapReader& environment, EnvironmentSpec& spec, ComplaintList& list);

// One metrics server may serve every environment; the same query asked of it twice finds the same
// processes twice. `at`: where each environment stands.
void complain_of_shared_gauges(const std::vector<EnvironmentSpec>& environments,
                               const std::vector<Position>& at, ComplaintList& list);

}  // namespace sluice::contract
