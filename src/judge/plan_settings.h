// Plan settings: how a plan sets up the judge of one of its environments.
#pragma once

#include "judge/batch.h"
#include "model/plan.h"

namespace sluice::judge {

// The false-rollback probability of the whole delivery is divided: where gauges take back, a
// twentieth is for them, and what follows is about the rest; then a twentieth for the health
// checks of all environments, four fifths for customers, the rest for the judged environments
// before; for customers too where there are none. How requests are told apart is left to the
// caller: no groups, no units of the baseline.
[[nodiscard]] Settings settings_of(const Plan& plan, const EnvironmentPlan& environment);

// Of the health checks of one environment (probe_hearing.h): an equal part of their twentieth.
struct ProbeSettings {
  double alpha = 0.00005;
  double part = 0.05;  // of the whole delivery's
  std::int64_t planned_ms = 0;
};
[[nodiscard]] ProbeSettings probe_settings_of(const Plan& plan, const EnvironmentPlan& environment);

// Of the gauges of one environment (gauge_hearing.h): an equal part of their twentieth.
struct GaugeSettings {
  BaselineUse use = BaselineUse::report;
  double alpha = 0.00005;
  double part = 0.05;  // of the whole delivery's
  std::int64_t planned_ms = 0;
};
[[nodiscard]] GaugeSettings gauge_settings_of(const Plan& plan, const EnvironmentPlan& environment);

// Of one stage: at the last, a fifth of what the plan allows.
[[nodiscard]] double alpha_promotion_of(const Parameters& parameters, bool last_stage);

}  // namespace sluice::judge
