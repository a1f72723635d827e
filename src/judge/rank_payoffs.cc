#include "judge/rank_payoffs.h"

#include <algorithm>

#include "base/assert.h"
#include "judge/exp_log.h"

namespace sluice::judge {
namespace {

constexpr std::array<double, kRankSlopes> kSlopes{0.05, 0.15, 0.5, 1.5, 50};
constexpr double kKept = 0.02;  // not bet, so that one good rank loses no more than all but this

// Gaussian binomial coefficient, divided by the binomial one: the mean of q^U over all orders of
// `canary` and `baseline` processes.
double mean_over_orders(std::size_t canary, std::size_t baseline, double ln_q) {
  double mean = 1;
  for (std::size_t i = 1; i <= canary; ++i) {
    const auto below = static_cast<double>(i);
    const auto above = static_cast<double>(baseline + i);
    mean *= (1 - exp(above * ln_q)) / (1 - exp(below * ln_q)) * below / above;
  }
  return mean;
}

// Processes of the same value.
struct Tie {
  std::size_t canary = 0;
  std::size_t baseline = 0;
};

struct Order {
  std::array<Tie, kGaugeUnitsMost> ties{};  // those that have both
  std::size_t ties_used = 0;
  double worse = 0;  // pairs in which the process of the baseline is worse
};

void sort_into(std::array<double, kGaugeUnitsMost>& sorted, std::span<const double> values) {
  std::ranges::copy(values, sorted.begin());
  std::sort(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(values.size()));
}

Order order_of(std::span<const double> canary, std::span<const double> baseline) {
  std::array<double, kGaugeUnitsMost> mine{};
  std::array<double, kGaugeUnitsMost> theirs{};
  sort_into(mine, canary);
  sort_into(theirs, baseline);
  Order order;
  std::size_t at = 0;
  for (std::size_t i = 0; i < canary.size();) {
    const double value = mine[i];
    Tie tie;
    for (; i < canary.size() && mine[i] == value; ++i) ++tie.canary;
    while (at < baseline.size() && theirs[at] < value) ++at;
    for (; at < baseline.size() && theirs[at] == value; ++at) ++tie.baseline;
    order.worse += static_cast<double>(tie.canary * (baseline.size() - at));
    if (tie.baseline > 0) order.ties[order.ties_used++] = tie;
  }
  return order;
}

}  // namespace

std::array<double, kRankSlopes> rank_payoffs(std::span<const double> canary,
                                             std::span<const double> baseline) {
  SLUICE_ASSERT(!canary.empty() && canary.size() <= kGaugeUnitsMost);
  SLUICE_ASSERT(!baseline.empty() && baseline.size() <= kGaugeUnitsMost);
  const Order order = order_of(canary, baseline);
  std::array<double, kRankSlopes> out{};
  for (std::size_t slope = 0; slope < kRankSlopes; ++slope) {
    const double ln_q = -kSlopes[slope];
    double payoff = exp(order.worse * ln_q);
    for (std::size_t i = 0; i < order.ties_used; ++i) {
      payoff *= mean_over_orders(order.ties[i].canary, order.ties[i].baseline, ln_q);
    }
    payoff /= mean_over_orders(canary.size(), baseline.size(), ln_q);
    out[slope] = std::min(kRankPayoffMost, kKept + (1 - kKept) * payoff);
  }
  return out;
}

}  // namespace sluice::judge
