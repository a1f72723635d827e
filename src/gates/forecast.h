// Forecast: whether the stages of a plan can be decided at all with the traffic that is expected.
//
// What promotion of a stage takes is known beforehand: so many requests of the canary for the
// margin, the baseline's own error rate and the stage's share. Against the time a stage has, that
// says who will wait in vain. Only a forecast: it holds nothing, and no verdict depends on it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/policy.h"
#include "model/service.h"

namespace sluice::gates {

struct StageForecast {
  Stage stage;
  double requests = 0;        // of the canary; below 0: never enough
  std::int64_t takes_ms = 0;  // at the expected rate; below 0: never
  std::int64_t limit_ms = 0;  // then the release goes back
  bool validated = false;     // the limit is the validation window
  bool margin_helps = false;  // a larger max_error_rate_increase would take fewer requests
  [[nodiscard]] bool decidable() const { return takes_ms >= 0 && takes_ms <= limit_ms; }
};

struct EnvironmentForecast {
  EnvironmentName name;
  double requests_per_second = 0;  // expected; 0: sluice.yaml does not say, and `stages` is empty
  double error_rate = 0;           // of the baseline
  bool counted = false;            // it was counted in earlier deliveries; else no error is assumed
  std::vector<StageForecast> stages;
};

// One for each judged environment, in order. `plan` as it would be journalled.
[[nodiscard]] std::vector<EnvironmentForecast> forecast(const Plan& plan, const Policy& policy,
                                                        const Service& service);

// Lines for people, each ended; what cannot be decided is a warning with a remedy.
[[nodiscard]] std::string forecast_text(const std::vector<EnvironmentForecast>& forecasts);

}  // namespace sluice::gates
