// Burn rates in words, for people.
#pragma once

#include <cstdint>
#include <string>

#include "judge/burn_rate.h"

namespace sluice::judge {

// "0.24", "7", "120".
[[nodiscard]] std::string burn_text(double rate);

// "the service uses up its error budget 20 times over 1 h and 22 times over 5 min, with 9 min of
// data, …": the windows that burn, or else the fast ones.
[[nodiscard]] std::string describe_burn(const BurnWindows& windows);

// Of the canary alone, since its stage began: "the canary alone 29 times in this stage"; without a
// request of it, that there is nothing to tell.
[[nodiscard]] std::string describe_canary_burn(double rate, std::int64_t requests);

}  // namespace sluice::judge
