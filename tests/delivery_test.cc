// Whole deliveries by the real engine, on a world of fakes and in virtual time.
#include <algorithm>
#include <limits>

#include <doctest/doctest.h>

#include "gates/delivery_verdict.h"
#include "support/delivery_rig.h"

namespace sluice::testing {
namespace {

struct Story {
  MemoryJournal journal;
  DeliveryRig rig{journal};

  Story() { rig.adopt("REL-2026-001"); }

  const Delivery& delivery() { return *rig.service().delivery; }
  FakeEnvironment& production() { return rig.world.environment("production"); }
  bool saw(std::string_view text) {
    for (const Record& record : journal.records) {
      if (to_text(record.event).find(text) != std::string::npos) return true;
    }
    return false;
  }
  bool reach_production() {
    return rig.run_until([this] { return production().routing.share > Share::none(); });
  }
};

}  // namespace

TEST_CASE("delivery: a good release goes out to everybody and becomes the baseline") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::done);
  CHECK(story.production().routing == Routing{Slot::b, Share::none()});
  CHECK(!story.production().slots[0].running);
  CHECK(story.production().slots[1].release == DeliveryRig::release("REL-2026-002").digest);
  CHECK(story.rig.world.change_log.size() == 1);
  const DeliveryVerdict verdict = gates::verdict_of(story.delivery());
  for (const ClauseVerdict& clause : verdict.clauses) {
    CAPTURE(to_text(clause.clause));
    CAPTURE(clause.why);
    CHECK((clause.verdict == Verdict::pass || clause.code == kNotBuilt));
  }
}

TEST_CASE("delivery: load runs in staging while a release is judged there, and never else") {
  Story story;
  FakeEnvironment& staging = story.rig.world.environment("staging");
  staging.needs_load = true;
  story.rig.policy.environments[1].load = LoadSpec{.command = {"wrk"}, .requests_min = 1'500};
  story.rig.restart();
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_until([&] { return staging.load_runs; }));
  CHECK(staging.routing.share > Share::none());
  REQUIRE(story.reach_production());
  CHECK(!staging.load_runs);
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::done);
  CHECK(story.saw("every stage passed under load"));
}

TEST_CASE(
    "delivery: without its load nothing gets out of staging, and nothing is taken for health") {
  Story story;
  FakeEnvironment& staging = story.rig.world.environment("staging");
  staging.needs_load = true;
  staging.load_possible = false;
  story.rig.policy.environments[1].load = LoadSpec{.command = {"wrk"}};
  story.rig.restart();
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::rolled_back);
  CHECK(story.saw("load_missing"));
  CHECK(!story.production().slots[1].running);
}

TEST_CASE("delivery: in the first second of a stage nobody says how much traffic there is") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  REQUIRE(story.rig.run_until([&] { return story.delivery().phase == Phase::soaking; }));
  CHECK(!story.rig.engine().status().canary.requests_per_second);
  const Tick entered = story.rig.world.now;
  REQUIRE(story.rig.run_until([&] { return story.rig.world.now - entered > 1'500; }));
  CHECK(story.rig.engine().status().canary.requests_per_second.value_or(0) > 0);
}

TEST_CASE("delivery: the next one goes to the slot that became free") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_to_the_end());
  REQUIRE(story.rig.deliver("REL-2026-003").delivery);
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::done);
  CHECK(story.production().routing == Routing{Slot::a, Share::none()});
}

TEST_CASE("delivery: errors in production only take it back in the first stage, by error_rate") {
  Story story;
  const Release bad = DeliveryRig::release("REL-2026-002");
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  story.rig.world.behaviours[bad.digest.hex].error_rate = 0.05;
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::rolled_back);
  REQUIRE(story.delivery().rollback);
  CHECK(story.delivery().rollback->cause == Cause::trigger);
  CHECK(story.delivery().rollback->trigger == Trigger::error_rate);
  CHECK(story.delivery().rollback->stage == 0);
  CHECK(story.production().routing == Routing{Slot::a, Share::none()});
  CHECK(!story.production().slots[1].running);
  const Status after = story.rig.engine().status();
  CHECK(after.canary.counts == story.delivery().rollback->canary);
  CHECK(after.canary.counts.requests > 0);
}

TEST_CASE(
    "delivery: before the first request the baseline is awaited, and not said to be missing") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  story.production().requests_per_second = 0;
  REQUIRE(story.reach_production());
  REQUIRE(story.rig.run_until([&] { return story.rig.engine().status().judge.judged; }));
  const Status waiting = story.rig.engine().status();
  CHECK(waiting.baseline.counts.requests == 0);
  CHECK(waiting.judge.has_baseline);
}

TEST_CASE("delivery: a slow release is taken back by p99") {
  Story story;
  const Release slow = DeliveryRig::release("REL-2026-002");
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  story.rig.world.behaviours[slow.digest.hex].slow_rate = 0.1;
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::rolled_back);
  CHECK(story.delivery().rollback->trigger == Trigger::p99);
}

