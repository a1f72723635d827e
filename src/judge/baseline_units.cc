#include "judge/baseline_units.h"

namespace sluice::judge {

BaselineUnits baseline_units(const std::array<Counts, kUnitsMax>& groups, int number,
                             std::int64_t canary_requests) {
  BaselineUnits out;
  Counts gathered;
  const std::int64_t enough = canary_requests - canary_requests / 5;
  for (int s = 0; s < number; ++s) {
    grow(gathered, groups[s]);
    if (gathered.requests == 0 || gathered.requests < enough) continue;
    out.each[out.number++] = gathered;
    gathered = {};
  }
  if (gathered.requests == 0) return out;
  if (out.number == 0) {
    out.each[out.number++] = gathered;
  } else {
    grow(out.each[out.number - 1], gathered);
  }
  return out;
}

}  // namespace sluice::judge
