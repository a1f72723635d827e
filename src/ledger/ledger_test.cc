#include "ledger/ledger.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "codec/event_json.h"

namespace sluice::ledger {
namespace {

namespace fs = std::filesystem;

// A folder of its own, gone at the end.
struct Folder {
  Folder() {
    std::string pattern = fs::temp_directory_path() / "sluice-ledger-XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string file() const { return path / "ledger.db"; }
  fs::path path;
};

Record record(std::uint64_t seq) {
  const Tick at{1'700'000'000'000 + static_cast<std::int64_t>(seq)};
  if (seq % 2 == 0) return {seq, at, Paused{fmt::format("ana {}", seq)}};
  return {seq, at, StageEntered{{"production"}, static_cast<std::uint32_t>(seq), Share(500)}};
}

std::vector<Record> records(std::uint64_t first, std::uint64_t last) {
  std::vector<Record> out;
  for (std::uint64_t seq = first; seq <= last; ++seq) out.push_back(record(seq));
  return out;
}

void write(const std::string& path, std::uint64_t last) {
  auto ledger = Ledger::open(path);
  REQUIRE_MESSAGE(ledger, ledger.error().message);
  const auto done = (*ledger)->append(records(1, last));
  REQUIRE_MESSAGE(done, done.error().message);
}

// SQL as somebody would run it behind the ledger's back.
void tamper(const std::string& path, const std::string& sql) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
  char* why = nullptr;
  const int code = sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &why);
  INFO((why == nullptr ? "" : why));
  CHECK(code == SQLITE_OK);
  sqlite3_free(why);
  sqlite3_close(handle);
}

constexpr const char* kWithoutTriggers =
    "DROP TRIGGER records_are_not_changed; DROP TRIGGER records_are_not_removed;"
    "DROP TRIGGER records_are_not_replaced; DROP TRIGGER head_is_not_removed;";

Verification verified(const std::string& path) {
  const auto found = verify(path);
  REQUIRE_MESSAGE(found, found.error().message);
  return *found;
}

bool mentions(const std::string& message, std::string_view words) {
  INFO(message);
  return message.find(words) != std::string::npos;
}

TEST_CASE("ledger: what was appended is read back, also by the next process to open it") {
  const Folder folder;
  {
    auto ledger = Ledger::open(folder.file());
    REQUIRE(ledger);
    CHECK((*ledger)->read()->empty());
    REQUIRE((*ledger)->append(records(1, 3)));
    REQUIRE((*ledger)->append({}));
    REQUIRE((*ledger)->append(records(4, 5)));
    CHECK(*(*ledger)->read() == records(1, 5));
  }
  auto ledger = Ledger::open(folder.file());
  REQUIRE(ledger);
  CHECK(*(*ledger)->read() == records(1, 5));
  REQUIRE((*ledger)->append(records(6, 6)));
  CHECK(*(*ledger)->read() == records(1, 6));
}

TEST_CASE("ledger: the chain is the one that sha256sum computes") {
  const Folder folder;
  write(folder.file(), 2);
  const std::string body = codec::encode(record(1).event);
  const Digest first = sha256(sha256("sluice ledger 1").hex + "\n1\n1700000000001\n" + body);
  auto ledger = Ledger::open_for_reading(folder.file());
  REQUIRE(ledger);
  CHECK((*ledger)->read_chained(1, 1)->front().chain == first);
  CHECK(verified(folder.file()).head ==
        sha256(first.hex + "\n2\n1700000000002\n" + codec::encode(record(2).event)));
}

TEST_CASE("ledger: a record that does not follow is a conflict, and nothing is written") {
  const Folder folder;
  auto ledger = Ledger::open(folder.file());
  REQUIRE(ledger);
  REQUIRE((*ledger)->append(records(1, 2)));
  for (const auto& wrong : {records(2, 2), records(4, 4), {record(3), record(5)}, {record(0)}}) {
    const auto done = (*ledger)->append(wrong);
    REQUIRE(!done);
    CHECK(done.error().code == ErrorCode::conflict);
    CHECK(mentions(done.error().message, folder.file()));
  }
  CHECK(*(*ledger)->read() == records(1, 2));
}

TEST_CASE("ledger: what could not be read back is not written") {
  const Folder folder;
  auto ledger = Ledger::open(folder.file());
  REQUIRE(ledger);
  const Record lie{2, Tick{1}, BaselineAdopted{Digest{"not a digest"}}};
  const auto done = (*ledger)->append(std::vector{record(1), lie});
  REQUIRE(!done);
  CHECK(done.error().code == ErrorCode::invalid_input);
  CHECK(mentions(done.error().message, "record 2 cannot be written: event baseline_adopted"));
  CHECK((*ledger)->read()->empty());
  CHECK((*ledger)->append(records(1, 1)));
}

TEST_CASE("ledger: somebody who appended behind its back is noticed before the next append") {
  const Folder folder;
  auto ledger = Ledger::open(folder.file());
  REQUIRE(ledger);
  REQUIRE((*ledger)->append(records(1, 2)));
  const Head second{2, (*ledger)->read_chained(2, 1)->front().chain};
  const std::string body = codec::encode(Event(Paused{"eve"}));
  const Head third = next_link(second, Tick{5}, body);
  tamper(folder.file(), fmt::format("INSERT INTO records VALUES (3, 5, '{}', '{}');"
                                    "UPDATE head SET seq = 3, chain = '{}'",
                                    body, third.chain.hex, third.chain.hex));
  const auto done = (*ledger)->append(records(3, 3));
  REQUIRE(!done);
  CHECK(done.error().code == ErrorCode::conflict);
}

TEST_CASE("ledger: a second writer is refused, and may come when the first has gone") {
  const Folder folder;
  {
    const auto first = Ledger::open(folder.file());
    REQUIRE(first);
    const auto second = Ledger::open(folder.file());
    REQUIRE(!second);
    CHECK(second.error().code == ErrorCode::conflict);
    CHECK(mentions(second.error().message, folder.file() + ": another process writes to it"));
  }
  CHECK(Ledger::open(folder.file()));
}

TEST_CASE("ledger: a reader sees what the writer writes, and writes nothing itself") {
  const Folder folder;
  auto writer = Ledger::open(folder.file());
  REQUIRE(writer);
  REQUIRE((*writer)->append(records(1, 2)));
  auto reader = Ledger::open_for_reading(folder.file());
  REQUIRE_MESSAGE(reader, reader.error().message);
  CHECK(*(*reader)->read() == records(1, 2));
  REQUIRE((*writer)->append(records(3, 3)));
  CHECK(*(*reader)->read() == records(1, 3));
  const auto done = (*reader)->append(records(4, 4));
  REQUIRE(!done);
  CHECK(done.error().code == ErrorCode::rejected);
  CHECK(verified(folder.file()).records == 3);
}

TEST_CASE("ledger: a part of it is read from any record on, with its links") {
  const Folder folder;
  write(folder.file(), 9);
  auto reader = Ledger::open_for_reading(folder.file());
  REQUIRE(reader);
  const auto part = (*reader)->read_chained(4, 3);
  REQUIRE(part);
  REQUIRE(part->size() == 3);
  CHECK(part->front().record == record(4));
  CHECK(part->back().record == record(6));
  CHECK((*reader)->read_chained(1, 100)->size() == 9);
  CHECK((*reader)->read_chained(0, 100)->size() == 9);
  CHECK((*reader)->read_chained(9, 100)->back().chain == verified(folder.file()).head);
  CHECK((*reader)->read_chained(10, 100)->empty());
  CHECK((*reader)->read_chained(UINT64_MAX, 100)->empty());
}

TEST_CASE("ledger: only its owner may read the file, whatever it was before") {
  const Folder folder;
  write(folder.file(), 1);
  struct stat found{};
  REQUIRE(::stat(folder.file().c_str(), &found) == 0);
  CHECK((found.st_mode & 0777U) == 0600);
  REQUIRE(::chmod(folder.file().c_str(), 0644) == 0);
  const auto ledger = Ledger::open(folder.file());
  REQUIRE(ledger);
  REQUIRE(::stat(folder.file().c_str(), &found) == 0);
  CHECK((found.st_mode & 0777U) == 0600);
  REQUIRE(::stat((folder.file() + "-wal").c_str(), &found) == 0);
  CHECK((found.st_mode & 0777U) == 0600);
}

TEST_CASE("ledger: the triggers refuse to change, remove or replace a record") {
  const Folder folder;
  write(folder.file(), 3);
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(folder.file().c_str(), &handle) == SQLITE_OK);
  for (const auto* sql :
       {"UPDATE records SET body = '{}'", "DELETE FROM records WHERE seq = 3", "DELETE FROM head",
        "INSERT OR REPLACE INTO records SELECT seq, at_ms, '{}', chain FROM records WHERE seq = 2",
        "INSERT INTO records VALUES (9, 1, '{}', '')"}) {
    CAPTURE(sql);
    CHECK(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_CONSTRAINT);
  }
  sqlite3_close(handle);
  CHECK(!verified(folder.file()).first_bad);
}

