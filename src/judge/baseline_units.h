// Baseline units: the baseline divided into parts that are each about as large as the canary, or
// larger, and can be compared with one another and with it.
//
// Which parts are put together depends on numbers of requests only, never on what they returned.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "judge/batch.h"

namespace sluice::judge {

struct BaselineUnits {
  int number = 0;
  std::array<Counts, kUnitsMax> each{};  // every one has requests
};

// Neighbours are put together until a unit has at least four fifths of `canary_requests`; what is
// left over joins the last. At most kUnitsMax groups. Units without requests are left out. With
// fewer groups than two, or a canary that is larger than the baseline, there is at most one unit.
[[nodiscard]] BaselineUnits baseline_units(std::span<const Counts> groups,
                                           std::int64_t canary_requests);

}  // namespace sluice::judge
