#include "sim/trial.h"

#include <algorithm>
#include <cmath>

#include "judge/exp_log.h"

namespace sluice::sim {
namespace {

constexpr double kUnlikely = 0.025;

Figures spread_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  double sum = 0;
  for (const double value : values) sum += value;
  const double count = static_cast<double>(values.size());
  const auto at = [&](double part) {
    return values[static_cast<std::size_t>(std::max(std::ceil(part * count), 1.0)) - 1];
  };
  return {.median = at(0.5), .mean = sum / count, .p95 = at(0.95)};
}

}  // namespace

Outcomes outcomes_of(const std::vector<Rollout>& rollouts) {
  Outcomes out{.runs = static_cast<int>(rollouts.size())};
  std::vector<double> requests;
  std::vector<double> failed;
  std::vector<double> took;
  for (const Rollout& one : rollouts) {
    switch (one.ending) {
      case Ending::promoted: ++out.promoted; break;
      case Ending::rolled_back: ++out.rolled_back; break;
      case Ending::no_evidence: ++out.no_evidence; break;
    }
    requests.push_back(static_cast<double>(one.requests));
    failed.push_back(static_cast<double>(one.failed));
    took.push_back(static_cast<double>(one.took_ms));
  }
  out.requests = spread_of(std::move(requests));
  out.failed = spread_of(std::move(failed));
  out.took_ms = spread_of(std::move(took));
  return out;
}

double chance_of_at_most(std::int64_t hits, std::int64_t runs, double chance) {
  if (hits >= runs || chance <= 0) return 1;
  double sum = 0;
  for (std::int64_t k = 0; k <= hits; ++k) {
    sum += judge::exp(ln_factorial(runs) - ln_factorial(k) - ln_factorial(runs - k) +
                      static_cast<double>(k) * judge::ln(chance) +
                      static_cast<double>(runs - k) * judge::ln1p(-chance));
  }
  return sum;
}

double highest_chance(int hits, int runs) {
  if (hits >= runs) return 1;
  double low = 0;
  double high = 1;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (chance_of_at_most(hits, runs, middle) > kUnlikely ? low : high) = middle;
  }
  return high;
}

std::vector<double> canary_rates(double error_rate, double margin) {
  std::vector<double> rates;
  for (const double increase :
       {0.0, margin / 2, 2 * margin, 5 * margin, 0.1, 0.25, 0.5, 1 - error_rate}) {
    rates.push_back(std::min(1.0, error_rate + increase));
  }
  std::ranges::sort(rates);
  const auto twins = std::ranges::unique(
      rates, [](double one, double other) { return std::fabs(one - other) < 1e-6; });
  rates.erase(twins.begin(), twins.end());
  return rates;
}

}  // namespace sluice::sim
