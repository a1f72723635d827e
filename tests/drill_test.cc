// The rehearsed rollback, by the real engine, on a world of fakes and in virtual time.
#include <algorithm>

#include <doctest/doctest.h>

#include "gates/delivery_verdict.h"
#include "support/delivery_rig.h"

namespace sluice::testing {
namespace {

constexpr const char* kRelease = "REL-2026-002";

struct Story {
  MemoryJournal journal;
  DeliveryRig rig{journal};

  Story() { rig.adopt("REL-2026-001"); }

  const Delivery& delivery() { return *rig.service().delivery; }
  FakeEnvironment& staging() { return rig.world.environment("staging"); }
  FakeEnvironment& production() { return rig.world.environment("production"); }
  // From this record of the journal on.
  int count(std::string_view name, std::size_t from = 0) {
    return static_cast<int>(std::count_if(
        journal.records.begin() + static_cast<std::ptrdiff_t>(from), journal.records.end(),
        [&](const Record& record) { return name_of(record.event) == name; }));
  }
  std::vector<Evidence> drills() {
    std::vector<Evidence> found;
    for (const KeptEvidence& kept : rig.service().evidence.records) {
      if (kept.evidence.kind == EvidenceKind::drill) found.push_back(kept.evidence);
    }
    return found;
  }
  const ClauseVerdict& tested() { return delivery().clauses.at(Clause::pre_rollback_tested); }
  void drill_to_the_end() {
    REQUIRE(rig.drill(kRelease).delivery);
    REQUIRE(rig.run_to_the_end());
  }
};

}  // namespace

TEST_CASE("drill: a delivery rehearses its rollback in staging before customers get a share") {
  Story story;
  REQUIRE(story.rig.deliver(kRelease).delivery);
  REQUIRE(story.rig.run_until([&] { return story.count("drill_started") > 0; }));
  CHECK(story.tested().code == "drilled_in_staging");
  REQUIRE(story.rig.run_until([&] { return story.production().slots[1].running; }));
  CHECK(story.production().routing.share == Share::none());
  CHECK(story.tested().verdict == Verdict::pass);
  CHECK(
      story.tested().why.contains("rehearsed in `staging`: all traffic was back at the baseline"));
  CHECK(story.tested().why.contains("the contract allows 5 min"));
  CHECK(story.tested().why.contains("of itself the contract says `tested`"));
  CHECK(std::ranges::count(story.rig.world.changes, "staging: stop b") == 1);
  CHECK(std::ranges::count(story.rig.world.changes, "staging: start b REL-2026-002") == 2);
  REQUIRE(story.drills().size() == 1);
  const Evidence evidence = story.drills().front();
  CHECK(story.tested().evidence == std::vector{evidence.id});
  CHECK(evidence.about == DeliveryRig::release(kRelease).digest);
  CHECK(evidence.valid_until == evidence.observed + 7 * kDayMs);
  CHECK(story.rig.evidence.kept.at(evidence.bytes).contains("took_ms "));
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::done);
}

TEST_CASE("drill: alone it leaves nothing but evidence, which the delivery rests on") {
  Story story;
  story.drill_to_the_end();
  CHECK(story.delivery().phase == Phase::rolled_back);
  CHECK(story.delivery().rollback->cause == Cause::drill);
  CHECK(story.tested().verdict == Verdict::pass);
  CHECK(story.staging().routing == Routing{Slot::a, Share::none()});
  CHECK(!story.staging().slots[1].running);
  CHECK(!story.production().slots[1].running);
  CHECK(story.rig.world.change_log.empty());
  const std::size_t before = story.journal.records.size();
  REQUIRE(story.rig.deliver(kRelease).delivery);  // the drill is not held against the contract
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::done);
  CHECK(story.count("drill_started", before) == 0);
  CHECK(gates::verdict_of(story.rig.service(), story.rig.world.now).evaluated > 0);
  CHECK(story.tested().evidence == std::vector{story.drills().front().id});
}

TEST_CASE("drill: what has expired is rehearsed anew") {
  Story story;
  story.drill_to_the_end();
  story.rig.world.now = story.rig.world.now + 7 * kDayMs;
  const std::size_t before = story.journal.records.size();
  const engine::Admission admission = story.rig.deliver(kRelease);
  REQUIRE(admission.delivery);
  CHECK(story.tested().why.contains("expired at"));
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.count("drill_ended", before) == 1);
  CHECK(story.delivery().phase == Phase::done);
}

TEST_CASE("drill: what was revoked is rehearsed anew") {
  Story story;
  story.drill_to_the_end();
  REQUIRE(story.rig.engine().revoke(
      {evidence_name(story.drills().front().id), {"ana", 1001}, "the router was another"}));
  const std::size_t before = story.journal.records.size();
  REQUIRE(story.rig.deliver(kRelease).delivery);
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.count("drill_ended", before) == 1);
}