// What production's router was given, in order.
std::vector<int> production_shares(const MemoryJournal& journal) {
  std::vector<int> shares;
  for (const Record& record : journal.records) {
    const auto* intended = std::get_if<EffectIntended>(&record.event);
    const auto* share = intended == nullptr ? nullptr : std::get_if<SetShare>(&intended->effect);
    if (share == nullptr || share->environment.text != "production") continue;
    shares.push_back(share->share.bp());
  }
  return shares;
}

// Of the first stage: until it begins, or until the delivery ends.
std::vector<int> first_ramp(Story& story) {
  REQUIRE(story.rig.run_until(
      [&] { return story.saw("stage_entered production") || !story.rig.service().delivering(); }));
  std::vector<int> shares = production_shares(story.journal);
  std::erase(shares, 0);
  return shares;
}

TEST_CASE("delivery: at much traffic the share grows in a few steps to that of the stage") {
  Story story;
  story.production().requests_per_second = 500'000;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  const std::vector<int> shares = first_ramp(story);
  REQUIRE(shares.size() >= 3);
  CHECK(shares.size() <= 8);
  CHECK(shares.front() == 10);  // five failing requests in ten milliseconds
  CHECK(shares.back() == story.delivery().plan.environments.back().stages.front().share.bp());
  for (std::size_t i = 1; i + 1 < shares.size(); ++i) CHECK(shares[i] * 4 >= shares[i - 1] * 5);
  CHECK(story.saw("stood_still ramping"));
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::done);
}

TEST_CASE("delivery: evidence_paced off gives the stage's share at once") {
  Story story;
  story.rig.policy.parameters.evidence_paced = false;
  story.rig.restart();
  story.production().requests_per_second = 500'000;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  CHECK(first_ramp(story).size() == 1);
  CHECK_FALSE(story.saw("stood_still ramping"));
}

TEST_CASE("delivery: a release that fails from the start never gets more than the first share") {
  Story story;
  story.production().requests_per_second = 500'000;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  const Release bad = DeliveryRig::release("REL-2026-002");
  story.rig.world.behaviours[bad.digest.hex].error_rate = 1;
  CHECK(first_ramp(story) == std::vector<int>{10});
  REQUIRE(story.rig.run_to_the_end());
  REQUIRE(story.delivery().rollback);
  CHECK(story.delivery().rollback->trigger == Trigger::error_rate);
  CHECK(story.delivery().rollback->canary.errors <= 20);
}

TEST_CASE("delivery: an engine that starts in the middle of a ramp goes on where it stands") {
  Story story;
  story.production().requests_per_second = 500'000;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_until([&] { return story.production().routing.share > Share(10); }));
  const Share reached = story.production().routing.share;
  REQUIRE_FALSE(story.saw("stage_entered production"));
  story.rig.restart();
  story.rig.step();
  CHECK(story.production().routing.share == reached);
  const std::vector<int> shares = first_ramp(story);
  CHECK(std::ranges::is_sorted(shares));
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::done);
}

TEST_CASE("delivery: doubt cuts the share, and proof takes it back from there") {
  Story story;
  // No test of the judge's takes so long as to be caught in between at an ordinary line.
  story.rig.policy.parameters.false_rollback_probability = 1e-9;
  story.rig.restart();
  story.production().requests_per_second = 100'000;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_until([&] { return story.saw("stage_entered production"); }));
  const Release bad = DeliveryRig::release("REL-2026-002");
  story.rig.world.behaviours[bad.digest.hex].error_rate = 0.05;
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.saw("share_cut production 1 from 5 % to "));
  CHECK(story.delivery().phase == Phase::rolled_back);
  CHECK(story.delivery().rollback->trigger == Trigger::error_rate);
}

TEST_CASE("delivery: failing health checks take it back") {
  Story story;
  const Release sick = DeliveryRig::release("REL-2026-002");
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  story.rig.world.behaviours[sick.digest.hex].healthy = false;
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().rollback->trigger == Trigger::health_check);
}

TEST_CASE(
    "delivery: health checks that fail every other time, never twice in a row, take it back") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  const Release flaky = DeliveryRig::release("REL-2026-002");
  story.rig.world.behaviours[flaky.digest.hex].check_fails_every = 2;
  REQUIRE(story.rig.run_to_the_end());
  REQUIRE(story.delivery().rollback);
  CHECK(story.delivery().rollback->trigger == Trigger::health_check);
  CHECK(story.delivery().rollback->detail.contains("health checks failed, though never"));
  CHECK(story.saw("harm_suspected"));
}

TEST_CASE("delivery: health checks that fail in the baseline as well are not the canary's fault") {
  Story story;
  for (const char* id : {"REL-2026-001", "REL-2026-002"}) {
    story.rig.world.behaviours[DeliveryRig::release(id).digest.hex].check_fails_every = 2;
  }
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::done);
}

