// One entry of `environments` in sluice.yaml.
#pragma once

#include <string>

#include "contract/map_reader.h"
#include "model/policy.h"

namespace sluice::contract {

[[nodiscard]] EnvironmentSpec read_environment(const YamlNode& node, const ServiceName& service,
                                               ComplaintList& list);

}  // namespace sluice::contract
