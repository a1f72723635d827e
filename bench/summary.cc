#include "bench/summary.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "judge/exp_log.h"
#include "sim/trial.h"

namespace sluice::bench {
Limits clopper_pearson(std::int64_t hits, std::int64_t runs, double alpha) {
  const auto where = [&](std::int64_t most, double chance) {
    double low = 0;
    double high = 1;
    for (int i = 0; i < 60; ++i) {
      const double middle = (low + high) / 2;
      (sim::chance_of_at_most(most, runs, middle) > chance ? low : high) = middle;
    }
    return (low + high) / 2;
  };
  return {hits == 0 ? 0 : where(hits - 1, 1 - alpha / 2),
          hits >= runs ? 1 : where(hits, alpha / 2)};
}

int hits_allowed(std::int64_t runs, double chance, double tail) {
  int hits = 0;
  while (1 - sim::chance_of_at_most(hits, runs, chance) > tail) ++hits;
  return hits;
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double quantile_of(std::vector<double> values, double p) {
  std::ranges::sort(values);
  const double rank = std::ceil(p * static_cast<double>(values.size()));
  return values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

double geometric_mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += judge::ln(value);
  return judge::exp(sum / static_cast<double>(values.size()));
}

std::string short_number(double value) {
  if (!std::isfinite(value)) return "–";
  if (value < 10) return fmt::format("{:.1f}", value);
  if (value < 9'999.5) return fmt::format("{:.0f}", value);
  if (value < 999'500) return fmt::format("{:.0f}k", value / 1e3);
  return fmt::format("{:.1f}M", value / 1e6);
}

std::string percent(double fraction) {
  if (fraction <= 0) return "0";
  if (fraction < 0.0995) return fmt::format("{:.2g} %", 100 * fraction);
  return fmt::format("{:.0f} %", 100 * fraction);
}

std::string share_text(std::int64_t hits, std::int64_t runs) {
  const auto digits = [](double fraction) {
    return fraction >= 0.995 ? std::string("100") : fmt::format("{:.2g}", 100 * fraction);
  };
  const Limits limits = clopper_pearson(hits, runs);
  return fmt::format("{} ({} to {})",
                     percent(static_cast<double>(hits) / static_cast<double>(runs)),
                     digits(limits.low), digits(limits.high));
}

}  // namespace sluice::bench
