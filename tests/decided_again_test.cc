// Deliveries by the real engine, decided again from what it kept: the same to the last byte,
// however often the engine was stopped; and what is missing or was changed is noticed.
#include <algorithm>
#include <optional>

#include <doctest/doctest.h>

#include "codec/event_json.h"
#include "gates/delivery_verdict.h"
#include "replay/again.h"
#include "replay/looks.h"
#include "sim/rollout.h"
#include "sim/world.h"
#include "support/delivery_rig.h"
#include "testing/seeded_random.h"

namespace sluice::testing {
namespace {

const DeliveryId kFirst{"D-0001"};

// Requests of a simulated service as the log stream would tell them: hosts as servers, and the same
// requests in buckets of clients.
class SimulatedTraffic final : public TelemetrySource {
 public:
  SimulatedTraffic(FakeWorld& world, FakeEnvironment& environment, const sim::ServiceModel& service,
                   std::uint64_t seed)
      : environment_(environment), traffic_(service, seed), taken_(world.now) {}

  void tell_times() { times_ = true; }

  void begin(Tick now) override { static_cast<void>(take(now)); }
  void restart_cohort(Tick) override {}
  TelemetryBatch take(Tick now) override {
    TelemetryBatch batch{.live = environment_.telemetry_up};
    if (!batch.live) batch.trouble = "the log stream is silent";
    for (SlotBatch& slot : batch.slots) slot.by_server.resize(sim::kCanaryHosts);
    if (now - taken_ <= 0) return batch;
    const Share share = environment_.routing.share;
    const sim::Counted counted = traffic_.tick(share.fraction(), now - taken_);
    taken_ = now;
    const auto baseline = static_cast<std::size_t>(environment_.routing.baseline);
    for (int i = 0; i < sim::kCanaryHosts; ++i)
      add(batch.slots[1 - baseline], i, counted.canary_hosts[i]);
    for (int i = 0; i < sim::kBaselineUnits; ++i)
      add(batch.slots[baseline], i, counted.baseline_units[i]);
    return batch;
  }

 private:
  void add(SlotBatch& slot, int from, const Counts& counts) {
    const auto into = [&](Counts& sum) {
      sum.requests += counts.requests;
      sum.errors += counts.errors;
      sum.over_target += counts.over_target;
    };
    into(slot.total);
    const auto server = static_cast<std::size_t>(from % sim::kCanaryHosts);
    const auto bucket = static_cast<std::size_t>(from * 7 % 8);
    into(slot.by_server[server]);
    into(slot.by_bucket[bucket]);
    slot.latencies_by_server.resize(sim::kCanaryHosts);
    for (std::int64_t i = 0; times_ && i < counts.requests; ++i) {
      const std::size_t latency = latency_bucket(some_ms());
      ++slot.latencies[latency];
      ++slot.latencies_by_server[server][latency];
      ++slot.latencies_by_bucket[bucket][latency];
    }
  }

  // Five milliseconds for half of them, and twice as long for each tenth, hundredth, … of the rest.
  std::int64_t some_ms() {
    std::int64_t ms = random_.chance(0.5) ? 5 : 10;
    while (ms > 5 && random_.chance(0.1)) ms *= 2;
    return ms;
  }

  FakeEnvironment& environment_;
  sim::World traffic_;
  Tick taken_;
  bool times_ = false;
  SeededRandom random_{17};
};

struct Story {
  MemoryJournal journal;
  DeliveryRig rig{journal};

  Story() { rig.adopt("REL-2026-001"); }

