// What the ledger alone tells when no engine runs: everything but what is measured.
#pragma once

#include "model/service.h"
#include "model/status.h"

namespace sluice::cli {

// `now` may be before the ledger's last event; nothing is then said about how long ago it was.
[[nodiscard]] Status stored_status(const Service& service, Tick now);

}  // namespace sluice::cli
