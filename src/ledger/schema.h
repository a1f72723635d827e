// Schema: what a ledger's file looks like inside, and how it is told from other files.
#pragma once

#include "base/result.h"
#include "ledger/chain.h"
#include "ledger/database.h"

namespace sluice::ledger {

enum class Contents : std::uint8_t {
  ledger,   // of this version
  nothing,  // an empty file: the program stopped before the first transaction
};

// `rejected` for a file of another program and for a ledger of a newer Sluice.
[[nodiscard]] Result<Contents> identify(Database& database);

// Makes an empty file a ledger, in one transaction.
[[nodiscard]] Result<void> create_schema(Database& database);

// What the ledger itself says about its last record. `corrupt` when it says nothing.
[[nodiscard]] Result<Head> stored_head(Database& database);

}  // namespace sluice::ledger
