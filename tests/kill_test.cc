// The engine is stopped before and after every append to the journal and every change that an
// effect makes, during a whole adoption and delivery: real SQLite, fake adapters, virtual time.
// However often, the end is the same, and nothing was done twice.
#include <doctest/doctest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>

#include "ledger/ledger.h"
#include "support/delivery_rig.h"

namespace sluice::testing {
namespace {

struct Killed {};

struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "kill_XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

// Counts the moments at which a process may die, and dies at one of them.
class Reaper {
 public:
  explicit Reaper(std::int64_t at) : at_(at) {}
  void moment() {
    if (moments_++ == at_) throw Killed{};
  }
  [[nodiscard]] std::int64_t moments() const { return moments_; }

 private:
  std::int64_t at_;
  std::int64_t moments_ = 0;
};

// The ledger, closed and opened again with the engine, dying before or after an append.
class MortalJournal final : public Journal {
 public:
  MortalJournal(std::string path, Reaper& reaper) : path_(std::move(path)), reaper_(reaper) {
    reopen();
  }
  void reopen() {
    ledger_.reset();
    auto opened = ledger::Ledger::open(path_);
    REQUIRE(opened);
    ledger_ = std::move(*opened);
  }
  Result<void> append(std::span<const Record> records) override {
    reaper_.moment();
    Result<void> written = ledger_->append(records);
    reaper_.moment();
    return written;
  }
  Result<std::vector<Record>> read() override { return ledger_->read(); }

 private:
  std::string path_;
  Reaper& reaper_;
  std::unique_ptr<ledger::Ledger> ledger_;
};

struct Ending {
  std::vector<std::string> changes;
  Phase phase = Phase::deploying;
  Routing production;
  std::array<FakeSlot, 2> slots;
  std::int64_t moments = 0;
};

constexpr const char* kRelease = "REL-2026-002";

// Adopts and delivers, whatever has been done already. What may be killed is never called inside
// REQUIRE, which would catch it.
void go_on(DeliveryRig& rig) {
  const Release first = DeliveryRig::release("REL-2026-001");
  const bool settled = rig.run_to_the_end();
  REQUIRE(settled);
  if (rig.service().environments.empty() ||
      rig.service().environments.back().baseline_release.empty()) {
    rig.adopt(first.id);
  }
  if (!rig.service().delivery) {
    const engine::Admission admission = rig.deliver(kRelease);
    REQUIRE(admission.delivery);
  }
  const bool ended = rig.run_to_the_end();
  REQUIRE(ended);
}

// With a fault the delivery is taken back in production; without, it is done.
Ending tell(std::int64_t killed_at, bool faulty) {
  const Folder folder;
  Reaper reaper(killed_at);
  MortalJournal journal(folder.path / "ledger.db", reaper);
  DeliveryRig rig(journal);
  if (faulty) {
    rig.world.environment("production").smoke_passes = false;
    rig.world.environment("production").requests_per_second = 5'000;
  }
  rig.world.interrupt = [&reaper] { reaper.moment(); };
  for (;;) {
    try {
      go_on(rig);
      break;
    } catch (const Killed&) {
      rig.world.now = rig.world.now + 100;
      journal.reopen();
      try {
        rig.restart();
      } catch (const Killed&) {
        FAIL("killed twice");
      }
    }
  }
  const FakeEnvironment& production = rig.world.environment("production");
  Ending ending{rig.world.changes, rig.service().delivery->phase, production.routing,
                production.slots, reaper.moments()};
  const auto verified = ledger::verify(folder.path / "ledger.db");
  REQUIRE(verified);
  CHECK(verified->trouble.empty());
  return ending;
}

// Independent effects may come in another order after a restart; none may come twice.
void check_same(const Ending& killed, const Ending& undisturbed) {
  CHECK(killed.phase == undisturbed.phase);
  CHECK(killed.production == undisturbed.production);
  for (const Slot slot : {Slot::a, Slot::b}) {
    const auto i = static_cast<std::size_t>(slot);
    CHECK(killed.slots[i].running == undisturbed.slots[i].running);
    CHECK(killed.slots[i].release == undisturbed.slots[i].release);
  }
  std::vector<std::string> mine = killed.changes;
  std::vector<std::string> theirs = undisturbed.changes;
  std::ranges::sort(mine);
  std::ranges::sort(theirs);
  std::string both;
  for (const std::string& change : killed.changes) both += change + "\n";
  CAPTURE(both);
  CHECK(mine == theirs);
}

void kill_everywhere(bool faulty, Phase expected) {
  const Ending undisturbed = tell(-1, faulty);
  REQUIRE(undisturbed.phase == expected);
  REQUIRE(undisturbed.moments > 80);
  for (std::int64_t at = 0; at < undisturbed.moments; ++at) {
    CAPTURE(at);
    check_same(tell(at, faulty), undisturbed);
  }
}

}  // namespace

TEST_CASE("kill: at every moment of a delivery that ends done") {
  kill_everywhere(false, Phase::done);
}

TEST_CASE("kill: at every moment of a delivery that is taken back") {
  kill_everywhere(true, Phase::rolled_back);
}

}  // namespace sluice::testing