// Time enough to be held for.
void wait_long_for_evidence(Story& story) {
  story.rig.policy.deadlines.evidence_ms = kHourMs;
  story.rig.restart();
}

// Both releases fail as often as each other: nobody's fault, and far more than 1 % leaves.
void let_both_fail(Story& story, double rate) {
  for (const char* id : {"REL-2026-001", "REL-2026-002", "REL-2026-003"}) {
    story.rig.world.behaviours[DeliveryRig::release(id).digest.hex].error_rate = rate;
  }
}

TEST_CASE(
    "delivery: a service that burns its error budget holds the delivery, which then goes on") {
  Story story;
  wait_long_for_evidence(story);
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_until([&] { return story.saw("stage_entered production"); }));
  let_both_fail(story, 0.25);
  REQUIRE(story.rig.run_until([&] { return story.saw("budget_burning"); }));
  const Share share = story.production().routing.share;
  CHECK(story.rig.engine().status().burn.contains("uses up its error budget"));
  REQUIRE(!story.rig.run_until([] { return false; }, 90 * kSecondMs));
  CHECK(story.production().routing.share == share);
  story.rig.restart();  // what was counted by the minute is the ledger's
  REQUIRE(!story.rig.run_until([] { return false; }, kSecondMs));
  CHECK(story.delivery().standing.reason == Reason::budget_burning);
  let_both_fail(story, 0);
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::done);
  for (const ClauseVerdict& one : gates::verdict_of(story.delivery()).clauses) {
    if (one.clause != Clause::post_burn_rate) continue;
    CHECK(one.verdict == Verdict::pass);
    CHECK(one.why.contains("the service burned too fast meanwhile"));
  }
}

TEST_CASE("delivery: what is known of the hour before holds the first share of the next one") {
  Story story;
  wait_long_for_evidence(story);
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_until([&] { return story.saw("stage_entered production"); }));
  let_both_fail(story, 0.25);
  REQUIRE(!story.rig.run_until([] { return false; }, 4 * kMinuteMs));
  REQUIRE(story.rig.engine().command({CommandKind::rollback, "ana", {}}));
  REQUIRE(story.rig.run_to_the_end());
  let_both_fail(story, 0);
  REQUIRE(story.rig.deliver("REL-2026-003").delivery);
  REQUIRE(story.rig.run_until(
      [&] { return story.delivery().standing.reason == Reason::budget_burning; }));
  CHECK(story.production().routing.share == Share::none());
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::done);
}

TEST_CASE("delivery: a critical alert takes back a release that is otherwise healthy") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  story.production().alerts = {{"CheckoutDown", "f1", story.rig.world.now, "nobody can pay"}};
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().rollback->trigger == Trigger::critical_alert);
  CHECK(story.delivery().rollback->detail.find("CheckoutDown") != std::string::npos);
}

TEST_CASE("delivery: an alert from before holds it before anything is touched") {
  Story story;
  story.rig.world.environment("development").alerts = {{"DiskFull", "f1", Tick{1}, ""}};
  story.production().alerts = {{"DiskFull", "f1", Tick{1}, ""}};
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase != Phase::done);
  CHECK(story.saw("preexisting_alert"));
  CHECK(story.production().routing.share == Share::none());
}

TEST_CASE("delivery: a canary that does not start in development ends it there") {
  Story story;
  story.rig.world.behaviours[DeliveryRig::release("REL-2026-002").digest.hex].starts = false;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().rollback->cause == Cause::slot_failed);
  CHECK(story.production().slots[1].release.empty());
}

TEST_CASE("delivery: smoke tests that fail in staging keep it from production") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  // Those of the baseline passed, in the drill.
  REQUIRE(story.rig.run_until([&] { return story.saw("drill_ended staging"); }));
  story.rig.world.environment("staging").smoke_passes = false;
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().rollback->cause == Cause::smoke_failed);
  CHECK(story.delivery().rollback->environment.text == "staging");
}

TEST_CASE("delivery: telemetry that stops holds it, then takes it back; it is never promoted") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  story.production().telemetry_up = false;
  const Tick stopped = story.rig.world.now;
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().rollback->cause == Cause::deadline);
  CHECK(story.delivery().rollback_since - stopped >= story.rig.policy.deadlines.silence_ms);
  CHECK(!story.saw("stage_passed production"));
}

TEST_CASE("delivery: without any request it waits for evidence, and goes back at the deadline") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  story.production().requests_per_second = 0;
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().rollback->cause == Cause::deadline);
  CHECK(!story.saw("stage_passed production"));
}

TEST_CASE("delivery: a share that somebody changed is reported and set again") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  const Share promised = story.production().routing.share;
  REQUIRE(story.rig.run_until([&] { return story.delivery().phase == Phase::soaking; }));
  story.production().routing.share = Share(9'000);
  REQUIRE(
      story.rig.run_until([&] { return story.production().routing.share == promised; }, kSecondMs));
  CHECK(story.saw("routing_drifted production"));
}

