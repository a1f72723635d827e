// The always-valid interval of statistics notes 3.7: all p under which the Beta(1/2, 1/2) mixture
// has gained less than 1/alpha over p. With p^ = k/n and Stirling's formula the n ln n parts cancel
// on paper rather than in the machine, and what is left is
//   n kl(p^, p) < ln(1/alpha) + ln(pi n / 2) / 2 - r(k) - r(n - k) + s(n).
#include <algorithm>

#include "judge/bound.h"
#include "judge/exp_log.h"
#include "judge/judge.h"

namespace sluice::judge {
namespace {

constexpr double kLnPi = 1.14472988584940017414;
constexpr double kLn2Pi = 1.83787706640934548356;
constexpr int kBisections = 60;

// ln Gamma(k + 1/2) - (k ln k - k + ln(2 pi)/2).
double half_step_rest(std::int64_t k) {
  const double x = static_cast<double>(k);
  if (k >= 16) return (-1.0 / 24 + 7.0 / 2880 / (x * x)) / x;
  double ln_gamma = 0.5 * kLnPi;
  for (std::int64_t i = 1; i <= k; ++i) ln_gamma += ln(static_cast<double>(i) - 0.5);
  return ln_gamma - (k > 0 ? x * ln(x) : 0) + x - 0.5 * kLn2Pi;
}

// ln Gamma(n + 1) - ((n + 1/2) ln n - n + ln(2 pi)/2), never too small.
double whole_step_rest(double n) { return 1 / (12 * n); }

// The p between `inside` and `outside` at which kl(rate, p) passes `most`.
double edge(double rate, double most, double inside, double outside) {
  for (int i = 0; i < kBisections; ++i) {
    const double p = 0.5 * (inside + outside);
    (kl(rate, p) < most ? inside : outside) = p;
  }
  return outside;
}

}  // namespace

Interval rate_interval(std::int64_t k, std::int64_t n, double alpha) {
  if (n <= 0) return {};
  k = std::clamp<std::int64_t>(k, 0, n);
  const double requests = static_cast<double>(n);
  const double rate = static_cast<double>(k) / requests;
  const double most = (-ln(alpha) + 0.5 * (kLnPi + ln(0.5 * requests)) - half_step_rest(k) -
                       half_step_rest(n - k) + whole_step_rest(requests)) /
                      requests;
  return {k == 0 ? 0 : edge(rate, most, rate, 0), k == n ? 1 : edge(rate, most, rate, 1)};
}

}  // namespace sluice::judge
