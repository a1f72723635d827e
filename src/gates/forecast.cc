#include "gates/forecast.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "gates/findings.h"
#include "judge/forecast.h"
#include "judge/judge.h"
#include "judge/plan_settings.h"

namespace sluice::gates {
namespace {

const EnvironmentState* state_of(const Service& service, const EnvironmentName& name) {
  const auto found = std::ranges::find(service.environments, name, &EnvironmentState::name);
  return found == service.environments.end() ? nullptr : &*found;
}

judge::Settings settings_of(const Parameters& parameters, bool last) {
  return {.margin = parameters.max_error_rate_increase,
          .error_rate_target = parameters.error_rate_target,
          .alpha = parameters.false_rollback_probability,
          .alpha_promotion = judge::alpha_promotion_of(parameters, last)};
}

StageForecast of_stage(const Plan& plan, const EnvironmentPlan& environment, std::size_t number,
                       const EnvironmentForecast& known, bool has_baseline) {
  const Stage& stage = environment.stages[number];
  const bool last = number + 1 == environment.stages.size();
  StageForecast out{.stage = stage};
  out.validated = last && environment.customer_facing && stage.soak_ms == 0;
  out.limit_ms = out.validated ? plan.parameters.validation_window_ms
                               : std::max(stage.soak_ms, plan.parameters.grace_ms) +
                                     plan.deadlines.evidence_ms;
  const double share = stage.share.fraction();
  const auto requests_at = [&](double margin) {
    judge::Settings settings = settings_of(plan.parameters, last);
    settings.margin = margin;
    return judge::requests_to_promote(settings, known.error_rate, has_baseline ? share : 1);
  };
  const double margin = plan.parameters.max_error_rate_increase;
  out.requests = requests_at(margin);
  // The p99 target, or at 100 % the target of errors, may be what takes them.
  const double with_more = requests_at(std::min(0.9, 2 * margin + 0.01));
  out.margin_helps = with_more >= 0 && (out.requests < 0 || with_more < out.requests);
  out.takes_ms = judge::time_for_ms(out.requests, share * known.requests_per_second);
  return out;
}

EnvironmentForecast of_environment(const Plan& plan, const EnvironmentPlan& environment,
                                   double requests_per_second, const EnvironmentState* state) {
  EnvironmentForecast out{.name = environment.name, .requests_per_second = requests_per_second};
  out.counted = state != nullptr && state->history.requests > 0;
  if (out.counted) {
    out.error_rate =
        static_cast<double>(state->history.errors) / static_cast<double>(state->history.requests);
  }
  if (!(requests_per_second > 0)) return out;
  const bool has_baseline = state != nullptr && !state->baseline_release.empty();
  for (std::size_t i = 0; i < environment.stages.size(); ++i) {
    out.stages.push_back(of_stage(plan, environment, i, out, has_baseline));
  }
  return out;
}

// Two significant digits, rounded up.
std::string about(double number) {
  double unit = 1;
  while (number / unit >= 99.5) unit *= 10;
  return fmt::format("{:.0f}", std::ceil(number / unit) * unit);
}

std::string head(const EnvironmentForecast& one) {
  const std::string name = printable(one.name.text, 80);
  if (one.stages.empty()) {
    return fmt::format(
        "  {}: not known; say how much traffic is to be expected: expected_requests_per_second\n",
        name);
  }
  return fmt::format("  {} at {:g} requests/s, baseline {} errors{}\n", name,
                     one.requests_per_second, percent_text(one.error_rate),
                     one.counted ? "" : " (assumed)");
}

std::string needs(const StageForecast& one) {
  if (one.requests < 0) return "no number of requests can show that it is no worse";
  return fmt::format("about {} requests of the canary, {}", about(one.requests),
                     duration_text(std::max<std::int64_t>(1, one.takes_ms)));
}

std::string remedy(const StageForecast& one) {
  if (one.requests < 0 && one.margin_helps) return "raise max_error_rate_increase";
  if (one.requests < 0) {
    return "the baseline's errors are at the target or over it: raise error_rate_target or mend it";
  }
  const std::string_view time =
      one.validated ? "parameters.post_deploy_validation_window" : "deadlines.evidence";
  const std::string_view share =
      one.stage.share < Share::whole() ? ", or give this stage a larger share" : "";
  return fmt::format("raise {} to {}{}{}", time, duration_text(one.takes_ms), share,
                     one.margin_helps ? ", or raise max_error_rate_increase" : "");
}

std::string line(const StageForecast& one, std::size_t number) {
  const std::string stage =
      fmt::format("stage {} {} at {}", number, quoted(one.stage.name), to_text(one.stage.share));
  const std::string limit =
      fmt::format("{} after {}", one.validated ? "validation ends" : "it goes back",
                  duration_text(one.limit_ms));
  if (one.decidable()) return fmt::format("    {}: {}; {}\n", stage, needs(one), limit);
  return fmt::format("    warning: {} cannot be decided: {}; {}: {}\n", stage, needs(one), limit,
                     remedy(one));
}

}  // namespace

std::vector<EnvironmentForecast> forecast(const Plan& plan, const Policy& policy,
                                          const Service& service) {
  std::vector<EnvironmentForecast> out;
  for (const EnvironmentPlan& environment : plan.environments) {
    if (!environment.judged) continue;
    const auto spec =
        std::ranges::find(policy.environments, environment.name, &EnvironmentSpec::name);
    const double expected =
        spec == policy.environments.end() ? 0 : spec->expected_requests_per_second;
    out.push_back(of_environment(plan, environment, expected, state_of(service, environment.name)));
  }
  return out;
}

std::string forecast_text(const std::vector<EnvironmentForecast>& forecasts) {
  std::string text;
  for (const EnvironmentForecast& one : forecasts) {
    text += head(one);
    for (std::size_t i = 0; i < one.stages.size(); ++i) text += line(one.stages[i], i + 1);
  }
  return text;
}

}  // namespace sluice::gates