  FakeEnvironment& production() { return rig.world.environment("production"); }
  Behaviour& behaviour(const std::string& id) {
    return rig.world.behaviours[DeliveryRig::release(id).digest.hex];
  }
  bool reach_production() {
    return rig.run_until([this] { return production().routing.share > Share::none(); });
  }
  replay::Account again(const DeliveryId& delivery = kFirst) {
    const auto account =
        replay::decide_again(journal.records, delivery,
                             [this](const Digest& digest) { return rig.evidence.read(digest); });
    REQUIRE(account);
    return *account;
  }
};

void explain(const replay::Account& account) {
  if (account.difference) {
    MESSAGE(account.difference->seq, " ", account.difference->where, "\n  expected ",
            account.difference->expected, "\n  found ", account.difference->found);
  }
  for (const replay::Missing& one : account.missing) {
    MESSAGE("missing ", one.from, "-", one.to, " ", one.why);
  }
}

void check_alike(Story& story, const DeliveryId& delivery = kFirst) {
  const replay::Account account = story.again(delivery);
  explain(account);
  CHECK_FALSE(account.difference);
  CHECK(account.missing.empty());
}

// The bytes of the last part of an environment, and where they are.
struct Part {
  Digest digest;
  std::string bytes;
};
Part last_part(Story& story, const std::string& environment) {
  Part part;
  for (const Record& record : story.journal.records) {
    const auto* recorded = std::get_if<EvidenceRecorded>(&record.event);
    if (recorded == nullptr || recorded->evidence.kind != EvidenceKind::counts) continue;
    if (recorded->evidence.source.find(environment) == std::string::npos) continue;
    part = {recorded->evidence.bytes, *story.rig.evidence.read(recorded->evidence.bytes)};
  }
  return part;
}

// The same part with one look changed.
std::string with_look(const std::string& bytes, const std::function<bool(replay::Look&)>& change) {
  auto reader = replay::LookReader::open(bytes);
  REQUIRE(reader);
  replay::LookWriter writer(reader->header());
  bool changed = false;
  for (auto look = reader->next(); look && *look; look = reader->next()) {
    if (!changed) changed = change(**look);
    REQUIRE(writer.write(**look));
  }
  REQUIRE(changed);
  return writer.take();
}

}  // namespace

TEST_CASE("decided again: a good release, from the first look to the last") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_to_the_end());
  REQUIRE(story.rig.service().delivery->phase == Phase::done);
  const replay::Account account = story.again();
  explain(account);
  CHECK_FALSE(account.difference);
  CHECK(account.missing.empty());
  CHECK(account.ended);
  REQUIRE(account.environments.size() == 3);
  for (const replay::EnvironmentAccount& one : account.environments) {
    CHECK(one.parts == 1);
    CHECK(one.entries > 5);
    CHECK(one.findings > 0);
  }
  CHECK(account.environments.back().requests > 10'000);
  CHECK(codec::to_json(account.verdict) ==
        codec::to_json(gates::verdict_of(*story.rig.service().delivery)));
}

TEST_CASE("decided again: rollbacks by each trigger, by a person and by a deadline") {
  for (int kind = 0; kind < 7; ++kind) {
    CAPTURE(kind);
    Story story;
    REQUIRE(story.rig.deliver("REL-2026-002").delivery);
    REQUIRE(story.reach_production());
    if (kind == 0) story.behaviour("REL-2026-002").error_rate = 0.05;
    if (kind == 1) story.behaviour("REL-2026-002").slow_rate = 0.1;
    if (kind == 2) story.behaviour("REL-2026-002").healthy = false;
    if (kind == 3)
      story.production().alerts = {{"Down", "f1", story.rig.world.now, "nobody can pay"}};
    if (kind == 4) REQUIRE(story.rig.engine().command({CommandKind::rollback, "ana", {}}));
    if (kind == 5) story.production().telemetry_up = false;
    if (kind == 6) story.behaviour("REL-2026-002").check_fails_every = 2;
    REQUIRE(story.rig.run_to_the_end());
    CHECK(story.rig.service().delivery->phase == Phase::rolled_back);
    check_alike(story);
  }
}

// To production, whose first stage lasts five minutes.
void reach_a_long_stage(Story& story) {
  Contract contract = DeliveryRig::contract("REL-2026-002");
  contract.stages.front().soak_ms = 5 * kMinuteMs;
  story.rig.pass_quality("REL-2026-002");
  const auto admission =
      story.rig.engine().deliver({contract, DeliveryRig::release("REL-2026-002"), "ana"});
  REQUIRE(admission);
  REQUIRE(admission->delivery);
  REQUIRE(story.reach_production());
}

// Both releases answer as a log stream with times tells it.
void deliver_slowly(Story& story, BaselineUse use) {
  story.rig.policy.parameters.latency_against_baseline = use;
  story.behaviour("REL-2026-001").latency_ms = 20;
  story.behaviour("REL-2026-002").latency_ms = 20;
  story.rig.restart();
  reach_a_long_stage(story);
  REQUIRE_FALSE(story.rig.run_until([&] { return !story.rig.engine().busy(); }, 90 * kSecondMs));
  story.behaviour("REL-2026-002").latency_ms = 300;  // far from the p99 target
}

