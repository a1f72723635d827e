// The parameters of a policy as lines, each with its value and whether it is the default.
#pragma once

#include <string>

#include "model/policy.h"

namespace sluice::cli {

[[nodiscard]] std::string parameters_text(const Policy& policy);

}  // namespace sluice::cli