TEST_CASE("delivery: a restarted router is reported") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  REQUIRE(story.rig.run_until([&] { return story.delivery().phase == Phase::soaking; }));
  story.rig.step(500);
  ++story.production().restarts;
  story.rig.step(500);
  story.rig.step(500);
  CHECK(story.saw("after a restart"));
}

namespace {

// The release has a new feature, behind this flag; its quality was evaluated.
engine::DeliveryRequest with_feature(DeliveryRig& rig, const std::string& flag) {
  rig.pass_quality("REL-2026-002");
  engine::DeliveryRequest request{DeliveryRig::contract("REL-2026-002"),
                                  DeliveryRig::release("REL-2026-002"), "ana"};
  request.contract.changes[0].type = ChangeType::feature;
  request.contract.changes[0].flag = flag;
  return request;
}

}  // namespace

TEST_CASE("delivery: a feature whose flag is off goes out, and the answers are evidence of it") {
  Story story;
  story.rig.flags.standings["new-basket"] = FlagStanding::off;
  REQUIRE(story.rig.engine().deliver(with_feature(story.rig, "new-basket"))->delivery);
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::done);
  const ClauseVerdict& flags = story.delivery().clauses.at(Clause::pre_flags);
  CHECK(flags.verdict == Verdict::pass);
  CHECK(flags.why.contains("asked right before the customers"));
  REQUIRE(flags.evidence.size() == 1);
  const KeptEvidence* kept = story.rig.service().evidence.find(flags.evidence[0]);
  REQUIRE(kept != nullptr);
  CHECK(story.rig.evidence.read(kept->evidence.bytes)->contains("\"new-basket\""));
}

TEST_CASE("delivery: a flag that is on, unknown or not there refuses the start") {
  for (const FlagStanding standing :
       {FlagStanding::on, FlagStanding::varies, FlagStanding::missing, FlagStanding::unknown}) {
    CAPTURE(to_text(standing));
    Story story;
    story.rig.flags.standings["new-basket"] = standing;
    CHECK_FALSE(story.rig.engine().deliver(with_feature(story.rig, "new-basket"))->delivery);
  }
  Story silent;
  silent.rig.flags.up = false;
  CHECK_FALSE(silent.rig.engine().deliver(with_feature(silent.rig, "new-basket"))->delivery);
}

TEST_CASE("delivery: a flag that is switched on under way holds the first customers, until off") {
  Story story;
  story.rig.flags.standings["new-basket"] = FlagStanding::off;
  REQUIRE(story.rig.engine().deliver(with_feature(story.rig, "new-basket"))->delivery);
  story.rig.step();
  story.rig.flags.standings["new-basket"] = FlagStanding::on;
  REQUIRE(story.rig.run_until(
      [&] { return story.delivery().standing.reason == Reason::flags_not_off; }));
  CHECK(story.production().routing.share == Share::none());
  CHECK(story.delivery().standing.detail.contains("new-basket"));
  CHECK(story.delivery().standing.deadline > story.rig.world.now);

  story.rig.restart();  // what the plan says is all that it needs
  story.rig.step(kSecondMs);
  CHECK(story.production().routing.share == Share::none());
  story.rig.flags.standings["new-basket"] = FlagStanding::off;
  REQUIRE(story.reach_production());
}

TEST_CASE("delivery: a flag that stays on takes the release back at the deadline") {
  Story story;
  story.rig.flags.standings["new-basket"] = FlagStanding::off;
  REQUIRE(story.rig.engine().deliver(with_feature(story.rig, "new-basket"))->delivery);
  story.rig.step();
  story.rig.flags.standings["new-basket"] = FlagStanding::varies;
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::rolled_back);
  CHECK(story.saw("deadline: flags_not_off"));
  CHECK_FALSE(story.saw("set_share production baseline=a share=5 %"));
}

TEST_CASE("delivery: once customers have it, its flag is theirs to switch") {
  Story story;
  story.rig.flags.standings["new-basket"] = FlagStanding::off;
  REQUIRE(story.rig.engine().deliver(with_feature(story.rig, "new-basket"))->delivery);
  REQUIRE(story.reach_production());
  story.rig.flags.standings["new-basket"] = FlagStanding::on;
  const int asked = story.rig.flags.asked;
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::done);
  CHECK(story.rig.flags.asked == asked);
}

TEST_CASE("delivery: a second one is refused and names the first; --supersede replaces it") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  Contract contract = complete_contract();
  const auto second =
      story.rig.engine().deliver({contract, DeliveryRig::release("REL-2026-003"), "ben", false});
  REQUIRE(!second);
  CHECK(second.error().message.find("D-0001") != std::string::npos);

  REQUIRE(story.rig.deliver("REL-2026-003", true).delivery);
  REQUIRE(story.rig.run_until([&] { return story.delivery().id.text == "D-0002"; }));
  CHECK(story.saw("superseded"));
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::done);
}

