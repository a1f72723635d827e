// Decisions of people by the real engine: what they let through, and what becomes of a delivery
// whose evidence is taken away.
#include <doctest/doctest.h>

#include "codec/event_json.h"
#include "core/evolve.h"
#include "gates/before_start.h"
#include "gates/delivery_verdict.h"
#include "support/delivery_rig.h"

namespace sluice::testing {
namespace {

const gates::Speaker kAna{"ana", 1001};
const gates::Speaker kBen{"ben", 1002};
const gates::Speaker kCleo{"cleo", 1003};
const std::string kId = "REL-2026-002";

// Production asks for two approvals; Cleo wrote the contract.
struct House {
  MemoryJournal journal;
  DeliveryRig rig{journal};

  House() {
    rig.policy.people = {{"Ana Lima", "ana", {"release"}},
                         {"Ben Okafor", "ben", {"release"}},
                         {"Cleo Marsh", "cleo", {"release"}}};
    rig.policy.approvals = {{.environment = {"production"}, .count = 2, .domains = {"release"}}};
    rig.restart();
    rig.adopt("REL-2026-001");
  }

  Result<std::vector<Approval>> approve(const gates::Speaker& speaker,
                                        const std::string& id = kId) {
    return rig.engine().approve({.contract = DeliveryRig::contract(id),
                                 .release = DeliveryRig::release(id),
                                 .speaker = speaker,
                                 .environment = ""});
  }
  void approve_by_both() {
    REQUIRE(approve(kAna));
    REQUIRE(approve(kBen));
  }
  ClauseVerdict contract_clause() {
    for (const ClauseVerdict& one : gates::verdict_of(rig.service(), rig.world.now).clauses) {
      if (one.clause == Clause::pre_contract) return one;
    }
    return {};
  }
  Result<Evidence> revoke_first() {
    return rig.engine().revoke(
        {.evidence = evidence_name(rig.service().evidence.records[0].evidence.id),
         .speaker = kAna,
         .reason = "approved the wrong one"});
  }
};

}  // namespace

TEST_CASE("decisions: without approvals it is refused, with two of two it starts") {
  House house;
  CHECK_FALSE(house.rig.deliver(kId).delivery);
  REQUIRE(house.approve(kAna));
  const engine::Admission admission = house.rig.deliver(kId);
  CHECK_FALSE(admission.delivery);
  REQUIRE(house.approve(kBen));
  CHECK(house.rig.deliver(kId).delivery);
  CHECK(house.contract_clause().verdict == Verdict::pass);
  CHECK(house.contract_clause().evidence.size() == 2);
}

TEST_CASE("decisions: the author's approval is not taken, and leaves nothing behind") {
  House house;
  const std::size_t records = house.journal.records.size();
  const auto refused = house.approve(kCleo);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::rejected);
  CHECK(house.journal.records.size() == records);
  CHECK(house.rig.evidence.kept.empty());
}

TEST_CASE("decisions: what is approved is kept as bytes that say it, under the recorded digest") {
  House house;
  REQUIRE(house.approve(kAna));
  REQUIRE(house.rig.service().evidence.records.size() == 1);
  const Evidence& evidence = house.rig.service().evidence.records[0].evidence;
  CHECK(evidence.kind == EvidenceKind::approval);
  CHECK(evidence.about == DeliveryRig::release(kId).digest);
  CHECK(evidence.source == "ana (uid 1001)");
  const auto bytes = house.rig.evidence.read(evidence.bytes);
  REQUIRE(bytes);
  CHECK(bytes->contains("Ana Lima"));
  CHECK(bytes->contains(DeliveryRig::contract(kId).revision_digest.hex));
}

TEST_CASE("decisions: where the bytes cannot be kept, the ledger says nothing of them") {
  House house;
  house.rig.evidence.full = true;
  const std::size_t records = house.journal.records.size();
  const auto refused = house.approve(kAna);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.contains("no space left"));
  CHECK(house.journal.records.size() == records);
  house.rig.evidence.full = false;
  CHECK(house.approve(kAna));
}

TEST_CASE("decisions: approvals are still there for the next engine") {
  House house;
  house.approve_by_both();
  house.rig.restart();
  CHECK(house.rig.deliver(kId).delivery);
}

