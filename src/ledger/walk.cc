#include "ledger/walk.h"

#include <fmt/format.h>

#include "codec/event_json.h"
#include "ledger/schema.h"

namespace sluice::ledger {
namespace {

// The head before record `from_seq`, which may lie beyond the last one.
Result<Head> head_before(Database& database, std::uint64_t from_seq, const Head& last) {
  if (from_seq <= 1) return Head{};
  if (from_seq > last.seq) return last;
  Statement row = SLUICE_TRY(database.prepare("SELECT chain FROM records WHERE seq = ?1"));
  row.bind(1, static_cast<std::int64_t>(from_seq - 1));
  const bool found = SLUICE_TRY(row.step());
  const auto chain = parse_digest(found ? row.text(0).value_or("") : "");
  if (chain) return Head{from_seq - 1, *chain};
  return fail(ErrorCode::corrupt,
              fmt::format("ledger {}: record {}: missing", database.path(), from_seq - 1));
}

}  // namespace

Result<Walk> Walk::from(Database& database, std::uint64_t from_seq) {
  Head last = SLUICE_TRY(stored_head(database));
  Head before = SLUICE_TRY(head_before(database, from_seq, last));
  Statement rows = SLUICE_TRY(
      database.prepare("SELECT seq, at_ms, body, chain FROM records WHERE seq >= ?1 ORDER BY seq"));
  // From the first also what was put before it.
  rows.bind(1, before.seq == 0 ? INT64_MIN : static_cast<std::int64_t>(before.seq + 1));
  return Walk(database, std::move(rows), std::move(before), std::move(last));
}

Result<std::optional<ChainedRecord>> Walk::next() {
  const bool found = SLUICE_TRY(rows_.step());
  if (!found && head_.seq == last_.seq) return std::nullopt;
  if (!found) {
    return contradiction(
        fmt::format("missing: the head says that the last record is {}", last_.seq));
  }
  Head head = SLUICE_TRY(link_of_row());
  const Tick at{rows_.integer(1).value_or(0)};
  auto event = codec::decode_event(rows_.text(2).value_or(""));
  if (!event) return contradiction("cannot be understood: " + event.error().message);
  head_ = std::move(head);
  return ChainedRecord{{head_.seq, at, std::move(*event)}, head_.chain};
}

// The link of the row under the cursor, which is as it was written.
Result<Head> Walk::link_of_row() const {
  const auto seq = rows_.integer(0).value_or(0);
  const auto at_ms = rows_.integer(1);
  const auto body = rows_.text(2);
  if (seq < 1) return contradiction(fmt::format("a record numbered {} was put before it", seq));
  if (static_cast<std::uint64_t>(seq) != head_.seq + 1) {
    return contradiction(fmt::format("missing: record {} comes after record {}", seq, head_.seq));
  }
  if (head_.seq == last_.seq) {
    return contradiction(fmt::format("the head says that record {} is the last", last_.seq));
  }
  if (!at_ms || !body) return contradiction("a column has another type");
  Head head = next_link(head_, Tick{*at_ms}, *body);
  if (head.chain.hex != rows_.text(3).value_or("")) {
    return contradiction("its time, its body or its chain digest is not what was written");
  }
  if (head.seq == last_.seq && head.chain != last_.chain) {
    return contradiction("the head names another chain digest for it");
  }
  return head;
}

std::unexpected<Error> Walk::contradiction(std::string_view what) const {
  return fail(ErrorCode::corrupt,
              fmt::format("ledger {}: record {}: {}", database_->path(), head_.seq + 1, what));
}

}  // namespace sluice::ledger