TEST_CASE("delivery: what was rolled back is refused unless the contract changes") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  REQUIRE(story.rig.engine().command({CommandKind::rollback, "ana"}));
  REQUIRE(story.rig.run_to_the_end());
  REQUIRE(story.delivery().phase == Phase::rolled_back);
  const engine::Admission again = story.rig.deliver("REL-2026-002");
  CHECK(!again.delivery);
  CHECK(story.saw("delivery_refused"));
}

TEST_CASE("delivery: rollback after done delivers the release that was replaced") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_to_the_end());
  REQUIRE(story.rig.engine().command({CommandKind::rollback, "ana"}));
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::done);
  CHECK(story.delivery().plan.release.id == "REL-2026-001");
  CHECK(story.production().slots[0].release == DeliveryRig::release("REL-2026-001").digest);
}

TEST_CASE("delivery: without a baseline it is told that there is nothing to return to") {
  MemoryJournal journal;
  DeliveryRig rig(journal);
  const engine::Admission refused = rig.deliver("REL-2026-002");
  CHECK(!refused.delivery);
  bool told = false;
  for (const ClauseVerdict& clause : refused.clauses) told |= clause.code == "no_baseline";
  CHECK(told);
}

TEST_CASE("delivery: rollback asked for twice after done does not turn the return round") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_to_the_end());
  REQUIRE(story.rig.engine().command({CommandKind::rollback, "ana"}));
  REQUIRE(story.rig.run_until([&] { return story.delivery().phase == Phase::validating; }));
  const auto again = story.rig.engine().command({CommandKind::rollback, "ben"});
  REQUIRE(!again);
  CHECK(again.error().message.contains("brings the release before back already"));
  CHECK(story.delivery().phase == Phase::validating);
  const DeliveryId named = story.delivery().id;
  CHECK(story.rig.engine().command({CommandKind::rollback, "ben", named}));
  CHECK(story.delivery().phase == Phase::rolling_back);
}

TEST_CASE("delivery: a guard that took over is journalled first, and its rollback is finished") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  story.production().routing.share = Share::none();
  story.production().generation = story.rig.service().generation + 1;
  story.rig.restart();
  REQUIRE(story.rig.engine().take_guard_report(
      {story.production().generation, story.rig.world.now, "the engine was silent"}));
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::rolled_back);
  CHECK(story.delivery().rollback->cause == Cause::engine_silent);
  CHECK(!story.production().slots[1].running);
}

TEST_CASE("delivery: a rollback that cannot be written down is left to the guard") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  story.journal.full = true;
  const auto asked = story.rig.engine().command({CommandKind::rollback, "ana"});
  REQUIRE(!asked);
  CHECK(asked.error().message == "writing the ledger: the disk is full");
  CHECK(story.rig.engine().leaves_to_guard());
  CHECK(story.delivery().phase != Phase::rolling_back);
  story.journal.full = false;  // before the guard acted
  CHECK(story.rig.engine().command({CommandKind::rollback, "ana"}));
  CHECK(story.delivery().phase == Phase::rolling_back);
  CHECK(!story.rig.engine().leaves_to_guard());
}

TEST_CASE("delivery: what a trigger wants and cannot be written down is left to the guard, too") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  story.rig.world.behaviours[DeliveryRig::release("REL-2026-002").digest.hex].healthy = false;
  story.journal.full = true;
  REQUIRE(!story.rig.engine().step());
  CHECK(story.rig.engine().leaves_to_guard());
}

TEST_CASE("delivery: a return that cannot be taken back is left to nobody, and that is said") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_to_the_end());
  REQUIRE(story.rig.engine().command({CommandKind::rollback, "ana"}));
  REQUIRE(story.rig.run_until([&] { return story.delivery().phase == Phase::validating; }));
  story.journal.full = true;
  const auto asked =
      story.rig.engine().command({CommandKind::rollback, "ben", story.delivery().id});
  REQUIRE(!asked);
  CHECK(asked.error().message.contains("nothing was done: D-0002 brings the release before back"));
  CHECK(!story.rig.engine().leaves_to_guard());
}

TEST_CASE("delivery: commands that do not apply are refused in words") {
  Story story;
  CHECK(!story.rig.engine().command({CommandKind::pause, "ana"}));
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  CHECK(!story.rig.engine().command({CommandKind::resume, "ana"}));
  REQUIRE(story.reach_production());
  REQUIRE(story.rig.engine().command({CommandKind::rollback, "ana"}));
  story.rig.step();
  CHECK(!story.rig.engine().command({CommandKind::pause, "ana"}));
  CHECK(story.rig.engine().command({CommandKind::rollback, "ben"}));
}

