// Gauges: what processes show of themselves that is no count of requests: processor time for each
// request, memory, the length of a queue.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "base/tick.h"

namespace sluice {

inline constexpr std::size_t kGaugesMost = 8;       // of one environment
inline constexpr std::size_t kGaugeUnitsMost = 32;  // processes of one slot

struct GaugeValues {
  std::string name;  // as sluice.yaml calls it
  // By slot, one value for each process, of which more is worse. In the order of the series'
  // labels: the same in each sample while the processes are the same.
  std::array<std::vector<double>, 2> by_slot;
};

// All gauges of one environment at one moment.
struct GaugeSample {
  Tick at;
  std::vector<GaugeValues> gauges;  // each that is configured, in that order
};

}  // namespace sluice
