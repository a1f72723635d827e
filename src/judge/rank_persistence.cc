#include "judge/rank_persistence.h"

#include <algorithm>

#include "base/assert.h"

namespace sluice::judge {
namespace {

// What is seen of few processes in few windows is uncertain by itself. Its excess is raised about
// as far as Student's distribution of so many degrees of freedom is wider than the normal one at a
// chance of 1 in 1,000.
double raised(double freedom) { return 1 + 4 / freedom + 54 / (freedom * freedom); }

std::array<double, kGaugeUnitsMost> centred_ranks(std::span<const double> units) {
  std::array<double, kGaugeUnitsMost> ranks{};
  for (std::size_t i = 0; i < units.size(); ++i) {
    double sum = 0;
    for (const double other : units) sum += other < units[i] ? 1 : other > units[i] ? -1 : 0;
    ranks[i] = 0.5 * sum;
  }
  return ranks;
}

double squares(std::span<const double> numbers) {
  double sum = 0;
  for (const double one : numbers) sum += one * one;
  return sum;
}

}  // namespace

void RankPersistence::add(std::span<const double> units) {
  SLUICE_ASSERT(units.size() >= 2 && units.size() <= kGaugeUnitsMost);
  units_ = units.size();
  const std::array<double, kGaugeUnitsMost> ranks = centred_ranks(units);
  const double variance = squares(ranks);
  std::int64_t length = 1;
  for (Scale& scale : scales_) {
    length *= 2;
    if (scale.samples == length) {
      scale.spread_before += squares(scale.sums);
      scale.variance_before += scale.variance;
      ++scale.windows_before;
      scale.sums.fill(0);
      scale.variance = 0;
      scale.samples = 0;
    }
    for (std::size_t i = 0; i < units.size(); ++i) scale.sums[i] += ranks[i];
    scale.variance += variance;
    ++scale.samples;
  }
}

double RankPersistence::value(const Scale& scale) const {
  const double variance = scale.variance_before + scale.variance;
  if (variance <= 0) return 1;  // all alike, always
  const double seen = (scale.spread_before + squares(scale.sums)) / variance;
  if (seen <= 1) return 1;
  const auto freedom =
      static_cast<double>(units_ - 1) * static_cast<double>(scale.windows_before + 1);
  return 1 + (seen - 1) * raised(freedom);
}

double RankPersistence::value() const {
  double most = 1;
  for (const Scale& scale : scales_) most = std::max(most, value(scale));
  return most;
}

}  // namespace sluice::judge