TEST_CASE("delivery: a superseding request outlives the engine") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  const engine::Admission second = story.rig.deliver("REL-2026-003", true);
  REQUIRE(second.delivery);
  CHECK(second.delivery->text == "D-0002");
  CHECK(story.rig.engine().status().requested.text == "D-0002");
  SUBCASE("that ends on the way back") {}
  SUBCASE("that ends when nothing but the request is in the ledger") {
    const auto asked = std::ranges::find_if(story.journal.records, [](const Record& record) {
      return std::holds_alternative<DeliveryRequested>(record.event);
    });
    REQUIRE(asked != story.journal.records.end());
    story.journal.records.erase(asked + 1, story.journal.records.end());
  }
  story.rig.restart();
  REQUIRE(story.rig.run_until([&] { return story.delivery().id.text == "D-0002"; }));
  CHECK(story.saw("superseded by REL-2026-003 for ana"));
  CHECK(story.rig.engine().status().requested.empty());
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::done);
  CHECK(story.delivery().plan.release.id == "REL-2026-003");
}

TEST_CASE("delivery: a request that was dropped never begins, and its number is not given again") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  REQUIRE(story.rig.deliver("REL-2026-003", true).delivery);
  CHECK(!story.rig.engine().may_deliver(true));
  CHECK(!story.rig.engine().command({CommandKind::pause, "ben", {"D-0002"}}));
  REQUIRE(story.rig.engine().command({CommandKind::abort, "ben", {"D-0002"}}));
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().id.text == "D-0001");
  CHECK(story.delivery().phase == Phase::rolled_back);
  const engine::Admission third = story.rig.deliver("REL-2026-004");
  REQUIRE(third.delivery);
  CHECK(third.delivery->text == "D-0003");
}

TEST_CASE("delivery: a command that names another delivery does nothing") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  const auto wrong = story.rig.engine().command({CommandKind::rollback, "ana", {"D-0009"}});
  REQUIRE(!wrong);
  CHECK(wrong.error().code == ErrorCode::invalid_input);
  CHECK(wrong.error().message == "the active delivery is D-0001, not D-0009; nothing was done");
  CHECK(story.delivery().phase != Phase::rolling_back);
  CHECK(story.rig.engine().command({CommandKind::rollback, "ana", {"D-0001"}}));
  CHECK(story.delivery().phase == Phase::rolling_back);
}

TEST_CASE("delivery: an alert is from before when we saw it before, whatever the clocks say") {
  Story story;
  const Tick now = story.rig.world.now;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  SUBCASE("one that begins in the source's past, after we looked, takes it back") {
    REQUIRE(story.reach_production());
    story.production().alerts = {{"CheckoutDown", "f1", Tick{1}, ""}};
    REQUIRE(story.rig.run_to_the_end());
    CHECK(story.delivery().rollback->trigger == Trigger::critical_alert);
  }
  SUBCASE("one that begins in the source's future, before we looked, holds it") {
    story.production().alerts = {{"CheckoutDown", "f1", now + kHourMs, ""}};
    REQUIRE(story.rig.run_until([&] { return story.saw("alerts_noted production"); }));
    REQUIRE(story.rig.run_until([&] { return story.saw("preexisting_alert"); }, kMinuteMs));
    story.rig.restart();
    story.rig.step();
    CHECK(story.delivery().phase != Phase::rolling_back);
    CHECK(story.production().routing.share == Share::none());
    SUBCASE("until it ends") {
      story.production().alerts.clear();
      REQUIRE(story.rig.run_to_the_end());
      CHECK(story.delivery().phase == Phase::done);
    }
    SUBCASE("and another firing of it is a new one") {
      story.production().alerts.front().started = now + 2 * kHourMs;
      REQUIRE(story.rig.run_until([&] { return story.delivery().phase == Phase::rolling_back; },
                                  kSecondMs));
      CHECK(story.delivery().rollback->trigger == Trigger::critical_alert);
    }
  }
}

TEST_CASE("delivery: a generation that a stranger set is drift, and blocks nothing") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  REQUIRE(story.rig.run_until([&] { return story.delivery().phase == Phase::soaking; }));
  const std::uint64_t ours = story.rig.service().generation;
  std::uint64_t foreign = 0;
  SUBCASE("near ours") { foreign = ours + 5; }
  SUBCASE("far beyond") { foreign = std::numeric_limits<std::uint64_t>::max(); }
  story.production().generation = foreign;
  SUBCASE("while nothing is being set") {}
  SUBCASE("while it goes back") {
    REQUIRE(story.rig.engine().command({CommandKind::rollback, "ana"}));
  }
  const bool goes_back = story.delivery().phase == Phase::rolling_back;
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == (goes_back ? Phase::rolled_back : Phase::done));
  CHECK(!story.delivery().rollback_blocked);
  CHECK(story.rig.service().generation < ours + 10);
  CHECK(story.production().generation == story.rig.service().generation);
}

TEST_CASE("delivery: a share that was lowered but not stored is resisted until it is") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  REQUIRE(story.rig.run_until([&] { return story.delivery().phase == Phase::soaking; }));
  story.production().map_writable = false;
  REQUIRE(story.rig.engine().command({CommandKind::rollback, "ana"}));
  CHECK(story.production().routing.share == Share::none());  // customers first
  REQUIRE(story.rig.run_until([&] { return story.saw("effect_resisted"); }, kSecondMs));
  story.rig.step(kSecondMs);
  CHECK(story.delivery().way_back == WayBack::shifting);
  story.production().map_writable = true;
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::rolled_back);
  CHECK(story.production().stored == Routing{Slot::a, Share::none()});
}

