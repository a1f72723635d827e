// The engine is stopped before and after every append to the journal and every change that an
// effect makes, during a whole adoption and delivery: real SQLite, fake adapters, virtual time.
// However often, the end is the same, and nothing was done twice.
#include <algorithm>
#include <filesystem>

#include <doctest/doctest.h>
#include <stdlib.h>
#include <unistd.h>

#include "ledger/ledger.h"
#include "replay/again.h"
#include "support/delivery_rig.h"

namespace sluice::testing {
namespace {

struct Killed {};

// In memory where there is such a place: a process that dies takes nothing of the disk with it, and
// most of the time would go by waiting for the disk.
std::filesystem::path place() {
  const std::filesystem::path memory = "/dev/shm";
  return ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
}

struct Folder {
  Folder() {
    std::string name = (place() / "kill_XXXXXX").string();
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
  std::size_t drills = 0;
  std::int64_t moments = 0;
};

constexpr const char* kRelease = "REL-2026-002";

// Adopts and delivers, whatever has been done already. What may be killed is never called inside
// REQUIRE, which would catch it.
void go_on(DeliveryRig& rig, bool drill) {
  const Release first = DeliveryRig::release("REL-2026-001");
  const bool settled = rig.run_to_the_end();
  REQUIRE(settled);
  if (rig.service().environments.empty() ||
      rig.service().environments.back().baseline_release.empty()) {
    rig.adopt(first.id);
  }
  if (drill && rig.service().deliveries == 0) {
    const engine::Admission admission = rig.drill(kRelease);
    REQUIRE(admission.delivery);
  }
  const bool drilled = rig.run_to_the_end();
  REQUIRE(drilled);
  if (!rig.service().delivery || rig.service().delivery->plan.drill) {
    const engine::Admission admission = rig.deliver(kRelease);
    REQUIRE(admission.delivery);
  }
  const bool ended = rig.run_to_the_end();
  REQUIRE(ended);
}

// How a delivery is to go: with a fault it is taken back in production; with much traffic the share
// grows in steps.
struct Course {
  bool faulty = false;
  bool drill = false;  // alone, before it; else it is performed on the way
  double requests_per_second = 1'000;
};

// However it was killed, what it decided is decided again alike.
void check_replay(Journal& journal, DeliveryRig& rig) {
  const auto records = journal.read();
  REQUIRE(records);
  const auto account =
      replay::decide_again(*records, rig.service().delivery->id,
                           [&](const Digest& digest) { return rig.evidence.read(digest); });
  REQUIRE(account);
  if (account->difference) MESSAGE(account->difference->expected, account->difference->found);
  CHECK_FALSE(account->difference);
  for (const replay::Missing& one : account->missing) MESSAGE(one.from, " ", one.why);
  CHECK(account->missing.empty());
}

Ending tell(std::int64_t killed_at, const Course& course) {
  const Folder folder;
  Reaper reaper(killed_at);
  MortalJournal journal(folder.path / "ledger.db", reaper);
  DeliveryRig rig(journal);
  rig.world.environment("production").smoke_passes = !course.faulty;
  rig.world.environment("production").requests_per_second = course.requests_per_second;
  rig.world.interrupt = [&reaper] { reaper.moment(); };
  for (;;) {
    try {
      go_on(rig, course.drill);
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
                production.slots,  rig.service().drills.size(),   reaper.moments()};
  const auto verified = ledger::verify(folder.path / "ledger.db");
  REQUIRE(verified);
  CHECK(verified->trouble.empty());
  check_replay(journal, rig);
  return ending;
}

// The shares of the canary in production while slot a is the baseline; those between nothing and
// the first stage's depend on when evidence is counted anew, so they are looked at apart.
std::vector<double> take_ramp(std::vector<std::string>& changes) {
  std::vector<double> ramp;
  const std::string share = "production: baseline a share ";
  std::erase_if(changes, [&](const std::string& change) {
    if (!change.starts_with(share)) return false;
    const double percent = std::stod(change.substr(share.size()));
    if (percent <= 0 || percent >= 5) return false;
    ramp.push_back(percent);
    return true;
  });
  return ramp;
}

// A kill costs a tenth of a second, by which the second that the change log names may be another.
void take_times(std::vector<std::string>& changes) {
  const std::string line = "change log: - ";
  for (std::string& change : changes) {
    if (!change.starts_with(line)) continue;
    change.erase(line.size(), change.find(' ', line.size()) - line.size());
  }
}

// Independent effects may come in another order after a restart; none may come twice.
void check_same(Ending killed, Ending undisturbed) {
  CHECK(killed.phase == undisturbed.phase);
  CHECK(killed.production == undisturbed.production);
  CHECK(killed.drills == 1);
  for (const Slot slot : {Slot::a, Slot::b}) {
    const auto i = static_cast<std::size_t>(slot);
    CHECK(killed.slots[i].running == undisturbed.slots[i].running);
    CHECK(killed.slots[i].release == undisturbed.slots[i].release);
  }
  std::string both;
  for (const std::string& change : killed.changes) both += change + "\n";
  CAPTURE(both);
  const std::vector<double> ramp = take_ramp(killed.changes);
  CHECK(std::ranges::is_sorted(ramp, std::ranges::less_equal{}));  // each once, and only up
  CHECK(ramp.empty() == take_ramp(undisturbed.changes).empty());
  take_times(killed.changes);
  take_times(undisturbed.changes);
  std::ranges::sort(killed.changes);
  std::ranges::sort(undisturbed.changes);
  CHECK(killed.changes == undisturbed.changes);
}

void kill_everywhere(const Course& course, Phase expected) {
  const Ending undisturbed = tell(-1, course);
  REQUIRE(undisturbed.phase == expected);
  REQUIRE(undisturbed.moments > 80);
  for (std::int64_t at = 0; at < undisturbed.moments; ++at) {
    CAPTURE(at);
    check_same(tell(at, course), undisturbed);
  }
}

}  // namespace

TEST_CASE("kill: at every moment of a delivery that ends done") {
  kill_everywhere({}, Phase::done);
}

TEST_CASE("kill: at every moment of a drill, and of the delivery that rests on it") {
  kill_everywhere({.drill = true}, Phase::done);
}

TEST_CASE("kill: at every moment of a delivery that is taken back") {
  kill_everywhere({.faulty = true, .requests_per_second = 5'000}, Phase::rolled_back);
}

TEST_CASE("kill: at every moment of a delivery whose share grows with the evidence") {
  kill_everywhere({.requests_per_second = 200'000}, Phase::done);
}

}  // namespace sluice::testing
