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
#include "ledger/test_ledger.h"

namespace sluice::ledger {
namespace {

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

TEST_CASE(
    "ledger: when its file was removed or replaced, nothing more is written where nobody reads") {
  const Folder folder;
  auto ledger = Ledger::open(folder.file());
  REQUIRE(ledger);
  REQUIRE((*ledger)->append(records(1, 2)));
  std::filesystem::copy_file(folder.file(), folder.file() + ".copy");
  std::filesystem::remove(folder.file());
  auto done = (*ledger)->append(records(3, 3));
  REQUIRE(!done);
  CHECK(done.error().code == ErrorCode::corrupt);
  CHECK(done.error().message.contains("removed or replaced"));
  CHECK_FALSE(std::filesystem::exists(folder.file()));

  std::filesystem::rename(folder.file() + ".copy", folder.file());
  done = (*ledger)->append(records(3, 3));
  REQUIRE(!done);
  CHECK(done.error().code == ErrorCode::corrupt);
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
  REQUIRE_MESSAGE(reader, trouble_in(reader));
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

TEST_CASE("ledger: a folder that is read-only is named, to a writer and to a reader") {
  const Folder folder;
  write(folder.file(), 3);
  if (::geteuid() == 0) REQUIRE(::chown(folder.file().c_str(), 65'534, 65'534) == 0);
  fs::remove(folder.file() + ".lock");
  fs::permissions(folder.path, fs::perms{0555});
  const std::string said = said_by_child([&]() -> std::string {
    if (::geteuid() == 0 && ::setuid(65'534) != 0) return "cannot become somebody else";
    const auto ledger = Ledger::open(folder.file());
    if (ledger || ledger.error().code != ErrorCode::rejected) return "opened, or another code";
    const auto reader = Ledger::open_for_reading(folder.file());  // needs SQLite's own files
    return ledger.error().message + "; " + (reader ? "readable" : reader.error().message);
  });
  fs::permissions(folder.path, fs::perms{0755});
  CHECK(mentions(said, folder.file() + ": its lock cannot be created: Permission denied"));
  CHECK(mentions(said, "; ledger " + folder.file() + ": cannot be"));
}

}  // namespace
}  // namespace sluice::ledger