TEST_CASE("delivery: health checks that cannot be made are an error, not a failure") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  REQUIRE(story.rig.run_until([&] { return story.delivery().phase == Phase::soaking; }));
  story.rig.world.probes_possible = false;
  REQUIRE(story.rig.run_until([&] { return story.saw("stood_still probe_error"); }, kSecondMs));
  SUBCASE("that holds it") {
    story.rig.world.probes_possible = true;
    REQUIRE(story.rig.run_to_the_end());
    CHECK(story.delivery().phase == Phase::done);
  }
  SUBCASE("and takes it back at the deadline") {
    REQUIRE(story.rig.run_to_the_end());
    REQUIRE(story.delivery().rollback);
    CHECK(story.delivery().rollback->cause == Cause::deadline);
  }
}

TEST_CASE("delivery: artifacts that take long to check are no resistance") {
  Story story;
  story.production().calls_to_prepare = 40;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::done);
  CHECK(!story.saw("effect_resisted"));
}

TEST_CASE("delivery: rollback after done asks nobody for what was shown before") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_to_the_end());
  const Routing in_staging = story.rig.world.environment("staging").routing;
  // The release that is done is the incident: its alert fires, its health checks fail.
  story.production().alerts = {{"CheckoutDown", "f1", Tick{1}, ""}};
  story.rig.world.behaviours[DeliveryRig::release("REL-2026-002").digest.hex].healthy = false;
  REQUIRE(story.rig.engine().command({CommandKind::rollback, "ana", {"D-0001"}}));
  const Tick asked = story.rig.world.now;
  REQUIRE(story.rig.run_until([&] { return story.production().routing.share == Share::whole(); }));
  CHECK(story.rig.world.now - asked < 3 * kSecondMs);
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::done);
  CHECK(story.delivery().plan.release.id == "REL-2026-001");
  CHECK(story.rig.world.environment("staging").routing == in_staging);
  CHECK(story.delivery().clauses.at(Clause::progression_order).why ==
        "reused: the same digest was adopted as the baseline of every environment");
}

TEST_CASE("delivery: a return that was taken back can be asked for again") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_to_the_end());
  REQUIRE(story.rig.engine().command({CommandKind::rollback, "ana"}));
  REQUIRE(story.rig.run_until([&] { return story.production().routing.share > Share::none(); }));
  const DeliveryId named = story.delivery().id;
  REQUIRE(story.rig.engine().command({CommandKind::rollback, "ana", named}));
  REQUIRE(story.rig.run_to_the_end());
  REQUIRE(story.delivery().phase == Phase::rolled_back);
  CHECK(!story.production().slots[0].running);  // the release before has to be started anew
  REQUIRE(story.rig.engine().command({CommandKind::rollback, "ana"}));
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.delivery().phase == Phase::done);
  CHECK(story.delivery().plan.release.id == "REL-2026-001");
  CHECK(story.production().slots[0].release == DeliveryRig::release("REL-2026-001").digest);
}

TEST_CASE("delivery: an environment that is gone from sluice.yaml is named, never a crash") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_to_the_end());
  const std::vector<EnvironmentSpec> all = story.rig.policy.environments;
  story.rig.policy.environments.erase(story.rig.policy.environments.begin());
  REQUIRE(story.rig.reopen());
  // Its routing is to be set again after a take-over: that waits, and says for what.
  REQUIRE(story.rig.engine().take_guard_report(
      {story.rig.service().generation + 1, story.rig.world.now, "the engine was silent"}));
  story.rig.step();
  story.rig.step();
  const std::vector<std::string> resisting = story.rig.engine().status().resisting;
  REQUIRE(resisting.size() == 1);
  CHECK(resisting.front() ==
        "set_share development baseline=b share=0 %: sluice.yaml has no "
        "environment development any more; put it back until this is done");
  const Result<void> refused = story.rig.reopen();
  REQUIRE(!refused);
  CHECK(refused.error().message.contains("no environment development any more, but `set_share"));
  story.rig.policy.environments = all;
  REQUIRE(story.rig.reopen());
  CHECK(story.rig.run_to_the_end());
}

