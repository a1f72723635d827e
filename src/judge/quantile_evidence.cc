#include "judge/quantile_evidence.h"

#include <utility>

#include "judge/exp_log.h"

namespace sluice::judge {
namespace {

constexpr std::int64_t kRequestsOfPrior = 500;

Counts as_expected(double exceeding) {
  const double over = exceeding * static_cast<double>(kRequestsOfPrior);
  return {kRequestsOfPrior, static_cast<std::int64_t>(over + 0.5), 0};
}

void grow(Exceedances& into, const Exceedances& more) {
  into.canary += more.canary;
  into.baseline += more.baseline;
  for (std::size_t i = 0; i < kQuantiles; ++i) {
    into.canary_over[i] += more.canary_over[i];
    into.baseline_over[i] += more.baseline_over[i];
  }
}

}  // namespace

std::size_t threshold_edge(std::span<const std::int64_t> histogram, double exceeding) {
  double all = 0;
  for (const std::int64_t count : histogram) all += static_cast<double>(count);
  std::size_t nearest = 0;
  double least = 2;
  double over = all;
  for (std::size_t edge = 0; edge + 1 < histogram.size() && all > 0; ++edge) {
    over -= static_cast<double>(histogram[edge]);
    const double off = over / all - exceeding;
    if ((off < 0 ? -off : off) < least) {
      least = off < 0 ? -off : off;
      nearest = edge;
    }
  }
  return nearest;
}

QuantileEvidence::QuantileEvidence(const std::array<double, kQuantiles>& margins,
                                   std::int64_t planned_ms)
    : tests_([&]<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<Test, kQuantiles>{
            Test{MarginAlternatives(margins[I]), BaselineRate(as_expected(kExceeding[I])), {}}...};
      }(std::make_index_sequence<kQuantiles>())),
      mass_(planned_ms) {}

void QuantileEvidence::add(const Exceedances& batch, std::int64_t elapsed_ms,
                           double design_effect) {
  mass_.pass(elapsed_ms);
  grow(pending_, batch);
  pending_ms_ += elapsed_ms;
  if (pending_.canary == 0 || pending_.baseline == 0) return;
  if (const double money = mass_.take(); money > 0) {
    for (Test& test : tests_) test.evidence.stake(ln(money));
  }
  for (std::size_t i = 0; i < kQuantiles; ++i) judge(tests_[i], i, design_effect);
  pending_ = {};
  pending_ms_ = 0;
}

void QuantileEvidence::judge(Test& test, std::size_t quantile, double design_effect) {
  const Counts canary{pending_.canary, pending_.canary_over[quantile], 0};
  const Counts baseline{pending_.baseline, pending_.baseline_over[quantile], 0};
  test.alternatives.follow(test.rate.rate());
  std::array<double, kMarginHarms> factors{};
  for (std::size_t i = 0; i < kMarginHarms; ++i) {
    factors[i] = ln_margin_factor(test.alternatives.harms()[i], canary, baseline);
  }
  test.evidence.multiply(factors, design_effect);
  test.rate.learn(baseline, pending_ms_);
}

double QuantileEvidence::ln_worth() const {
  double ln_sum = kLnNothing;
  for (const Test& test : tests_) ln_sum = ln_add(ln_sum, test.evidence.ln_worth());
  return ln_add(ln_sum - ln(static_cast<double>(kQuantiles)), ln(mass_.unstaked()));
}

}  // namespace sluice::judge
