#include "judge/baseline_rate.h"

#include <algorithm>

#include "base/tick.h"
#include "judge/exp_log.h"

namespace sluice::judge {
namespace {

constexpr double kHistoryMax = 50'000;
constexpr double kLn2 = 0.693147180559945309;
constexpr double kHalfLifeMs = 600.0 * kSecondMs;
constexpr double kRatePrior = 1e-3;  // half an error in 500 requests

}  // namespace

BaselineRate::BaselineRate(const Counts& history)
    : errors_(static_cast<double>(history.errors)),
      requests_(static_cast<double>(history.requests)) {
  if (requests_ <= kHistoryMax) return;
  errors_ *= kHistoryMax / requests_;
  requests_ = kHistoryMax;
}

void BaselineRate::learn(const Counts& baseline, std::int64_t elapsed_ms) {
  const double left = exp(-kLn2 * (static_cast<double>(elapsed_ms) / kHalfLifeMs));
  errors_ = errors_ * left + static_cast<double>(baseline.errors);
  requests_ = requests_ * left + static_cast<double>(baseline.requests);
}

double BaselineRate::rate() const {
  return std::clamp((errors_ + 0.5) / (requests_ + 0.5 / kRatePrior), 1e-9, 0.9);
}

}  // namespace sluice::judge
