#include "judge/quantile_evidence.h"

#include <algorithm>
#include <utility>

#include "judge/exp_log.h"

namespace sluice::judge {
namespace {

constexpr std::int64_t kRequestsOfPrior = 500;

Counts as_expected(double exceeding) {
  const double over = exceeding * static_cast<double>(kRequestsOfPrior);
  return {kRequestsOfPrior, static_cast<std::int64_t>(over + 0.5), 0};
}

// What one request of the canary that is over the threshold can say at most: it is certain under
// some alternative, and under the null it is as rare as tolerated.
double ln_most_of_one(double rate, double margin) { return -ln(std::min(rate + margin, 0.98)); }

// Made anew each time, which is once a second: they are large, and a judge has enough to hold.
MarginAlternatives taken_up(double margin, double followed, double rate) {
  MarginAlternatives out(margin);
  if (followed > 0) out.follow(followed);
  out.follow(rate);
  return out;
}

}  // namespace

std::size_t threshold_edge(std::span<const std::int64_t> histogram, double exceeding) {
  double all = 0;
  for (const std::int64_t count : histogram) all += static_cast<double>(count);
  double over = all;
  for (std::size_t edge = 0; edge + 1 < histogram.size() && all > 0; ++edge) {
    over -= static_cast<double>(histogram[edge]);
    if (over / all <= exceeding) return edge;
  }
  return all > 0 && histogram.size() > 1 ? histogram.size() - 2 : 0;
}

QuantileEvidence::QuantileEvidence(const std::array<double, kQuantiles>& margins,
                                   std::int64_t planned_ms)
    : tests_([&]<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<Test, kQuantiles>{
            Test{margins[I], 0, BaselineRate(as_expected(kExceeding[I])), {}}...};
      }(std::make_index_sequence<kQuantiles>())),
      mass_(planned_ms) {}

void QuantileEvidence::add(const Exceedances& batch, std::int64_t elapsed_ms, double design_effect,
                           double ln_most) {
  mass_.pass(elapsed_ms);
  grow(pending_, batch);
  pending_ms_ += elapsed_ms;
  if (pending_.canary == 0 || pending_.baseline == 0) return;
  if (const double money = mass_.take(); money > 0) {
    for (Test& test : tests_) test.evidence.stake(ln(money));
  }
  for (std::size_t i = 0; i < kQuantiles; ++i) judge(tests_[i], i, design_effect, ln_most);
  pending_ = {};
  pending_ms_ = 0;
}

void QuantileEvidence::judge(Test& test, std::size_t quantile, double design_effect,
                             double ln_most) {
  const Counts canary{pending_.canary, pending_.canary_over[quantile], 0};
  const Counts baseline{pending_.baseline, pending_.baseline_over[quantile], 0};
  const MarginAlternatives alternatives = taken_up(test.margin, test.followed, test.rate.rate());
  test.followed = alternatives.baseline_rate();
  std::array<double, kMarginHarms> factors{};
  for (std::size_t i = 0; i < kMarginHarms; ++i) {
    factors[i] = ln_margin_factor(alternatives.harms()[i], canary, baseline);
  }
  // By numbers of requests and the past alone, so that the expected value stays at most 1.
  const double most =
      static_cast<double>(canary.requests) * ln_most_of_one(test.rate.rate(), test.margin);
  test.evidence.multiply(factors, std::max(design_effect, most / ln_most));
  test.rate.learn(baseline, pending_ms_);
}

double QuantileEvidence::ln_worth() const {
  double ln_sum = kLnNothing;
  for (const Test& test : tests_) ln_sum = ln_add(ln_sum, test.evidence.ln_worth());
  return ln_add(ln_sum - ln(static_cast<double>(kQuantiles)), ln(mass_.unstaked()));
}

std::size_t QuantileEvidence::most_worth() const {
  std::size_t most = 0;
  for (std::size_t i = 1; i < kQuantiles; ++i) {
    if (tests_[i].evidence.ln_worth() > tests_[most].evidence.ln_worth()) most = i;
  }
  return most;
}

}  // namespace sluice::judge
