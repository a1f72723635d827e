// evolve: folds what happened into what is. The only way to make or change a Service.
//
// No policy and no failure: every record that was journalled was decided to be right at the time.
// A record that contradicts the state is a bug, or a ledger that was tampered with after its
// verification, and aborts.
#pragma once

#include <span>

#include "base/result.h"
#include "model/event.h"
#include "model/service.h"

namespace sluice::core {

void evolve(Service& service, const Event& event, Tick at);

[[nodiscard]] Service replay(std::span<const Record> records);

// The service as it was just before the delivery after this one began; where there is none, as it
// is. `not_found` when no such delivery began.
[[nodiscard]] Result<Service> replay_to_end_of(std::span<const Record> records,
                                               const DeliveryId& delivery);

}  // namespace sluice::core