std::string words_of_rollback_by_p99(const Story& story) {
  const Delivery& delivery = *story.rig.service().delivery;
  REQUIRE(delivery.phase == Phase::rolled_back);
  REQUIRE(delivery.rollback);
  CHECK(delivery.rollback->cause == Cause::trigger);
  CHECK(delivery.rollback->trigger == Trigger::p99);
  return delivery.rollback->detail;
}

TEST_CASE("decided again: slower than the baseline takes back where sluice.yaml says so") {
  Story story;
  deliver_slowly(story, BaselineUse::rollback);
  REQUIRE(story.rig.run_to_the_end());
  const std::string words = words_of_rollback_by_p99(story);
  CAPTURE(words);
  CHECK(words.starts_with("slower than the baseline: "));
  CHECK(words.contains("requests took longer than 23 ms"));
  check_alike(story);
}

TEST_CASE("decided again: where it is only reported the release goes on, and the record says it") {
  Story story;
  deliver_slowly(story, BaselineUse::report);
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.rig.service().delivery->phase == Phase::done);
  int said = 0;
  for (const Record& record : story.journal.records) {
    const auto* passed = std::get_if<StagePassed>(&record.event);
    if (passed == nullptr || passed->environment.text != "production") continue;
    const std::string& words = passed->readings.of(Trigger::p99).evidence;
    CAPTURE(words);
    said += words.contains("that the canary is slower, which is only reported") ? 1 : 0;
  }
  CHECK(said > 0);
  check_alike(story);
}

void look_at_gauges(Story& story, BaselineUse use) {
  story.rig.policy.parameters.gauges_against_baseline = use;
  for (EnvironmentSpec& one : story.rig.policy.environments) {
    one.prometheus = PrometheusSpec{.url = "http://127.0.0.1:9090",
                                    .gauges = {{"requests waiting", "waiting{slot=\"{slot}\"}"}}};
  }
  story.rig.restart();
}

// Each process of both releases has up to four requests waiting; later the canary's have two more.
void deliver_with_gauges(Story& story, BaselineUse use) {
  look_at_gauges(story, use);
  reach_a_long_stage(story);
  REQUIRE_FALSE(story.rig.run_until([&] { return !story.rig.engine().busy(); }, 90 * kSecondMs));
  story.behaviour("REL-2026-002").waiting = 2;
}

TEST_CASE("decided again: gauges worse than the baseline's hold it, then take it back") {
  Story story;
  deliver_with_gauges(story, BaselineUse::rollback);
  REQUIRE(story.rig.run_to_the_end());
  const std::string words = words_of_rollback_by_p99(story);
  CAPTURE(words);
  CHECK(words.starts_with("worse than the baseline: requests waiting: "));
  const bool held = std::ranges::any_of(story.journal.records, [](const Record& record) {
    const auto* stood = std::get_if<StoodStill>(&record.event);
    return stood != nullptr && stood->reason == Reason::harm_suspected &&
           stood->detail.starts_with("requests waiting: ");
  });
  CHECK(held);
  check_alike(story);
}

TEST_CASE("decided again: where gauges are only reported the release goes on, and it is said") {
  Story story;
  deliver_with_gauges(story, BaselineUse::report);
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.rig.service().delivery->phase == Phase::done);
  const bool said = std::ranges::any_of(story.journal.records, [](const Record& record) {
    const auto* passed = std::get_if<StagePassed>(&record.event);
    return passed != nullptr &&
           passed->readings.of(Trigger::p99)
               .evidence.contains(" against the release, line 40,000 : 1, which is only reported");
  });
  CHECK(said);
  check_alike(story);
}

TEST_CASE("decided again: a source of gauges that is dead does nothing, and is told") {
  Story story;
  for (FakeEnvironment& one : story.rig.world.environments) one.gauges_up = false;
  deliver_with_gauges(story, BaselineUse::rollback);
  const Status status = story.rig.engine().status();
  CHECK(status.judge.gauges ==
        "gauges are not compared with the baseline's: no sample has come yet");
  CHECK(status.judge.gauges_trouble ==
        "no samples come now: `requests waiting`: the metrics server does not answer");
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.rig.service().delivery->phase == Phase::done);
  check_alike(story);
}

