#include "judge/bound.h"

#include <algorithm>
#include <limits>

#include "judge/exp_log.h"

namespace sluice::judge {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr double kAlmostNone = 1e-15;  // a baseline without errors, for the projection's sake

}  // namespace

double kl(double p, double q) {
  double sum = 0;
  if (p > 0) sum += p * ln(p / q);
  if (p < 1) sum += (1 - p) * (ln1p(-p) - ln1p(-q));
  return sum;
}

double information(const Rates& truth, double margin, double share) {
  const Rates rates{truth.canary, std::max(truth.baseline, kAlmostNone)};
  const Bracket bracket = bracket_of(rates, margin);
  if (bracket.empty()) return 0;
  const double p = project(share, rates, margin, bracket);
  return kl(rates.canary, p + margin) + (1 - share) / share * kl(rates.baseline, p);
}

double requests_to_find(const Rates& truth, double margin, double share, double alpha) {
  if (truth.canary <= truth.baseline + margin) return kNever;
  return -ln(alpha) / information(truth, margin, share);
}

double requests_to_clear(const Rates& truth, double margin, double share, double alpha) {
  if (truth.canary >= truth.baseline + margin) return kNever;
  return -ln(alpha) / information(truth, margin, share);
}

double requests_below_target(double rate, double target, double alpha) {
  if (rate >= target) return kNever;
  return -ln(alpha) / kl(rate, target);
}

}  // namespace sluice::judge