namespace {

// Stands in a phase and does not leave it by itself within a few steps.
void stand_in(Story& story, Phase phase) {
  FakeEnvironment& development = story.rig.world.environment("development");
  const auto reach = [&](Phase wanted, std::string_view environment) {
    REQUIRE(story.rig.run_until([&] {
      return story.delivery().phase == wanted &&
             current_environment(story.delivery()).name.text == environment;
    }));
  };
  if (phase == Phase::deploying) development.calls_to_prepare = 1'000'000;
  if (phase == Phase::smoking) development.smoke_answers = false;
  if (phase == Phase::drilling) story.rig.world.environment("staging").smoke_answers = false;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  switch (phase) {
    case Phase::deploying: return story.rig.step();
    case Phase::shifting:
      reach(Phase::deploying, "production");
      story.rig.step();
      story.production().map_writable = false;
      return reach(Phase::shifting, "production");
    case Phase::soaking: return reach(Phase::soaking, "production");
    case Phase::smoking: return reach(Phase::smoking, "development");
    case Phase::drilling: return reach(Phase::drilling, "staging");
    case Phase::validating: return reach(Phase::validating, "production");
    case Phase::finishing:
      reach(Phase::validating, "production");
      development.router_up = false;
      return reach(Phase::finishing, "production");
    case Phase::rolling_back:
      reach(Phase::soaking, "production");
      development.router_up = false;
      REQUIRE(story.rig.engine().command({CommandKind::rollback, "ana"}));
      return reach(Phase::rolling_back, "production");
    case Phase::done: REQUIRE(story.rig.run_to_the_end()); return;
    case Phase::rolled_back:
      reach(Phase::soaking, "production");
      REQUIRE(story.rig.engine().command({CommandKind::rollback, "ana"}));
      REQUIRE(story.rig.run_to_the_end());
      return;
    case Phase::aborted: REQUIRE(story.rig.engine().command({CommandKind::abort, "ana"})); return;
  }
}

// What a command comes to at once: why it is refused, or what the ledger says it did.
std::string answer(Phase phase, CommandKind kind) {
  Story story;
  stand_in(story, phase);
  CHECK(story.delivery().phase == phase);
  const std::size_t before = story.journal.records.size();
  const Result<void> done = story.rig.engine().command({kind, "ana"});
  if (!done) return done.error().message;
  for (std::size_t i = before; i < story.journal.records.size(); ++i) {
    const Event& event = story.journal.records[i].event;
    const std::string name{name_of(event)};
    if (name == "rollback_started" || name == "delivery_started" || name == "paused") {
      return name;
    }
  }
  return "nothing";
}

}  // namespace

TEST_CASE("delivery: what each command answers in each phase") {
  struct Row {
    Phase phase;
    std::string_view pause, resume, rollback, abort;
  };
  constexpr std::string_view kNone = "no delivery is under way";
  constexpr std::string_view kNotPaused = "D-0001 is not paused";
  constexpr std::string_view kBack = "rollback_started";
  constexpr std::string_view kGoingBack =
      "D-0001 is going back; a rollback cannot be paused, resumed or aborted";
  constexpr std::string_view kNothingDone = "no delivery is done that could be taken back";
  constexpr Row kRows[] = {
      {Phase::deploying, "paused", kNotPaused, kBack, kBack},
      {Phase::shifting, "paused", kNotPaused, kBack, kBack},
      {Phase::soaking, "paused", kNotPaused, kBack, kBack},
      {Phase::smoking, "paused", kNotPaused, kBack, kBack},
      {Phase::drilling, "paused", kNotPaused, kBack, kBack},
      {Phase::validating, "paused", kNotPaused, kBack, kBack},
      {Phase::finishing, "paused", kNotPaused, kBack, kBack},
      {Phase::rolling_back, kGoingBack, kGoingBack, "nothing", kGoingBack},
      {Phase::done, kNone, kNone, "delivery_started", kNone},
      {Phase::rolled_back, kNone, kNone, kNothingDone, kNone},
      {Phase::aborted, kNone, kNone, kNothingDone, kNone},
  };
  for (const Row& row : kRows) {
    CAPTURE(to_text(row.phase));
    CHECK(answer(row.phase, CommandKind::pause) == row.pause);
    CHECK(answer(row.phase, CommandKind::resume) == row.resume);
    CHECK(answer(row.phase, CommandKind::rollback) == row.rollback);
    CHECK(answer(row.phase, CommandKind::abort) == row.abort);
  }
}

TEST_CASE("delivery: people are called once something stands that only they can end") {
  Story story;
  story.rig.policy.notify.command = {"/usr/bin/page"};
  story.rig.restart();
  story.rig.world.people_answer = false;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  const Digest baseline = DeliveryRig::release("REL-2026-001").digest;
  story.rig.world.behaviours[baseline.hex].healthy = false;
  REQUIRE(story.rig.run_until([&] { return story.saw("notify D-0001 baseline_unhealthy"); }));
  CHECK(story.rig.world.notices.empty());
  story.rig.restart();  // a call that was not heard is tried again, by whichever engine there is
  story.rig.world.people_answer = true;
  REQUIRE(story.rig.run_until([&] { return !story.rig.world.notices.empty(); }, 10 * kSecondMs));
  CHECK(story.rig.world.notices.front().subject == "baseline_unhealthy");
  CHECK(story.rig.world.notices.front().delivery.text == "D-0001");
}

}  // namespace sluice::testing