TEST_CASE(
    "decisions: an approval that is revoked under way holds the delivery, then takes it back") {
  House house;
  house.approve_by_both();
  REQUIRE(house.rig.deliver(kId).delivery);
  REQUIRE(house.rig.run_until(
      [&] { return house.rig.world.environment("production").routing.share > Share::none(); }));
  const Share share = house.rig.world.environment("production").routing.share;
  REQUIRE(house.revoke_first());
  house.rig.step();
  house.rig.step();
  CHECK(house.rig.service().delivery->standing.reason == Reason::evidence_lost);
  CHECK(house.rig.service().delivery->standing.detail.contains("was revoked by ana (uid 1001)"));
  house.rig.run_until([] { return false; }, 30 * kSecondMs);
  CHECK(house.rig.world.environment("production").routing.share == share);
  REQUIRE(house.rig.run_to_the_end());
  CHECK(house.rig.service().delivery->phase == Phase::rolled_back);
  CHECK(house.rig.service().delivery->rollback->detail.contains("evidence_lost"));
}

TEST_CASE("decisions: evidence that is revoked after the end takes its verdict with it") {
  House house;
  house.approve_by_both();
  REQUIRE(house.rig.deliver(kId).delivery);
  REQUIRE(house.rig.run_to_the_end());
  REQUIRE(house.rig.service().delivery->phase == Phase::done);
  CHECK(house.contract_clause().verdict == Verdict::pass);
  REQUIRE(house.revoke_first());
  const ClauseVerdict lost = house.contract_clause();
  CHECK(lost.verdict == Verdict::inconclusive);
  CHECK(lost.code == "evidence_lost");
  CHECK(lost.why.contains("approved the wrong one"));
  CHECK(core::replay(house.journal.records) == house.rig.service());
}

TEST_CASE("decisions: a return needs no approval, and stands on none of what it takes away") {
  House house;
  house.approve_by_both();
  REQUIRE(house.rig.deliver(kId).delivery);
  REQUIRE(house.rig.run_to_the_end());
  REQUIRE(house.revoke_first());
  REQUIRE(house.rig.engine().command({.kind = CommandKind::rollback, .by = "ana", .delivery = {}}));
  REQUIRE(house.rig.run_to_the_end());
  const Delivery& back = *house.rig.service().delivery;
  CHECK(back.plan.returns);
  CHECK(back.phase == Phase::done);
  CHECK(house.rig.service().environment({"production"}).baseline_release ==
        DeliveryRig::release("REL-2026-001").digest);
}

TEST_CASE("decisions: who supersedes needs approvals as anybody does, and is refused without") {
  House house;
  house.approve_by_both();
  REQUIRE(house.rig.deliver(kId).delivery);
  CHECK_FALSE(house.rig.deliver("REL-2026-003", true).delivery);
  CHECK(house.rig.service().delivery->phase != Phase::rolling_back);
  CHECK_FALSE(house.rig.service().requested);
  REQUIRE(house.approve(kAna, "REL-2026-003"));
  REQUIRE(house.approve(kBen, "REL-2026-003"));
  const engine::Admission admission = house.rig.deliver("REL-2026-003", true);
  REQUIRE(admission.delivery);
  REQUIRE(house.rig.run_to_the_end());
  CHECK(house.rig.service().delivery->id == *admission.delivery);
  CHECK(house.rig.service().delivery->phase == Phase::done);
}

namespace {

ClauseVerdict clause_of(House& house, Clause clause) {
  for (const ClauseVerdict& one :
       gates::verdict_of(house.rig.service(), house.rig.world.now).clauses) {
    if (one.clause == clause) return one;
  }
  return {};
}

Digest scan_of(House& house) {
  for (const KeptEvidence& kept : house.rig.service().evidence.records) {
    if (kept.evidence.kind == EvidenceKind::scan) return kept.evidence.id;
  }
  return {};
}

}  // namespace

TEST_CASE("evidence: without it a delivery is refused, and nothing is touched") {
  House house;
  house.approve_by_both();
  const auto refused = house.rig.engine().deliver(
      {DeliveryRig::contract(kId), DeliveryRig::release(kId), "ana", false});
  REQUIRE(refused);
  CHECK_FALSE(refused->delivery);
  const std::vector<ClauseVerdict> holding = gates::holds_start(refused->clauses);
  REQUIRE(holding.size() == 4);
  CHECK(holding[0].clause == Clause::pre_quality_security);
  CHECK(holding[0].code == "scan_missing");
}

