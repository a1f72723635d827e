#include "judge/restart_mass.h"

#include <algorithm>

#include "base/tick.h"

namespace sluice::judge {
namespace {

constexpr double kAtStart = 0.7;
constexpr double kWhilePlanned = 0.2;
constexpr double kForRestarts = 1 - kAtStart;
constexpr double kAfterwards = kForRestarts - kWhilePlanned;

}  // namespace

RestartMass::RestartMass(std::int64_t planned_ms)
    : planned_ms_(planned_ms > 0 ? planned_ms : kHourMs) {}

void RestartMass::pass(std::int64_t elapsed_ms) {
  // So far ahead everything is staked; and sums stay far from the end of the numbers.
  now_ms_ = std::min(now_ms_ + elapsed_ms, std::int64_t{1} << 60);
}

double RestartMass::due() const {
  const std::int64_t lengths = now_ms_ / planned_ms_;  // whole planned durations gone by
  const double part =
      static_cast<double>(now_ms_ - lengths * planned_ms_) / static_cast<double>(planned_ms_);
  if (lengths == 0) return kWhilePlanned * part;
  if (lengths > 60) return kForRestarts;
  const double left = kAfterwards / static_cast<double>(std::int64_t{1} << (lengths - 1));
  return kForRestarts - left * (1 - 0.5 * part);
}

double RestartMass::take() {
  if (!started_) {
    started_ = true;
    taken_ = due();  // time that passed before the first batch is staked with it
    return kAtStart + taken_;
  }
  const double before = taken_;
  taken_ = due();
  return scale_ * (taken_ - before);
}

double RestartMass::take_half() {
  if (!started_) return 0;
  const double half = 0.5 * unstaked();
  scale_ *= 0.5;
  return half;
}

double RestartMass::unstaked() const {
  return (started_ ? 0 : kAtStart) + scale_ * (kForRestarts - taken_);
}

}  // namespace sluice::judge
