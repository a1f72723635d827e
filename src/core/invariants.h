// Invariants: what is true of every service, and of every step from one to the next. Checked after
// each event in tests and in the simulator; the engine checks the cheap ones too.
#pragma once

#include <string>

#include "model/service.h"

namespace sluice::core {

// Empty when all hold; else the first broken one, in words.
[[nodiscard]] std::string broken_invariant(const Service& service);

// Of two consecutive states with one event between them.
[[nodiscard]] std::string broken_invariant(const Service& before, const Service& after,
                                           const Event& event);

}  // namespace sluice::core
