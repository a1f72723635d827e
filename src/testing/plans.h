// A small plan for tests: three environments, production in two stages.
#pragma once

#include "model/plan.h"

namespace sluice::testing {

inline Plan small_plan() {
  Plan plan{.service = {"shop"}, .contract_file = "work/releases/shop.md"};
  plan.contract_revision = sha256("contract");
  plan.environments = {
      {.name = {"development"}, .smoke = true, .stages = {{"all", Share(10'000), 2'000}}},
      {.name = {"staging"},
       .judged = true,
       .smoke = true,
       .stages = {{"half", Share(5'000), 2'000}, {"all", Share(10'000), 2'000}}},
      {.name = {"production"},
       .customer_facing = true,
       .judged = true,
       .smoke = true,
       .alerts = true,
       .stages = {{"canary", Share(500), 10'000}, {"full", Share(10'000), 0}}},
  };
  plan.parameters.validation_window_ms = 30'000;
  plan.deadlines.evidence_ms = kMinuteMs;
  plan.deadlines.pause_ms = kMinuteMs;
  plan.deadlines.silence_ms = 20'000;
  return plan;
}

}  // namespace sluice::testing
