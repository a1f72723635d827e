// Ledger: the journal in an SQLite file, append-only and hash-chained.
//
// Each record is chained to all before it (ledger/chain.h), and the last link is kept a second time
// beside the records. So every change after which the chain was not recomputed is found: a body, a
// time or a number altered, a record removed, inserted or moved, records cut off at the end.
// Not found: somebody who rewrites records *and* recomputes all links after them *and* the head,
// and somebody who puts back an older copy of the whole file. Those are found only against a head
// that was kept elsewhere, which is what signed checkpoints will be for.
//
// One process writes, any number read meanwhile. Whoever can write the file may destroy it; the
// ledger makes changes evident, not impossible. Not for use from two threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "ledger/chain.h"
#include "ledger/database.h"
#include "ledger/walk.h"
#include "ledger/writer_lock.h"
#include "ports/journal.h"

namespace sluice::ledger {

struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t number = 0;  // 0: no file
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

class Ledger final : public Journal {
 public:
  // The writer. Creates the file (0600) where there is none; `conflict` while another process
  // writes, `rejected` for a file of another program or of a newer Sluice.
  [[nodiscard]] static Result<std::unique_ptr<Ledger>> open(const std::string& path);
  // A reader beside the writer: never writes, never checkpoints, takes no lock that a writer waits
  // for. `not_found` where there is no ledger.
  [[nodiscard]] static Result<std::unique_ptr<Ledger>> open_for_reading(const std::string& path);

  // `rejected` on a reader; `invalid_input` for a record that could not be read back; `corrupt`
  // when the file was removed or replaced since it was opened, where nobody would ever read the
  // records; `unavailable` when the disk is full or the file is locked for longer than a second.
  // After an error nothing of `records` is there.
  [[nodiscard]] Result<void> append(std::span<const Record> records) override;
  [[nodiscard]] Result<std::vector<Record>> read() override;

  // At most `limit` records from `from_seq` on, with their links; checked like read(), but the
  // record before the first is trusted.
  [[nodiscard]] Result<std::vector<ChainedRecord>> read_chained(std::uint64_t from_seq,
                                                                std::size_t limit);

 private:
  Ledger(Database database, std::optional<WriterLock> lock)
      : lock_(std::move(lock)), database_(std::move(database)) {}

  std::optional<WriterLock> lock_;  // given back after the database was closed
  Database database_;
  FileIdentity file_;
  Head head_;  // what this process wrote or found last
};

// What a check of the whole ledger found.
struct Verification {
  std::uint64_t records = 0;               // good ones, from the first
  Digest head;                             // the link of the last good one
  std::optional<std::uint64_t> first_bad;  // 0: the head is gone
  std::string trouble;                     // what is wrong with it; empty when all is good
};

// An Error only where the ledger could not be looked at: no file, no permission, no ledger.
[[nodiscard]] Result<Verification> verify(const std::string& path);

}  // namespace sluice::ledger
