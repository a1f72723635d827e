// Walk: the records of a ledger one by one, each checked against the chain before it is given out.
#pragma once

#include <optional>

#include "base/result.h"
#include "ledger/chain.h"
#include "ledger/database.h"
#include "model/event.h"

namespace sluice::ledger {

struct ChainedRecord {
  Record record;
  Digest chain;
  friend bool operator==(const ChainedRecord&, const ChainedRecord&) = default;
};

// Borrows the database, whose caller holds a transaction open, so that records and head are of the
// same moment.
class Walk {
 public:
  // From record `from_seq`, trusting the one before it; 1 trusts nothing.
  [[nodiscard]] static Result<Walk> from(Database& database, std::uint64_t from_seq);

  // The next record; nothing after the one that the ledger calls its last. `corrupt` when something
  // contradicts: head().seq + 1 is the first bad record.
  [[nodiscard]] Result<std::optional<ChainedRecord>> next();

  // Of what was found good so far.
  [[nodiscard]] const Head& head() const { return head_; }

 private:
  Walk(const Database& database, Statement rows, Head head, Head last)
      : database_(&database),
        rows_(std::move(rows)),
        head_(std::move(head)),
        last_(std::move(last)) {}
  [[nodiscard]] Result<Head> link_of_row() const;
  [[nodiscard]] std::unexpected<Error> contradiction(std::string_view what) const;

  const Database* database_;
  Statement rows_;
  Head head_;
  Head last_;  // as the ledger itself says
};

}  // namespace sluice::ledger
