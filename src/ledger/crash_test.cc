// Killed at any instant, the ledger holds every record that it acknowledged, and its chain is
// whole.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <random>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/ledger.h"
#include "ledger/test_ledger.h"

namespace sluice::ledger {
namespace {

namespace fs = std::filesystem;

// Appends batches of one to four records until it is killed, and reports each acknowledged number.
[[noreturn]] void append_for_ever(const std::string& path, int report) {
  auto ledger = Ledger::open(path);
  if (!ledger) ::_exit(1);
  const auto before = (*ledger)->read();
  if (!before) ::_exit(2);
  std::uint64_t last = before->size();
  for (;;) {
    std::vector<Record> batch;
    for (std::uint64_t i = 0; i <= last % 4; ++i) {
      const std::uint64_t seq = last + i + 1;
      batch.push_back({seq, Tick{static_cast<std::int64_t>(seq)}, EffectObserved{seq, "done"}});
    }
    if (!(*ledger)->append(batch)) ::_exit(3);
    last = batch.back().seq;
    if (::write(report, &last, sizeof last) != sizeof last) ::_exit(4);
  }
}

// The last number that the child reported before it was killed after about `microseconds`.
std::uint64_t acknowledged_before_kill(const std::string& path, useconds_t microseconds) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) append_for_ever(path, ends[1]);
  ::close(ends[1]);
  ::usleep(microseconds);
  ::kill(child, SIGKILL);
  std::uint64_t last = 0;
  while (::read(ends[0], &last, sizeof last) == sizeof last) {
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status));  // it did not end by itself
  return last;
}

TEST_CASE("ledger: killed at 20 random moments it loses nothing that it acknowledged") {
  std::string folder = fs::temp_directory_path() / "sluice-crash-XXXXXX";
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  const std::string path = folder + "/ledger.db";
  std::mt19937 random(5);
  std::uint64_t most = 0;
  for (int round = 0; round < 20; ++round) {
    const auto moment = static_cast<useconds_t>(2'000 + random() % 60'000);
    const std::uint64_t acknowledged = acknowledged_before_kill(path, moment);
    most = std::max(most, acknowledged);
    if (!fs::exists(path)) continue;  // killed before it began
    const auto found = verify(path);
    if (!found && most == 0) continue;
    REQUIRE_MESSAGE(found, trouble_in(found));
    CHECK_MESSAGE(!found->first_bad, found->trouble);
    CHECK(found->records >= most);
  }
  CHECK(most > 20);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace sluice::ledger
