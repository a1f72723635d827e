#include "ledger/schema.h"

#include <fmt/format.h>

namespace sluice::ledger {
namespace {

constexpr std::int64_t kApplication = 0x534C4345;  // "SLCE"
constexpr std::int64_t kVersion = 1;

// The triggers keep an honest program from changing history by mistake; that it was not changed
// on purpose either is what the chain is for.
constexpr std::string_view kTables = R"(
CREATE TABLE records(
  seq INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  body TEXT NOT NULL,
  chain TEXT NOT NULL
) STRICT;
CREATE TABLE head(
  one INTEGER PRIMARY KEY CHECK (one = 1),
  seq INTEGER NOT NULL,
  chain TEXT NOT NULL
) STRICT;
CREATE TRIGGER records_are_not_changed BEFORE UPDATE ON records
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER records_are_not_removed BEFORE DELETE ON records
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER records_are_not_replaced BEFORE INSERT ON records
WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM records)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER head_is_not_removed BEFORE DELETE ON head
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
)";

std::unexpected<Error> refused(const Database& database, std::string_view why) {
  return fail(ErrorCode::rejected, fmt::format("ledger {}: {}", database.path(), why));
}

}  // namespace

Result<Contents> identify(Database& database) {
  const std::int64_t tables = SLUICE_TRY(database.integer_of("SELECT COUNT(*) FROM sqlite_schema"));
  const std::int64_t application = SLUICE_TRY(database.integer_of("PRAGMA application_id"));
  if (tables == 0 && application == 0) return Contents::nothing;
  if (application != kApplication) return refused(database, "belongs to another program");
  const std::int64_t version = SLUICE_TRY(database.integer_of("PRAGMA user_version"));
  if (version > kVersion) {
    return refused(database, fmt::format("written by a newer sluice: it has version {}, and this "
                                         "one reads version {}",
                                         version, kVersion));
  }
  if (version < 1) return refused(database, fmt::format("has the unknown version {}", version));
  return Contents::ledger;
}

Result<void> create_schema(Database& database) {
  Transaction transaction = SLUICE_TRY(Transaction::begin(database, Transaction::Kind::write));
  SLUICE_TRY(database.run(std::string(kTables)));
  SLUICE_TRY(
      database.run(fmt::format("INSERT INTO head VALUES (1, 0, '{}');"
                               "PRAGMA application_id = {}; PRAGMA user_version = {};",
                               Head{}.chain.hex, kApplication, kVersion)));
  return transaction.commit();
}

Result<Head> stored_head(Database& database) {
  Statement row = SLUICE_TRY(database.prepare("SELECT seq, chain FROM head WHERE one = 1"));
  const bool found = SLUICE_TRY(row.step());
  const std::int64_t seq = found ? row.integer(0).value_or(-1) : -1;
  const auto chain = parse_digest(found ? row.text(1).value_or("") : "");
  if (seq < 0 || !chain) {
    return fail(
        ErrorCode::corrupt,
        fmt::format("ledger {}: the head, which names the last record, is gone or unreadable",
                    database.path()));
  }
  return Head{static_cast<std::uint64_t>(seq), *chain};
}

}  // namespace sluice::ledger
