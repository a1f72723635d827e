// Flags of new features: which they are, and whether they are shown to be off for every customer.
#pragma once

#include <string>
#include <vector>

#include "model/contract.h"
#include "model/flag.h"
#include "model/verdict.h"

namespace sluice::gates {

// The flags that the contract's changes of type feature name, each once, in the order of the
// alphabet: what a flag service is to be asked about.
[[nodiscard]] std::vector<std::string> flags_of_features(const Contract& contract);

// pre.flags as far as the flags themselves go, for the second look right before customers get the
// release. FAIL where one is on, for some or for all, or does not exist; INCONCLUSIVE where it
// cannot be told.
[[nodiscard]] ClauseVerdict flags_are_off(const std::vector<std::string>& names,
                                          const FlagAnswers& answers);

}  // namespace sluice::gates
