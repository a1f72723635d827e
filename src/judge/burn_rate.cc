#include "judge/burn_rate.h"

#include <algorithm>

#include "base/tick.h"

namespace sluice::judge {
namespace {

constexpr std::int64_t kHour = 60;  // in minutes

}  // namespace

double burning_rate(double objective) { return std::min(1.0, kBurnFast * (1 - objective)); }

void BurnWindows::add(std::int64_t errors, std::int64_t requests, std::int64_t elapsed_ms) {
  now_.errors += errors;
  now_.requests += requests;
  in_minute_ms_ += std::max<std::int64_t>(0, elapsed_ms);
  // Longer away than the longest window: nothing of before is left in it.
  in_minute_ms_ = std::min(in_minute_ms_, static_cast<std::int64_t>(kMinutes + 1) * kMinuteMs);
  for (; in_minute_ms_ >= kMinuteMs; in_minute_ms_ -= kMinuteMs) end_minute();
}

void BurnWindows::end_minute() {
  const Minute& before = sums_[last_];
  const Minute sum{before.errors + now_.errors, before.requests + now_.requests};
  last_ = (last_ + 1) % sums_.size();
  sums_[last_] = sum;
  now_ = {};
}

double BurnWindows::burn_rate(std::int64_t minutes) const {
  const std::size_t back = static_cast<std::size_t>(
      std::clamp<std::int64_t>(minutes, 1, static_cast<std::int64_t>(kMinutes)));
  const Minute& from = sums_[(last_ + sums_.size() - back) % sums_.size()];
  const std::int64_t requests = sums_[last_].requests - from.requests;
  if (requests <= 0) return 0;
  const double rate =
      static_cast<double>(sums_[last_].errors - from.errors) / static_cast<double>(requests);
  return rate / (1 - objective_);
}

Burning BurnWindows::burning() const {
  const auto both_above = [this](double rate, std::int64_t longer, std::int64_t shorter) {
    return burn_rate(longer) > rate && burn_rate(shorter) > rate;
  };
  return {.fast = both_above(kBurnFast, kHour, 5),
          .medium = both_above(kBurnMedium, 6 * kHour, 30),
          .slow = both_above(kBurnSlow, 72 * kHour, 6 * kHour)};
}

}  // namespace sluice::judge
