// Burn rates in words, for people.
#pragma once

#include <string>

#include "judge/burn_rate.h"

namespace sluice::judge {

// "0.24", "7", "120".
[[nodiscard]] std::string burn_text(double rate);

// "the service uses up its error budget 20 times over 1 h and 22 times over 5 min, with 9 min of
// data, …": the windows that burn, or else the fast ones.
[[nodiscard]] std::string describe_burn(const BurnWindows& windows);

}  // namespace sluice::judge
