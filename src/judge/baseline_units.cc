#include "judge/baseline_units.h"

#include "base/assert.h"

namespace sluice::judge {

BaselineUnits baseline_units(std::span<const Counts> groups, std::int64_t canary_requests) {
  SLUICE_ASSERT(groups.size() <= kUnitsMax);
  BaselineUnits out;
  Counts gathered;
  const std::int64_t enough = canary_requests - canary_requests / 5;
  for (const Counts& group : groups) {
    grow(gathered, group);
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