TEST_CASE("evidence: a scan that is revoked after the end takes the verdict with it") {
  House house;
  house.approve_by_both();
  REQUIRE(house.rig.deliver(kId).delivery);
  REQUIRE(house.rig.run_to_the_end());
  REQUIRE(house.rig.service().delivery->phase == Phase::done);
  CHECK(clause_of(house, Clause::pre_quality_security).verdict == Verdict::pass);
  REQUIRE(house.rig.engine().revoke({.evidence = evidence_name(scan_of(house)),
                                     .speaker = kAna,
                                     .reason = "another build was scanned"}));
  const ClauseVerdict lost = clause_of(house, Clause::pre_quality_security);
  CHECK(lost.verdict == Verdict::inconclusive);
  CHECK(lost.code == "evidence_lost");
  CHECK(lost.why.contains("another build was scanned"));
  CHECK(gates::verdict_of(house.rig.service(), house.rig.world.now).overall != Verdict::pass);
  CHECK(clause_of(house, Clause::pre_quality_performance).verdict == Verdict::pass);
  CHECK(core::replay(house.journal.records) == house.rig.service());
}

TEST_CASE("evidence: a scan that is revoked under way holds the delivery") {
  House house;
  house.approve_by_both();
  REQUIRE(house.rig.deliver(kId).delivery);
  REQUIRE(house.rig.run_until(
      [&] { return house.rig.world.environment("production").routing.share > Share::none(); }));
  REQUIRE(house.rig.engine().revoke(
      {.evidence = evidence_name(scan_of(house)), .speaker = kAna, .reason = "wrong"}));
  house.rig.step();
  house.rig.step();
  CHECK(house.rig.service().delivery->standing.reason == Reason::evidence_lost);
}

TEST_CASE("evidence: what is not in the store is not recorded") {
  House house;
  const std::size_t records = house.journal.records.size();
  const auto refused = house.rig.engine().record({.contract = DeliveryRig::contract(kId),
                                                  .release = DeliveryRig::release(kId),
                                                  .speaker = {"quality", 2001},
                                                  .examined = examined_quality(house.rig.policy)});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::not_found);
  CHECK(house.journal.records.size() == records);
}

TEST_CASE("evidence: the same again is no second record, and the ledger gives it back whole") {
  House house;
  house.rig.pass_quality(kId);
  const std::size_t records = house.journal.records.size();
  house.rig.step(kMinuteMs);
  house.rig.pass_quality(kId);
  CHECK(house.journal.records.size() == records);
  house.rig.restart();
  CHECK(house.rig.service().evidence.records.size() == 5);
  CHECK(house.rig.service().evidence.records[0].evidence.assessed[0].domain == "security");
}

TEST_CASE("decisions: what is revoked is revoked once, by the beginning of one id") {
  House house;
  house.approve_by_both();
  CHECK(house.revoke_first());
  CHECK(house.revoke_first().error().code == ErrorCode::conflict);
  const auto revoke = [&](const std::string& id) {
    return house.rig.engine().revoke({.evidence = id, .speaker = kAna, .reason = "x"});
  };
  CHECK(revoke("E-no").error().code == ErrorCode::not_found);
  CHECK(revoke("").error().code == ErrorCode::not_found);
  house.rig.step();  // the same words at another time are another decision
  REQUIRE(house.approve(kAna));
  CHECK_FALSE(house.rig.service().evidence.records.back().revocation);
}

TEST_CASE("decisions: exceptions end within a year, and are about what can be known now") {
  House house;
  const auto except = [&](Clause clause, Tick until) {
    const auto made = house.rig.engine().except({.contract = DeliveryRig::contract(kId),
                                                 .release = DeliveryRig::release(kId),
                                                 .speaker = kAna,
                                                 .clause = clause,
                                                 .reason = "known",
                                                 .until = until});
    return made ? "made" : made.error().message;
  };
  const Tick now = house.rig.world.now;
  CHECK(except(Clause::plan_stages, now).contains("ends later than now"));
  CHECK(except(Clause::plan_stages, now + 400 * kDayMs).contains("within a year"));
  CHECK(except(Clause::post_smoke, now + kDayMs).contains("known only after the start"));
  CHECK(except(Clause::plan_stages, now + kDayMs).contains("is PASS already"));
  CHECK(except(Clause::pre_contract, now + kDayMs).contains("nobody may decide that away"));
  CHECK(house.rig.evidence.kept.empty());
}

}  // namespace sluice::testing
