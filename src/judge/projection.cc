#include "judge/projection.h"

#include <algorithm>

namespace sluice::judge {
namespace {

// Newton doubles the digits with each step: a step this small, relative to p, was the last but
// none.
constexpr double kStepSmall = 1e-8;
constexpr double kStepNone = 1e-16;  // bisection only halves: until the neighbours are equal
constexpr int kStepsMax = 100;       // bisection alone would take 60

double cubic_slope(double p, double share, const Rates& alternative, double margin) {
  const double c = p + margin;
  return -share * p * (1 - p) + share * (alternative.canary - c) * (1 - 2 * p) -
         (1 - share) * c * (1 - c) - (1 - share) * (p - alternative.baseline) * (1 - 2 * c);
}

}  // namespace

double projection_cubic(double p, double share, const Rates& alternative, double margin) {
  const double c = p + margin;
  return share * (alternative.canary - c) * p * (1 - p) -
         (1 - share) * (p - alternative.baseline) * c * (1 - c);
}

Bracket bracket_of(const Rates& alternative, double margin) {
  const double other = alternative.canary - margin;
  return {std::max(std::min(alternative.baseline, other), 0.0),
          std::min(std::max(alternative.baseline, other), 1 - margin)};
}

double project(double share, const Rates& alternative, double margin, const Bracket& bracket) {
  double low = bracket.low;
  double high = bracket.high;
  double p = share * (alternative.canary - margin) + (1 - share) * alternative.baseline;
  if (!(p > low && p < high)) {
    p = 0.5 * (low + high);
  } else if (margin == 0) {
    return p;  // the root itself
  }
  for (int i = 0; i < kStepsMax; ++i) {
    const double value = projection_cubic(p, share, alternative, margin);
    if (value == 0) break;
    (value > 0 ? low : high) = p;
    double next = p - value / cubic_slope(p, share, alternative, margin);
    const bool newton = next > low && next < high;
    if (!newton) next = 0.5 * (low + high);
    const double step = next > p ? next - p : p - next;
    p = next;
    if (step <= (newton ? kStepSmall : kStepNone) * p) break;
  }
  return p;
}

}  // namespace sluice::judge
