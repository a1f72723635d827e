#include "bench/peers.h"

#include <cmath>

#include "judge/exp_log.h"
#include "sim/random.h"

namespace sluice::bench {
namespace {

bool above_line(const Counts& canary, const Counts& baseline, double z_line) {
  if (canary.requests == 0 || baseline.requests == 0) return false;
  const double m = static_cast<double>(canary.requests);
  const double n = static_cast<double>(baseline.requests);
  const double p = static_cast<double>(canary.errors + baseline.errors) / (m + n);
  const double difference =
      static_cast<double>(canary.errors) / m - static_cast<double>(baseline.errors) / n;
  return difference > z_line * std::sqrt(p * (1 - p) * (1 / m + 1 / n));
}

// ln of the gamma function at a whole number.
double ln_gamma(double x) { return sim::ln_factorial(std::llround(x) - 1); }

double ln_beta(double a, double b) { return ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b); }

}  // namespace

sim::RolledBack z_test(std::span<const sim::Second> seconds, const ZTestRule& rule) {
  Counts canary;
  Counts baseline;
  int at = 0;
  for (const sim::Second& second : seconds) {
    canary.requests += second.canary.requests;
    canary.errors += second.canary.errors;
    baseline.requests += second.baseline.requests;
    baseline.errors += second.baseline.errors;
    if (++at % rule.every_s == 0 && above_line(canary, baseline, rule.z_line)) return at;
  }
  return std::nullopt;
}

double ln_multinomial_evidence(std::int64_t canary_errors, std::int64_t baseline_errors,
                               const MultinomialRule& rule) {
  const double a = rule.concentration * rule.share;
  const double b = rule.concentration - a;
  const double k = static_cast<double>(canary_errors);
  const double m = static_cast<double>(baseline_errors);
  return ln_beta(a + k, b + m) - ln_beta(a, b) - k * judge::ln(rule.share) -
         m * judge::ln1p(-rule.share);
}

sim::RolledBack multinomial(std::span<const sim::Second> seconds, const MultinomialRule& rule) {
  std::int64_t canary = 0;
  std::int64_t baseline = 0;
  int at = 0;
  for (const sim::Second& second : seconds) {
    ++at;
    if (second.canary.errors + second.baseline.errors == 0) continue;
    canary += second.canary.errors;
    baseline += second.baseline.errors;
    const double part = static_cast<double>(canary) / static_cast<double>(canary + baseline);
    if (part > rule.share &&
        ln_multinomial_evidence(canary, baseline, rule) >= -judge::ln(rule.alpha)) {
      return at;
    }
  }
  return std::nullopt;
}

}  // namespace sluice::bench
