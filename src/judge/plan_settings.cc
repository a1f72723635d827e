#include "judge/plan_settings.h"

#include <algorithm>

#include "base/tick.h"

namespace sluice::judge {
namespace {

constexpr double kForCustomers = 0.8;
// Of the part that the notes give to probes and lost traffic together, what can be taken without
// that any other metric finds less. Health checks that fail now and then are found a little later.
constexpr double kForProbes = 0.05;

// As much again, taken from everything else alike, and only where it is used.
constexpr double kForGauges = 0.05;

double part_of_all_but_gauges(const Plan& plan) {
  const bool decide = plan.parameters.gauges_against_baseline == BaselineUse::rollback &&
                      std::ranges::any_of(plan.environments, &EnvironmentPlan::gauges);
  return decide ? 1 - kForGauges : 1;
}

double alpha_of(const Plan& plan, const EnvironmentPlan& environment) {
  const double all = part_of_all_but_gauges(plan) * plan.parameters.false_rollback_probability;
  const auto others = std::ranges::count_if(plan.environments, [](const EnvironmentPlan& one) {
    return one.judged && !one.customer_facing;
  });
  if (others == 0) return (1 - kForProbes) * all;
  const double before = 1 - kForProbes - kForCustomers;
  return environment.customer_facing ? kForCustomers * all
                                     : before * all / static_cast<double>(others);
}

std::int64_t planned_ms(const Plan& plan, const EnvironmentPlan& environment) {
  std::int64_t sum = environment.customer_facing ? plan.parameters.validation_window_ms : 0;
  for (const Stage& stage : environment.stages) sum += stage.soak_ms;
  return std::max(sum, kMinuteMs);
}

}  // namespace

Settings settings_of(const Plan& plan, const EnvironmentPlan& environment) {
  const Parameters& parameters = plan.parameters;
  return {.margin = parameters.max_error_rate_increase,
          .error_rate_target = parameters.error_rate_target,
          .alpha = alpha_of(plan, environment),
          .alpha_promotion = parameters.false_promotion_probability,
          .planned_ms = planned_ms(plan, environment),
          .latency_against_baseline = parameters.latency_against_baseline};
}

ProbeSettings probe_settings_of(const Plan& plan, const EnvironmentPlan& environment) {
  const double part = part_of_all_but_gauges(plan) * kForProbes /
                      static_cast<double>(std::max<std::size_t>(1, plan.environments.size()));
  return {.alpha = part * plan.parameters.false_rollback_probability,
          .part = part,
          .planned_ms = planned_ms(plan, environment)};
}

GaugeSettings gauge_settings_of(const Plan& plan, const EnvironmentPlan& environment) {
  const auto environments = std::ranges::count_if(plan.environments, &EnvironmentPlan::gauges);
  const double part = kForGauges / static_cast<double>(std::max<std::ptrdiff_t>(1, environments));
  return {.use = plan.parameters.gauges_against_baseline,
          .alpha = part * plan.parameters.false_rollback_probability,
          .part = part,
          .planned_ms = planned_ms(plan, environment)};
}

double alpha_promotion_of(const Parameters& parameters, bool last_stage) {
  return parameters.false_promotion_probability * (last_stage ? kLastStagePart : 1);
}

}  // namespace sluice::judge
