// How things stand: from the engine, or from the ledger alone when none runs.
#pragma once

#include "base/result.h"
#include "cli/context.h"
#include "model/status.h"

namespace sluice::cli {

struct Standpoint {
  Status status;
  bool live = false;  // an engine told it; else what is measured is missing
  bool past = false;  // asked for by its id, and not the last one
};

// Of the delivery with this id; empty: the active one, or the last. `not_found` when there is none.
[[nodiscard]] Result<Standpoint> look(const Context& context, const DeliveryId& delivery);

// The machine's clock, for what the ledger alone tells.
[[nodiscard]] Tick wall_clock();

// The line that stands above what the ledger alone tells; empty where nothing is missing.
[[nodiscard]] std::string notice(const Standpoint& standpoint);

}  // namespace sluice::cli
