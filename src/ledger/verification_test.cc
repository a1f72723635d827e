// Every change behind the ledger's back, and the one kind that is not found.
#include <filesystem>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "ledger/ledger.h"
#include "ledger/test_ledger.h"

namespace sluice::ledger {
namespace {

TEST_CASE(
    "ledger verification: every change behind its back is found, at the record where it was made") {
  struct Case {
    std::string what;
    const char* sql;
    std::uint64_t first_bad;
    const char* words;
  };
  const Case cases[] = {
      {"body", "UPDATE records SET body = replace(body, '500', '501') WHERE seq = 5", 5,
       "record 5: its time, its body or its chain digest is not what was written"},
      {"one byte of white space", "UPDATE records SET body = body || ' ' WHERE seq = 5", 5,
       "record 5"},
      {"body with a NUL", "UPDATE records SET body = body || char(0) || 'x' WHERE seq = 8", 8,
       "record 8"},
      {"time", "UPDATE records SET at_ms = at_ms + 1 WHERE seq = 4", 4, "record 4"},
      {"time of the last", "UPDATE records SET at_ms = at_ms - 1 WHERE seq = 9", 9, "record 9"},
      {"chain", "UPDATE records SET chain = upper(chain) WHERE seq = 3", 3, "record 3"},
      {"first record", "UPDATE records SET body = '{}' WHERE seq = 1", 1, "record 1"},
      {"number of the last", "UPDATE records SET seq = 10 WHERE seq = 9", 9,
       "record 9: missing: record 10 comes after record 8"},
      {"number of all", "UPDATE records SET seq = seq + 100", 1, "record 1: missing"},
      {"number below one", "UPDATE records SET seq = 0 WHERE seq = 1", 1,
       "a record numbered 0 was put before it"},
      {"removed in the middle", "DELETE FROM records WHERE seq = 6", 6,
       "record 6: missing: record 7 comes after record 5"},
      {"removed and closed up",
       "DELETE FROM records WHERE seq = 6; UPDATE records SET seq = seq - 1 WHERE seq > 6", 6,
       "record 6"},
      {"removed at the start", "DELETE FROM records WHERE seq = 1", 1, "record 1: missing"},
      {"cut off at the end", "DELETE FROM records WHERE seq > 7", 8,
       "record 8: missing: the head says that the last record is 9"},
      {"all removed", "DELETE FROM records", 1, "record 1: missing"},
      {"inserted at the end",
       "INSERT INTO records SELECT 10, at_ms, body, chain FROM records "
       "WHERE seq = 9",
       10, "record 10: the head says that record 9 is the last"},
      {"inserted in the middle",
       "UPDATE records SET seq = -seq WHERE seq > 4; UPDATE records SET seq = 1 - seq WHERE seq < "
       "0;"
       "INSERT INTO records SELECT 5, at_ms, body, chain FROM records WHERE seq = 4",
       5, "record 5"},
      {"swapped",
       "UPDATE records SET seq = 100 WHERE seq = 3; UPDATE records SET seq = 3 WHERE seq = 4;"
       "UPDATE records SET seq = 4 WHERE seq = 100",
       3, "record 3"},
      {"bodies swapped",
       "UPDATE records SET body = (SELECT body FROM records WHERE seq = 2) WHERE seq = 6", 6,
       "record 6"},
      {"head's number", "UPDATE head SET seq = 8", 8,
       "record 8: the head names another chain digest for it"},
      {"head moved back",
       "UPDATE head SET seq = 8, chain = (SELECT chain FROM records WHERE seq = 8)", 9,
       "record 9: the head says that record 8 is the last"},
      {"head's digest", "UPDATE head SET chain = (SELECT chain FROM records WHERE seq = 8)", 9,
       "record 9: the head names another chain digest for it"},
      {"head gone", "DELETE FROM head", 0, "the head, which names the last record, is gone"},
      {"head unreadable", "UPDATE head SET chain = 'x'", 0, "is gone or unreadable"},
  };
  const Folder folder;
  write(folder.file(), 9);
  for (const Case& one : cases) {
    CAPTURE(one.what);
    const std::string copy = folder.path / "copy.db";
    fs::copy_file(folder.file(), copy, fs::copy_options::overwrite_existing);
    tamper(copy, kWithoutTriggers);
    CHECK(!verified(copy).first_bad);
    tamper(copy, one.sql);

    const Verification found = verified(copy);
    CHECK(found.first_bad == one.first_bad);
    CHECK(mentions(found.trouble, one.words));
    CHECK(mentions(found.trouble, copy));
    CHECK(found.records == (one.first_bad == 0 ? 0 : one.first_bad - 1));

    auto reader = Ledger::open_for_reading(copy);
    REQUIRE(reader);
    const auto read = (*reader)->read();
    REQUIRE(!read);
    CHECK(read.error().code == ErrorCode::corrupt);
    CHECK(read.error().message == found.trouble);
  }
}

TEST_CASE(
    "ledger verification: a record that is missing before the part that was asked for is found") {
  const Folder folder;
  write(folder.file(), 9);
  tamper(folder.file(), std::string(kWithoutTriggers) + "DELETE FROM records WHERE seq = 4");
  auto reader = Ledger::open_for_reading(folder.file());
  REQUIRE(reader);
  const auto part = (*reader)->read_chained(5, 10);
  REQUIRE(!part);
  CHECK(part.error().code == ErrorCode::corrupt);
  CHECK((*reader)->read_chained(6, 10)->size() == 4);
}

// This is the limit that the header states, and the reason for signed checkpoints.
TEST_CASE("ledger verification: cutting off the end and the head together is not found") {
  const Folder folder;
  write(folder.file(), 9);
  tamper(folder.file(), std::string(kWithoutTriggers) +
                            "DELETE FROM records WHERE seq > 7; UPDATE head SET seq = 7, chain = "
                            "(SELECT chain FROM records WHERE seq = 7)");
  const Verification found = verified(folder.file());
  CHECK(!found.first_bad);
  CHECK(found.records == 7);
}

TEST_CASE("ledger verification: a chained record that means nothing is found") {
  const Folder folder;
  write(folder.file(), 1);
  const Head first{1, verified(folder.file()).head};
  const Head second = next_link(first, Tick{5}, "{}");
  tamper(folder.file(), fmt::format("INSERT INTO records VALUES (2, 5, '{{}}', '{}');"
                                    "UPDATE head SET seq = 2, chain = '{}'",
                                    second.chain.hex, second.chain.hex));
  const Verification found = verified(folder.file());
  CHECK(found.first_bad == 2U);
  CHECK(mentions(found.trouble, "record 2: cannot be understood: event: `event`: missing"));
}

TEST_CASE(
    "ledger verification: bytes changed in the file itself are found or refused, never a crash") {
  const Folder folder;
  write(folder.file(), 200);
  std::ifstream file(folder.file(), std::ios::binary);
  const std::string good{std::istreambuf_iterator<char>(file), {}};
  REQUIRE(good.size() > 8'192);
  const std::string copy = folder.path / "copy.db";
  int seen = 0;
  for (std::size_t at = 0; at < good.size(); at += 997) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x5A);
    std::ofstream(copy, std::ios::binary) << bad;
    const auto found = verify(copy);
    if (!found || found->first_bad) ++seen;
    if (found && !found->first_bad) CHECK(found->records == 200);  // a byte that means nothing
  }
  CHECK(seen > 10);
}

}  // namespace
}  // namespace sluice::ledger
