#include "judge/margin_factor.h"

#include "judge/exp_log.h"

namespace sluice::judge {
namespace {

// A point of the null with its logarithms; what did not happen costs none.
struct Point {
  double ln_hit = 0;
  double ln_miss = 0;
};

Point point_at(double p, bool hits, bool misses) {
  return {hits ? ln(p) : 0, misses ? ln1p(-p) : 0};
}

// k successes at ln(q/p) and n-k failures at ln((1-q)/(1-p)).
double ln_likelihood_ratio(const Counts& counts, double ln_q, double ln_not_q, const Point& null) {
  const double k = static_cast<double>(counts.errors);
  const double rest = static_cast<double>(counts.requests - counts.errors);
  double sum = 0;
  if (k > 0) sum += k * (ln_q - null.ln_hit);
  if (rest > 0) sum += rest * (ln_not_q - null.ln_miss);
  return sum;
}

}  // namespace

MarginAlternative margin_alternative(const Rates& rates, double margin, Direction direction) {
  MarginAlternative out;
  out.rates = rates;
  out.margin = margin;
  out.bracket = bracket_of(rates, margin);
  const double excess = rates.canary - margin - rates.baseline;
  const bool on_its_side = direction == Direction::harm ? excess > 0 : excess < 0;
  out.usable = on_its_side && rates.canary > 0 && rates.canary < 1 && !out.bracket.empty();
  if (!out.usable) return out;
  out.ln_canary = ln(rates.canary);
  out.ln_not_canary = ln1p(-rates.canary);
  out.ln_baseline = ln(rates.baseline);
  out.ln_not_baseline = ln1p(-rates.baseline);
  return out;
}

double ln_margin_factor(const MarginAlternative& alternative, const Counts& canary,
                        const Counts& baseline) {
  if (!alternative.usable) return 0;
  const double n_c = static_cast<double>(canary.requests);
  const double n_b = static_cast<double>(baseline.requests);
  const double p =
      project(n_c / (n_c + n_b), alternative.rates, alternative.margin, alternative.bracket);
  return ln_margin_factor_at(alternative, p, canary, baseline);
}

double ln_margin_factor_at(const MarginAlternative& alternative, double p, const Counts& canary,
                           const Counts& baseline) {
  if (!alternative.usable) return 0;
  const double c = p + alternative.margin;
  // Slopes of a request's expected factor in its own error probability: 1 + a (p_c - c) in the
  // canary, 1 - b (p_b - p) in the baseline. Both point the same way inside the bracket.
  const double a = (alternative.rates.canary - c) / (c * (1 - c));
  const double b = (p - alternative.rates.baseline) / (p * (1 - p));
  if (!(a * b > 0)) return 0;  // an end of the bracket: known before the outcomes, so 1 is valid
  const double n_c = static_cast<double>(canary.requests);
  const double n = n_c + static_cast<double>(baseline.requests);
  const double off = n_c / n - b / (a + b);
  const double normaliser = n * off * off * ((a + b) / a) * ((a + b) / b);
  const bool one_point = alternative.margin == 0;
  const bool hits = baseline.errors > 0 || (one_point && canary.errors > 0);
  const Point of_baseline = point_at(p, hits, true);
  const Point of_canary = one_point ? of_baseline : point_at(c, canary.errors > 0, true);
  return ln_likelihood_ratio(canary, alternative.ln_canary, alternative.ln_not_canary, of_canary) +
         ln_likelihood_ratio(baseline, alternative.ln_baseline, alternative.ln_not_baseline,
                             of_baseline) -
         normaliser;
}

}  // namespace sluice::judge
