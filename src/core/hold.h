// What holds a delivery where it stands. Inside core/ only.
#pragma once

#include <optional>

#include "core/moment.h"

namespace sluice::core {

// Whether the trigger says anything about this environment, in this delivery.
[[nodiscard]] bool applies(const Moment& moment, Trigger trigger);

// The baseline is the incident: going back would send everybody to it. Only a person decides. A
// canary that is not there yet, or that a drill has stopped, is nothing to stay with.
[[nodiscard]] bool frozen(const Moment& moment);

// The service burns its error budget, where customers are: nothing advances. A return goes on: it
// is the answer to that.
[[nodiscard]] bool burning(const Moment& moment);

// Whatever forbids every step forward, whichever phase it is; nothing: go on.
[[nodiscard]] std::optional<Decision> held(const Moment& moment);

}  // namespace sluice::core
