// Cost: processor time of what the judge does, all measured in one run on one machine, so that
// the ratios mean something elsewhere.
#pragma once

#include <string>

namespace sluice::bench {

[[nodiscard]] std::string cost_table();

}  // namespace sluice::bench