TEST_CASE("decided again: that gauges are missing is no news before they would be compared") {
  Story story;
  for (FakeEnvironment& one : story.rig.world.environments) one.gauges_up = false;
  look_at_gauges(story, BaselineUse::rollback);
  reach_a_long_stage(story);
  const auto status = [&] { return story.rig.engine().status().judge; };
  CHECK(status().gauges.ends_with("no request has reached the canary yet"));
  CHECK(status().gauges_trouble.empty());
  const Tick before = story.rig.world.now;
  REQUIRE(story.rig.run_until([&] { return !status().gauges_trouble.empty(); }));
  CHECK(story.rig.world.now - before >= kMinuteMs);
}

TEST_CASE("decided again: a return only reports what its gauges say") {
  Story story;
  for (FakeEnvironment& one : story.rig.world.environments) one.gauges_up = false;
  deliver_with_gauges(story, BaselineUse::rollback);
  REQUIRE(story.rig.run_to_the_end());
  REQUIRE(story.rig.engine().command({CommandKind::rollback, "ana", {}}));
  const Delivery& back = *story.rig.service().delivery;
  CHECK(back.plan.returns);
  CHECK(back.plan.parameters.gauges_against_baseline == BaselineUse::report);
}

TEST_CASE("decided again: one value of a gauge that is another is noticed") {
  Story story;
  deliver_with_gauges(story, BaselineUse::rollback);
  REQUIRE(story.rig.run_to_the_end());
  const Part part = last_part(story, "production");
  story.rig.evidence.kept[part.digest] = with_look(part.bytes, [](replay::Look& look) {
    if (!look.gauges || look.gauges->gauges[0].by_slot[1].size() < 2) return false;
    if (look.gauges->gauges[0].by_slot[1][0] < 5) return false;
    look.gauges->gauges[0].by_slot[1][0] = 0;
    look.gauges->gauges[0].by_slot[1][1] = 0;
    return true;
  });
  CHECK(story.again().difference);
}

TEST_CASE("decided again: an engine that is stopped again and again, in the middle of everything") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  for (int i = 0; i < 12; ++i) {
    REQUIRE(story.rig.run_until([] { return false; }, 700 + 130 * i) == false);
    story.rig.restart();
  }
  REQUIRE(story.rig.run_to_the_end());
  const replay::Account account = story.again();
  explain(account);
  CHECK_FALSE(account.difference);
  CHECK(account.missing.empty());
  std::uint64_t parts = 0;
  for (const auto& one : account.environments) parts += one.parts;
  CHECK(parts > 10);
}

TEST_CASE("decided again: a service that burns its error budget, over a restart and to the end") {
  Story story;
  story.rig.policy.deadlines.evidence_ms = kHourMs;
  story.rig.restart();
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  for (const char* id : {"REL-2026-001", "REL-2026-002"}) story.behaviour(id).error_rate = 0.25;
  REQUIRE_FALSE(story.rig.run_until([] { return false; }, 100 * kSecondMs));
  CHECK(story.rig.service().delivery->standing.reason == Reason::budget_burning);
  story.rig.restart();
  for (const char* id : {"REL-2026-001", "REL-2026-002"}) story.behaviour(id).error_rate = 0;
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.rig.service().delivery->phase == Phase::done);
  check_alike(story);
}

TEST_CASE("decided again: the guard took over while no engine ran") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  story.rig.restart();
  REQUIRE(story.rig.engine().take_guard_report(
      {story.rig.service().generation + 1, story.rig.world.now, "the engine was silent"}));
  REQUIRE(story.rig.run_to_the_end());
  REQUIRE(story.rig.service().delivery->rollback);
  CHECK(story.rig.service().delivery->rollback->cause == Cause::engine_silent);
  check_alike(story);
}

TEST_CASE("decided again: one that was superseded, and the one that took its place") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  REQUIRE(story.rig.deliver("REL-2026-003", true).delivery);
  REQUIRE(story.rig.run_to_the_end());
  check_alike(story, DeliveryId{"D-0001"});
  check_alike(story, DeliveryId{"D-0002"});
  CHECK_FALSE(replay::decide_again(story.journal.records, DeliveryId{"D-0003"}, {}));
}

TEST_CASE("decided again: one request more or less is noticed, and where") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_to_the_end());
  const Part part = last_part(story, "production");
  story.rig.evidence.kept[part.digest] = with_look(part.bytes, [](replay::Look& look) {
    if (!look.heard || look.heard->batch.canary.requests < 2) return false;
    ++look.heard->batch.baseline.requests;
    return true;
  });
  const replay::Account account = story.again();
  REQUIRE(account.difference);
  CHECK(account.difference->where.starts_with("D-0001 in production"));
  CHECK(account.difference->expected != account.difference->found);
}

