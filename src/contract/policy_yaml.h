// Reads sluice.yaml: the parameters and the wiring of one service.
//
// All complaints are reported, not only the first, each with its place and with what would be
// right. A policy with complaints must not be used: what was refused holds its default there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/complaint.h"
#include "model/policy.h"

namespace sluice::contract {

struct PolicyReading {
  Policy policy;
  std::vector<Complaint> complaints;
};

[[nodiscard]] PolicyReading parse_policy(std::string_view bytes, std::string file);

}  // namespace sluice::contract
