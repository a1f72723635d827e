// AlertSource: critical alerts of one service in one environment. Alerts can hold a delivery or
// take it back; they never advance it.
//
// Never blocks.
#pragma once

#include <string>
#include <vector>

#include "base/tick.h"

namespace sluice {

struct Alert {
  std::string name;
  std::string fingerprint;  // with started, the identity of one firing
  Tick started;
  std::string summary;
};

struct AlertState {
  bool live = false;    // the last poll succeeded and is recent; else absence means nothing
  std::string trouble;  // why it is not live
  std::vector<Alert> firing;  // ours and critical
};

class AlertSource {
 public:
  virtual ~AlertSource() = default;
  [[nodiscard]] virtual AlertState take(Tick now) = 0;
};

}  // namespace sluice