TEST_CASE("decided again: an entry of the ledger that was changed is the first difference") {
  Story story;
  story.behaviour("REL-2026-002").error_rate = 0.0;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.reach_production());
  story.behaviour("REL-2026-002").error_rate = 0.05;
  REQUIRE(story.rig.run_to_the_end());
  for (Record& record : story.journal.records) {
    if (auto* back = std::get_if<RollbackStarted>(&record.event)) {
      ++back->canary.errors;
      const std::uint64_t seq = record.seq;
      const replay::Account account = story.again();
      REQUIRE(account.difference);
      CHECK(account.difference->seq == seq);
      CHECK(account.difference->expected.find("rollback_started") != std::string::npos);
      return;
    }
  }
  FAIL("no rollback");
}

TEST_CASE(
    "decided again: what was not kept is missing, by entries and by name, and the rest is not") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_to_the_end());
  const Part staging = last_part(story, "staging");
  story.rig.evidence.kept.erase(staging.digest);
  const replay::Account account = story.again();
  explain(account);
  CHECK_FALSE(account.difference);
  REQUIRE(account.missing.size() >= 1);
  CHECK(account.missing.front().why.find("part 2") != std::string::npos);
  REQUIRE(account.environments.size() == 2);
  CHECK(account.environments.back().entries > 5);
}

TEST_CASE("decided again: bytes that were cut off are missing from there on") {
  Story story;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_to_the_end());
  const Part part = last_part(story, "production");
  story.rig.evidence.kept[part.digest] = part.bytes.substr(0, part.bytes.size() / 2);
  const replay::Account account = story.again();
  CHECK_FALSE(account.difference);
  REQUIRE(account.missing.size() >= 1);
  CHECK(account.missing.back().why.find("damaged") != std::string::npos);
}

TEST_CASE("decided again: a disk that is full keeps nothing and holds nothing up") {
  Story story;
  story.rig.drafts.full = true;
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  REQUIRE(story.rig.run_to_the_end());
  CHECK(story.rig.service().delivery->phase == Phase::done);
  const replay::Account account = story.again();
  CHECK_FALSE(account.difference);
  CHECK_FALSE(account.missing.empty());
}

