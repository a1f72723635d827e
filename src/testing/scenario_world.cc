#include "testing/scenario_world.h"

#include <algorithm>

#include "base/text.h"
#include "core/decide.h"
#include "core/evolve.h"
#include "core/invariants.h"

namespace sluice::testing {
namespace {

// What was seen of one stage says nothing about the next.
bool somewhere_new(const Event& event) {
  return std::holds_alternative<StageEntered>(event) ||
         std::holds_alternative<EnvironmentPassed>(event);
}

}  // namespace

void see_nothing_yet(World& world) {
  world.seen.readings = {};
  world.seen.promotion = {};
  world.seen.readings.of(Trigger::health_check) = {Reading::healthy, "well"};
  world.seen.readings.of(Trigger::critical_alert) = {Reading::healthy, "well"};
}

void fold(World& world, const std::vector<Event>& events) {
  for (const Event& event : events) {
    const Service before = world.service;
    core::evolve(world.service, event, world.now);
    world.say(to_text(event));
    std::string broken = core::broken_invariant(world.service);
    if (broken.empty()) broken = core::broken_invariant(before, world.service, event);
    if (!broken.empty()) world.say("BROKEN INVARIANT: " + broken);
  }
}

void decide(World& world) {
  core::Decision decision;
  do {
    decision = core::decide(world.service, world.seen, world.now);
    fold(world, decision.events);
    world.seen.command.reset();
    world.seen.effects.clear();
    world.seen.drift.reset();
    world.seen.guard.reset();
    if (std::ranges::any_of(decision.events, somewhere_new)) {
      see_nothing_yet(world);
    }
  } while (!decision.events.empty());
  std::string line = "reason " + std::string(to_text(decision.reason));
  if (decision.deadline.unix_ms != 0) {
    line += ", deadline in " + duration_text(decision.deadline - world.now);
  }
  if (!decision.detail.empty()) line += ": " + decision.detail;
  world.say(line);
}

}  // namespace sluice::testing