TEST_CASE("ledger: every change behind its back is found, at the record where it was made") {
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

TEST_CASE("ledger: a record that is missing before the part that was asked for is found") {
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
TEST_CASE("ledger: cutting off the end and the head together is not found") {
  const Folder folder;
  write(folder.file(), 9);
  tamper(folder.file(), std::string(kWithoutTriggers) +
                            "DELETE FROM records WHERE seq > 7; UPDATE head SET seq = 7, chain = "
                            "(SELECT chain FROM records WHERE seq = 7)");
  const Verification found = verified(folder.file());
  CHECK(!found.first_bad);
  CHECK(found.records == 7);
}

TEST_CASE("ledger: a chained record that means nothing is found") {
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

TEST_CASE("ledger: bytes changed in the file itself are found or refused, never a crash") {
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

TEST_CASE("ledger: a file of another program is refused, and left as it was") {
  const Folder folder;
  tamper(folder.file(), "CREATE TABLE theirs(x); INSERT INTO theirs VALUES (1)");
  const auto before = fs::last_write_time(folder.file());
  const auto ledger = Ledger::open(folder.file());
  REQUIRE(!ledger);
  CHECK(ledger.error().code == ErrorCode::rejected);
  CHECK(ledger.error().message == "ledger " + folder.file() + ": belongs to another program");
  CHECK(fs::last_write_time(folder.file()) == before);
  CHECK(!Ledger::open_for_reading(folder.file()));
}

TEST_CASE("ledger: of a newer sluice is refused, in so many words") {
  const Folder folder;
  write(folder.file(), 1);
  tamper(folder.file(), "PRAGMA user_version = 2");
  for (const auto& opened :
       {Ledger::open(folder.file()), Ledger::open_for_reading(folder.file())}) {
    REQUIRE(!opened);
    CHECK(opened.error().code == ErrorCode::rejected);
    CHECK(mentions(opened.error().message, "written by a newer sluice: it has version 2"));
  }
}

TEST_CASE("ledger: a file that is no database is corrupt, not overwritten") {
  const Folder folder;
  const std::string text(2'000, 'x');
  std::ofstream(folder.file()) << text;
  const auto ledger = Ledger::open(folder.file());
  REQUIRE(!ledger);
  CHECK(ledger.error().code == ErrorCode::corrupt);
  CHECK(ledger.error().message ==
        "ledger " + folder.file() + ": is no ledger: the file is no database");
  CHECK(fs::file_size(folder.file()) == text.size());
}

TEST_CASE("ledger: an empty file is one that was about to become a ledger") {
  const Folder folder;
  std::ofstream(folder.file()).close();
  const auto reader = Ledger::open_for_reading(folder.file());
  REQUIRE(!reader);
  CHECK(reader.error().code == ErrorCode::not_found);
  CHECK(Ledger::open(folder.file()));
}

TEST_CASE("ledger: a missing file or folder is named") {
  const Folder folder;
  const std::string path = folder.path / "gone" / "ledger.db";
  const auto ledger = Ledger::open(path);
  REQUIRE(!ledger);
  CHECK(ledger.error().code == ErrorCode::not_found);
  CHECK(mentions(ledger.error().message, path));
  const auto reader = Ledger::open_for_reading(folder.file());
  REQUIRE(!reader);
  CHECK(reader.error().code == ErrorCode::not_found);
  CHECK(reader.error().message == "ledger " + folder.file() + ": does not exist");
  CHECK(!fs::exists(folder.file()));
}

TEST_CASE("ledger: while another program holds the file, an append is refused and can be retried") {
  const Folder folder;
  auto ledger = Ledger::open(folder.file());
  REQUIRE(ledger);
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(folder.file().c_str(), &handle) == SQLITE_OK);
  REQUIRE(sqlite3_exec(handle, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  const auto done = (*ledger)->append(records(1, 1));
  REQUIRE(!done);
  CHECK(done.error().code == ErrorCode::unavailable);
  CHECK(done.error().message == "ledger " + folder.file() + ": locked by another program");
  sqlite3_close(handle);
  CHECK((*ledger)->append(records(1, 1)));
}

// Runs in a child, because a limit on file sizes and another user id cannot be taken back.
template <class Work>
std::string said_by_child(Work work) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const std::string said = work();
    const auto written = ::write(ends[1], said.data(), said.size());
    ::_exit(written == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  ::close(ends[1]);
  std::string said(4'096, '\0');
  const auto got = ::read(ends[0], said.data(), said.size());
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  said.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return said;
}

TEST_CASE("ledger: when no more bytes can be written it says so, and keeps what it had") {
  const Folder folder;
  write(folder.file(), 3);
  const std::string said = said_by_child([&]() -> std::string {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{200'000, 200'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    auto ledger = Ledger::open(folder.file());
    if (!ledger) return "not opened: " + ledger.error().message;
    for (std::uint64_t seq = 4; seq < 10'000; ++seq) {
      const auto done = (*ledger)->append(records(seq, seq));
      if (done) continue;
      if (done.error().code != ErrorCode::unavailable) return "wrong code";
      if ((*ledger)->read()->size() != seq - 1) return "lost some";
      return done.error().message;
    }
    return "never refused";
  });
  CHECK(mentions(said, "ledger " + folder.file() + ": cannot be read or written"));
  const Verification found = verified(folder.file());
  CHECK(!found.first_bad);
  CHECK(found.records > 3);
}

TEST_CASE("ledger: a folder that is read-only is named, and a reader still reads") {
  const Folder folder;
  write(folder.file(), 3);
  if (::geteuid() == 0) REQUIRE(::chown(folder.file().c_str(), 65'534, 65'534) == 0);
  fs::remove(folder.file() + ".lock");
  fs::permissions(folder.path, fs::perms{0555});
  const std::string said = said_by_child([&]() -> std::string {
    if (::geteuid() == 0 && ::setuid(65'534) != 0) return "cannot become somebody else";
    const auto ledger = Ledger::open(folder.file());
    if (ledger || ledger.error().code != ErrorCode::rejected) return "opened, or another code";
    return ledger.error().message;
  });
  fs::permissions(folder.path, fs::perms{0755});
  CHECK(mentions(said, folder.file() + ": its lock cannot be created: Permission denied"));
}

}  // namespace
}  // namespace sluice::ledger
