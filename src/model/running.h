// What runs now, as whoever evaluates saw it: not what sluice.yaml says.
#pragma once

#include <string>
#include <vector>

#include "base/id.h"

namespace sluice {

// The process that answers on the socket of an environment's router.
struct RunningRouter {
  EnvironmentName environment;
  std::string process;  // another word for every start, on any machine; empty: nothing answered
};

// One for each environment; empty: nobody looked.
using RunningRouters = std::vector<RunningRouter>;

}  // namespace sluice
