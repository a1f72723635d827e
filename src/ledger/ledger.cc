#include "ledger/ledger.h"

#include <cerrno>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/event_json.h"
#include "ledger/schema.h"

namespace sluice::ledger {
namespace {

struct Link {
  Head head;
  Tick at;
  std::string body;
};

// The records as they will be stored. What could not be read back must not be written: an engine
// that cannot replay its ledger is lost.
Result<std::vector<Link>> links_of(Head head, std::span<const Record> records) {
  std::vector<Link> links;
  links.reserve(records.size());
  for (const Record& record : records) {
    if (record.seq != head.seq + 1) {
      return fail(ErrorCode::conflict,
                  fmt::format("record {} does not follow record {}", record.seq, head.seq));
    }
    std::string body = codec::encode(record.event);
    if (const auto back = codec::decode_event(body); !back) {
      return std::unexpected(
          back.error().in(fmt::format("record {} cannot be written", record.seq)));
    }
    head = next_link(head, record.at, body);
    links.push_back({head, record.at, std::move(body)});
  }
  return links;
}

Result<void> insert(Database& database, const std::vector<Link>& links) {
  Statement row = SLUICE_TRY(database.prepare("INSERT INTO records VALUES (?1, ?2, ?3, ?4)"));
  for (const Link& link : links) {
    row.bind(1, static_cast<std::int64_t>(link.head.seq));
    row.bind(2, link.at.unix_ms);
    row.bind(3, link.body);
    row.bind(4, link.head.chain.hex);
    (void)SLUICE_TRY(row.step());
    row.rewind();
  }
  Statement head =
      SLUICE_TRY(database.prepare("UPDATE head SET seq = ?1, chain = ?2 WHERE one = 1"));
  head.bind(1, static_cast<std::int64_t>(links.back().head.seq));
  head.bind(2, links.back().head.chain.hex);
  (void)SLUICE_TRY(head.step());
  return {};
}

Result<void> prepare_for_writing(Database& database) {
  const Contents contents = SLUICE_TRY(identify(database));
  // In this order: the file of another program was refused before anything in it was changed.
  SLUICE_TRY(database.run(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON"));
  if (contents == Contents::nothing) SLUICE_TRY(create_schema(database));
  return {};
}

Result<Database> open_existing(const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
    return fail(ErrorCode::not_found, "ledger " + path + ": does not exist");
  }
  Database database = SLUICE_TRY(Database::open(path, Database::Access::read));
  SLUICE_TRY(database.run("PRAGMA query_only = ON"));
  const Contents contents = SLUICE_TRY(identify(database));
  if (contents == Contents::ledger) return database;
  return fail(ErrorCode::not_found, "ledger " + path + ": nothing was written yet");
}

FileIdentity identity_of(const std::string& path) {
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) return {};
  return {found.st_dev, found.st_ino};
}

// Bytes that lie are what a verification is there to find; everything else kept it from looking.
Result<Verification> finding(const Head& good, std::uint64_t first_bad, const Error& error) {
  if (error.code != ErrorCode::corrupt) return std::unexpected(error);
  return Verification{good.seq, good.chain, first_bad, error.message};
}

}  // namespace

Result<std::unique_ptr<Ledger>> Ledger::open(const std::string& path) {
  WriterLock lock = SLUICE_TRY(WriterLock::take(path));
  SLUICE_TRY(create_private_file(path));
  Database database = SLUICE_TRY(Database::open(path, Database::Access::write));
  SLUICE_TRY(prepare_for_writing(database));
  Head head = SLUICE_TRY(stored_head(database));
  std::unique_ptr<Ledger> ledger(new Ledger(std::move(database), std::move(lock)));
  ledger->head_ = std::move(head);
  ledger->file_ = identity_of(path);
  return ledger;
}

Result<std::unique_ptr<Ledger>> Ledger::open_for_reading(const std::string& path) {
  Database database = SLUICE_TRY(open_existing(path));
  return std::unique_ptr<Ledger>(new Ledger(std::move(database), std::nullopt));
}

Result<void> Ledger::append(std::span<const Record> records) {
  const auto named = [this](const Error& error) {
    return std::unexpected(error.in("ledger " + database_.path()));
  };
  if (!lock_) return named({ErrorCode::rejected, "opened for reading only"});
  if (records.empty()) return {};
  if (identity_of(database_.path()) != file_) {
    return named({ErrorCode::corrupt, "the file was removed or replaced while it was written to"});
  }
  const auto links = links_of(head_, records);
  if (!links) return named(links.error());

  Transaction transaction = SLUICE_TRY(Transaction::begin(database_, Transaction::Kind::write));
  const Head stored = SLUICE_TRY(stored_head(database_));
  if (stored != head_) {
    return named({ErrorCode::conflict,
                  fmt::format("somebody else wrote: its last record is {}", stored.seq)});
  }
  SLUICE_TRY(insert(database_, *links));
  SLUICE_TRY(transaction.commit());
  head_ = links->back().head;
  return {};
}

Result<std::vector<Record>> Ledger::read() {
  const Transaction moment = SLUICE_TRY(Transaction::begin(database_, Transaction::Kind::read));
  Walk walk = SLUICE_TRY(Walk::from(database_, 1));
  std::vector<Record> records;
  for (;;) {
    auto next = SLUICE_TRY(walk.next());
    if (!next) return records;
    records.push_back(std::move(next->record));
  }
}

Result<std::vector<ChainedRecord>> Ledger::read_chained(std::uint64_t from_seq, std::size_t limit) {
  const Transaction moment = SLUICE_TRY(Transaction::begin(database_, Transaction::Kind::read));
  Walk walk = SLUICE_TRY(Walk::from(database_, from_seq));
  std::vector<ChainedRecord> records;
  while (records.size() < limit) {
    auto next = SLUICE_TRY(walk.next());
    if (!next) break;
    records.push_back(std::move(*next));
  }
  return records;
}

Result<Verification> verify(const std::string& path) {
  Database database = SLUICE_TRY(open_existing(path));
  const Transaction moment = SLUICE_TRY(Transaction::begin(database, Transaction::Kind::read));
  auto walk = Walk::from(database, 1);
  if (!walk) return finding({}, 0, walk.error());
  for (;;) {
    const auto next = walk->next();
    if (!next) return finding(walk->head(), walk->head().seq + 1, next.error());
    if (!*next) return Verification{walk->head().seq, walk->head().chain, {}, {}};
  }
}

}  // namespace sluice::ledger
