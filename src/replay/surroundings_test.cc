#include "replay/surroundings.h"

#include <doctest/doctest.h>

#include "codec/json.h"
#include "testing/members.h"

namespace sluice::replay {
namespace {

// Of the members of an observation: what judge::Hearing::tell() fills, by itself or in part.
constexpr std::size_t kTold = 11;
constexpr std::size_t kHalfTold = 1;  // readings: two of four triggers are kept

// Nothing in it is as it is at first.
Observation eventful() {
  Observation seen;
  seen.readings.of(Trigger::health_check) = {Reading::breached, "2 of 5 fail"};
  seen.readings.of(Trigger::critical_alert) = {Reading::error, "no answer"};
  seen.effects = {
      {7, EffectProgress::resisted, "refused", SmokeReported{{"staging"}, true, 3, "ok"}}};
  seen.command = Command{CommandKind::rollback, "ana", {"D-0001"}};
  seen.drift = RoutingDrifted{{"staging"}, "a", "b", 9};
  seen.guard = GuardReport{4, Tick{5}, "silent"};
  seen.load_trouble = "ended";
  seen.router_reachable = false;
  seen.baseline_live_servers = 3;
  seen.baseline_probes_failing = true;
  seen.baseline_probes_passing = true;
  seen.canary_probes_failing = true;
  seen.flaky_probes = "9 of 40 failed";
  seen.preexisting_alert = "disk";
  seen.alerts = AlertsNoted{{"staging"}, {{"f", Tick{1}, "disk"}}};
  seen.flags = ClauseVerdict{.clause = Clause::pre_flags, .verdict = Verdict::pass, .code = "off"};
  return seen;
}

// A new member of Observation fails here: either the hearing tells it, and kTold grows, or it has
// to be kept, or a replay would decide without it.
TEST_CASE("surroundings: what is not the hearing's is kept, whatever an observation grows to") {
  const auto json = codec::parse_json(surroundings_of(eventful()));
  REQUIRE(json);

  const std::size_t kept = json->object()->size() - 2;  // the two readings are one member
  CHECK(testing::members_of<Observation>() == kTold + kHalfTold + kept);
}

TEST_CASE("surroundings: what is kept comes back as it was") {
  const std::string kept = surroundings_of(eventful());
  Observation again;
  REQUIRE(surround(again, kept));

  CHECK(surroundings_of(again) == kept);
  CHECK(again.effects.front().smoke == eventful().effects.front().smoke);
  CHECK(again.command->delivery == eventful().command->delivery);
  CHECK(again.drift == eventful().drift);
  CHECK(again.flags == eventful().flags);
}

}  // namespace
}  // namespace sluice::replay
