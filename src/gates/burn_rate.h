// post.burn_rate, by what the ledger says of a delivery: burn rates were computed from the requests
// of real customers at every stage that was left and in the validation, and nothing advanced while
// the service used up its error budget too fast. What of it is never the release's fault alone is
// no matter here; the other clauses say that.
#pragma once

#include "model/service.h"
#include "model/verdict.h"

namespace sluice::gates {

[[nodiscard]] ClauseVerdict burn_rate_at_end(const Delivery& delivery);

}  // namespace sluice::gates
