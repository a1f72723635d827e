// The plan of one delivery, from what the contract promises and what the policy wires up.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/contract.h"
#include "model/flag.h"
#include "model/plan.h"
#include "model/policy.h"
#include "model/running.h"
#include "model/service.h"
#include "model/verdict.h"

namespace sluice::gates {

// Why there can be no plan; empty when there can. Nothing that the gates let through has a reason.
[[nodiscard]] std::string plan_obstacle(const Contract& contract, const Policy& policy);

// Environments in the policy's order. Stages of customer-facing environments come from the
// contract, the others from the policy; a stage without a readable soak has none. `fallback` is the
// policy's, whether or not there is a baseline. Meant for input without an obstacle; for other
// input it still returns: stages without a share are left out, and an environment may have none.
[[nodiscard]] Plan make_plan(const Contract& contract, const Policy& policy,
                             const Release& release);

// What becomes of a request to deliver: the verdicts of every gate, and a plan when none of them
// holds the start. The plan's fallback is empty where every environment has a baseline.
struct Planning {
  std::optional<Plan> plan;
  std::vector<ClauseVerdict> clauses;
};
[[nodiscard]] Planning plan_delivery(const Contract& contract, const Policy& policy,
                                     const Service& service, const Release& release, Tick now,
                                     const FlagAnswers& flags = {},
                                     const RunningRouters& routers = {});

// `sluice drill`: the rehearsal alone, in its place. It needs a way back that is documented and an
// environment that shares nothing with another; nobody's approval.
[[nodiscard]] Planning plan_drill(const Contract& contract, const Policy& policy,
                                  const Service& service, const Release& release, Tick now,
                                  const RunningRouters& routers = {});

}  // namespace sluice::gates
