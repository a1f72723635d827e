// How things stand: from the engine, or from the ledger alone when none runs.
#pragma once

#include "base/result.h"
#include "cli/context.h"
#include "model/status.h"

namespace sluice::cli {

struct Standpoint {
  Status status;
  bool live = false;  // an engine told it; else what is measured is missing
};

[[nodiscard]] Result<Standpoint> look(const Context& context);

// The machine's clock, for what the ledger alone tells.
[[nodiscard]] Tick wall_clock();

// The line that stands above what the ledger alone tells.
[[nodiscard]] std::string not_live_notice(const Status& status);

}  // namespace sluice::cli
