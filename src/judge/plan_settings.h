// Plan settings: how a plan sets up the judge of one of its environments.
#pragma once

#include "judge/batch.h"
#include "model/plan.h"

namespace sluice::judge {

// The false-rollback probability of the whole delivery is divided: four fifths for customers, the
// rest for the judged environments before. How requests are told apart is left to the caller: no
// groups, no units of the baseline.
[[nodiscard]] Settings settings_of(const Plan& plan, const EnvironmentPlan& environment);

// Of one stage: at the last, a fifth of what the plan allows.
[[nodiscard]] double alpha_promotion_of(const Parameters& parameters, bool last_stage);

}  // namespace sluice::judge
