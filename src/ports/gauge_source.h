// GaugeSource: the gauges of one environment's processes, from wherever metrics are kept.
//
// Never blocks: take() asks when a sample is due, and returns it once, when all of it has come.
#pragma once

#include <optional>
#include <string>

#include "base/tick.h"
#include "model/gauge.h"

namespace sluice {

struct GaugeState {
  // A new one since the last call. The values are finite numbers, at most kGaugeUnitsMost a slot;
  // no series, or more of them, leave a slot empty and are told as trouble.
  std::optional<GaugeSample> sample;
  bool live = false;    // the last sample came whole and is recent
  std::string trouble;  // why it is not, naming the gauge and the remedy
};

class GaugeSource {
 public:
  virtual ~GaugeSource() = default;
  [[nodiscard]] virtual GaugeState take(Tick now) = 0;
};

}  // namespace sluice
