// Notifier: calls people when only a person can help.
//
// Never blocks: the first call with an id begins, later ones look whether it was taken.
#pragma once

#include <cstdint>
#include <string>

#include "base/id.h"
#include "base/result.h"
#include "base/tick.h"

namespace sluice {

struct Notice {
  ServiceName service;
  DeliveryId delivery;
  std::string subject;  // "rollback_blocked", "baseline_unhealthy"
  std::string text;     // for people
  Tick since;
};

class Notifier {
 public:
  virtual ~Notifier() = default;

  // True once the call was taken, false while it is under way. `unavailable` when it failed; the
  // next call with this id begins anew. After true the id is forgotten.
  [[nodiscard]] virtual Result<bool> notify(std::uint64_t id, const Notice& notice, Tick now) = 0;
};

}  // namespace sluice