TEST_CASE("decided again: whatever happens in a seeded world, replay is what was live") {
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    CAPTURE(seed);
    SeededRandom random(seed);
    Story story;
    const sim::ServiceModel service{.requests_per_second = random.chance(0.5) ? 400.0 : 4'000.0,
                                    .error_rate = 1e-3,
                                    .canary_error_rate = random.chance(0.5) ? 1e-3 : 0.03,
                                    .over_target = 1e-3,
                                    .canary_over_target = random.chance(0.7) ? 1e-3 : 0.05,
                                    .onset_ms = random.below(8'000)};
    std::map<std::string, SimulatedTraffic> sources;
    for (FakeEnvironment& one : story.rig.world.environments) {
      sources.try_emplace(one.name.text, story.rig.world, one, service, seed * 10 + sources.size());
    }
    story.rig.telemetry = [&](const EnvironmentName& name) { return &sources.at(name.text); };
    story.rig.restart();
    REQUIRE(story.rig.deliver("REL-2026-002").delivery);
    for (int i = 0; i < 60 && story.rig.engine().busy(); ++i) {
      (void)story.rig.run_until([&] { return !story.rig.engine().busy(); },
                                100 + random.below(900));
      FakeEnvironment& here =
          story.rig.world.environments[static_cast<std::size_t>(random.below(3))];
      switch (random.below(12)) {
        case 0: story.rig.restart(); break;
        case 1: here.telemetry_up = !here.telemetry_up; break;
        case 2: here.telemetry_up = true; break;
        case 3: (void)story.rig.engine().command({CommandKind::pause, "ana", {}}); break;
        case 4: (void)story.rig.engine().command({CommandKind::resume, "ana", {}}); break;
        case 5: ++here.restarts; break;
        case 6: here.router_up = random.chance(0.7); break;
        default: here.router_up = true; break;
      }
    }
    for (FakeEnvironment& one : story.rig.world.environments) {
      one.telemetry_up = one.router_up = true;
    }
    (void)story.rig.engine().command({CommandKind::resume, "ana", {}});
    REQUIRE(story.rig.run_to_the_end());
    check_alike(story);
  }
}

// Errors in bursts of thirty on one host: what the evidence is divided by, of a hearing that
// begins.
double design_effect_at_first(const Service& service, const Clustering& clustering) {
  Service known = service;
  for (EnvironmentState& state : known.environments) state.clustering = clustering;
  judge::Hearing hearing(known, {.servers = 5, .counted = true}, Tick{});
  REQUIRE(hearing.finding() != nullptr);
  hearing.hear(known, {.live = true}, Tick{1});
  return hearing.finding()->design_effect_error;
}

TEST_CASE(
    "baseline: how errors cluster outlives the engine, and the next delivery begins with it") {
  Story story;
  const sim::ServiceModel service{.requests_per_second = 2'000,
                                  .error_rate = 0.01,
                                  .canary_error_rate = 0.01,
                                  .trouble = sim::find_trouble("clusters30")};
  REQUIRE(service.trouble != nullptr);
  std::map<std::string, SimulatedTraffic> sources;
  for (FakeEnvironment& one : story.rig.world.environments) {
    sources.try_emplace(one.name.text, story.rig.world, one, service, 3 + sources.size());
  }
  story.rig.telemetry = [&](const EnvironmentName& name) { return &sources.at(name.text); };
  story.rig.policy.deadlines.evidence_ms = kHourMs;
  story.rig.restart();
  reach_a_long_stage(story);
  // More than a minute at a stage: what was learnt is in the ledger before the stage is passed.
  (void)story.rig.run_until([&] { return !story.rig.service().delivering(); }, 80 * kSecondMs);
  const Clustering learnt =
      story.rig.service().environment(EnvironmentName{"production"}).clustering;
  CHECK(learnt.errors_by_group.events > 100);
  story.rig.restart();
  const Service& after = story.rig.service();
  CHECK(after.environment(EnvironmentName{"production"}).clustering == learnt);
  REQUIRE(after.delivering());
  const double before = design_effect_at_first(after, {});
  const double now = design_effect_at_first(after, learnt);
  MESSAGE("evidence is divided by ", before, " without, by ", now, " with what was learnt");
  CHECK(before == 1);
  CHECK(now > 3);
  REQUIRE(story.rig.engine().command({CommandKind::rollback, "ana", {}}));
  REQUIRE(story.rig.run_to_the_end());
  check_alike(story);
}

// What the bytes of kept counts come to, in the pace of a real engine. Measured here and stated in
// docs/reference/replay.md; the bounds are above what is measured, by a third or so.
void measure_bytes(double per_second, bool times, double bytes_a_look_most) {
  Story story;
  const sim::ServiceModel service{
      .requests_per_second = per_second, .over_target = 1e-3, .canary_over_target = 1e-3};
  std::map<std::string, SimulatedTraffic> sources;
  for (FakeEnvironment& one : story.rig.world.environments) {
    sources.try_emplace(one.name.text, story.rig.world, one, service, sources.size());
  }
  for (auto& [name, source] : sources) {
    if (times) source.tell_times();
  }
  story.rig.telemetry = [&](const EnvironmentName& name) { return &sources.at(name.text); };
  story.rig.restart();
  REQUIRE(story.rig.deliver("REL-2026-002").delivery);
  while (story.rig.engine().busy()) story.rig.step(2);
  const replay::Account account = story.again();
  const replay::EnvironmentAccount& last = account.environments.back();
  const double bytes = static_cast<double>(last.bytes);
  MESSAGE(per_second, " requests/s", std::string(times ? " with times: " : ": "),
          bytes / static_cast<double>(last.looks), " bytes a look, ",
          1e6 * bytes / static_cast<double>(last.requests), " bytes per million requests, of ",
          last.requests);
  CHECK(bytes / static_cast<double>(last.looks) < bytes_a_look_most);
  if (times) check_alike(story);
}

TEST_CASE("decided again: the bytes that are kept") {
  struct Most {
    double per_second, without_times, with_times;
  };
  for (const Most& most : {Most{200, 2.4, 2.9}, Most{2'000, 6.4, 10.6}, Most{10'000, 10.6, 19.7}}) {
    measure_bytes(most.per_second, false, most.without_times);
    measure_bytes(most.per_second, true, most.with_times);
  }
}

}  // namespace sluice::testing