TEST_CASE("drill: another release is another rollback") {
  Story story;
  story.drill_to_the_end();
  const std::size_t before = story.journal.records.size();
  REQUIRE(story.rig.deliver("REL-2026-003").delivery);
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.count("drill_ended", before) == 1);
}

TEST_CASE("drill: refused while a delivery is under way, and takes nothing back") {
  Story story;
  REQUIRE(story.rig.deliver(kRelease).delivery);
  const auto refused =
      story.rig.engine().deliver({.contract = DeliveryRig::contract("REL-2026-003"),
                                  .release = DeliveryRig::release("REL-2026-003"),
                                  .by = "ana",
                                  .supersede = true,
                                  .drill = true});
  REQUIRE(!refused);
  CHECK(refused.error().code == ErrorCode::conflict);
  CHECK(refused.error().message.contains("D-0001 is under way"));
}

TEST_CASE("drill: a baseline that is not well after it ends the delivery in staging") {
  Story story;
  story.staging().smoke_passes = false;
  REQUIRE(story.rig.deliver(kRelease).delivery);
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::rolled_back);
  CHECK(story.delivery().rollback->cause == Cause::drill_failed);
  CHECK(story.tested().verdict == Verdict::fail);
  CHECK(story.tested().code == "smoke_failed");
  CHECK(story.drills().empty());
  CHECK(std::ranges::none_of(story.rig.world.changes, [](const std::string& change) {
    return change.starts_with("production: start b");
  }));
}

TEST_CASE("drill: slower than the contract promises is FAIL, and what was measured is kept") {
  Story story;
  Contract contract = DeliveryRig::contract(kRelease);
  contract.rollback.estimate_ms = 500;
  story.rig.pass_quality(kRelease);
  const auto admission = story.rig.engine().deliver(
      {.contract = contract, .release = DeliveryRig::release(kRelease), .by = "ana"});
  REQUIRE(admission);
  REQUIRE(story.rig.run_until([&] {
    const Delivery& delivery = story.delivery();
    return delivery.environment == 1 && delivery.phase == Phase::soaking;
  }));
  // From the first order on the router takes its time.
  bool asked = false;
  story.rig.world.interrupt = [&] {
    if (!asked && story.delivery().phase == Phase::drilling) story.staging().router_up = false;
    asked = asked || story.delivery().phase == Phase::drilling;
  };
  REQUIRE(story.rig.run_until([&] { return story.delivery().phase == Phase::drilling; }));
  story.rig.run_until([] { return false; }, 2 * kSecondMs);
  story.rig.world.interrupt = nullptr;
  story.staging().router_up = true;
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.tested().code == "over_estimate");
  CHECK(story.delivery().rollback->cause == Cause::drill_failed);
  CHECK(story.drills().size() == 1);
}

TEST_CASE("drill: cut short by the guard it is no evidence") {
  Story story;
  story.staging().smoke_answers = false;
  REQUIRE(story.rig.deliver(kRelease).delivery);
  REQUIRE(story.rig.run_until([&] { return story.delivery().phase == Phase::drilling; }));
  story.rig.restart();
  REQUIRE(story.rig.engine().take_guard_report(
      {story.rig.service().generation + 1, story.rig.world.now, "the engine was silent"}));
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().rollback->cause == Cause::engine_silent);
  CHECK(story.drills().empty());
  const DeliveryVerdict verdict = gates::verdict_of(story.delivery());
  const auto tested =
      std::ranges::find(verdict.clauses, Clause::pre_rollback_tested, &ClauseVerdict::clause);
  CHECK(tested->code == "not_reached");
}

TEST_CASE("drill: without a baseline it rehearses exactly the fallback") {
  MemoryJournal journal;
  DeliveryRig rig(journal);
  rig.policy.fallback = "maintenance";
  rig.restart();
  REQUIRE(rig.drill(kRelease).delivery);
  REQUIRE(rig.run_to_the_end());
  const ClauseVerdict& tested = rig.service().delivery->clauses.at(Clause::pre_rollback_tested);
  CHECK(tested.verdict == Verdict::pass);
  CHECK(tested.why.contains("back at the fallback `maintenance`"));
  CHECK(!rig.world.environment("staging").slots[1].running);
}

TEST_CASE("drill: what cannot be kept as evidence is not recorded") {
  Story story;
  story.rig.evidence.full = true;
  REQUIRE(story.rig.drill(kRelease).delivery);
  REQUIRE(story.rig.run_until([&] {
    return story.delivery().standing.reason == Reason::verifying_baseline &&
           !story.rig.engine().status().resisting.empty();
  }));
  CHECK(story.drills().empty());
  story.rig.evidence.full = false;
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.drills().size() == 1);
}

}  // namespace sluice::testing
