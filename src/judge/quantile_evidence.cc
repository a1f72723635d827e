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
            Test{margins[I], 0, BaselineRate(as_expected(kExceeding[I])), {}, {}}...};
      }(std::make_index_sequence<kQuantiles>())),
      mass_(planned_ms) {}

void QuantileEvidence::add(const Exceedances& batch, std::int64_t elapsed_ms, double design_effect,
                           double ln_most) {
  mass_.pass(elapsed_ms);
  grow(pending_, batch);
  pending_ms_ += elapsed_ms;
  if (pending_.canary.requests == 0 || pending_.baseline.requests == 0) return;
  meet();
  if (const double money = mass_.take(); money > 0) stake(ln(money));
  for (std::size_t i = 0; i < kQuantiles; ++i) judge(tests_[i], i, design_effect, ln_most);
  pending_ = {};
  pending_ms_ = 0;
}

// So far the whole was without it.
void QuantileEvidence::meet() {
  for (int g = 0; g < kCanaryEntriesMax; ++g) {
    if (met_[g] || pending_.canary_groups[g].requests == 0) continue;
    met_[g] = true;
    for (Test& test : tests_) test.without[g] = test.whole;
  }
}

void QuantileEvidence::stake(double ln_money) {
  for (Test& test : tests_) {
    test.whole.stake(ln_money);
    for (int g = 0; g < kCanaryEntriesMax; ++g) {
      if (met_[g]) test.without[g].stake(ln_money);
    }
  }
}

void QuantileEvidence::judge(Test& test, std::size_t quantile, double design_effect,
                             double ln_most) {
  const Counts baseline{pending_.baseline.requests, pending_.baseline.over[quantile], 0};
  const MarginAlternatives alternatives = taken_up(test.margin, test.followed, test.rate.rate());
  test.followed = alternatives.baseline_rate();
  const auto factors_of = [&](const Ended& canary) {
    const Counts counts{canary.requests, canary.over[quantile], 0};
    std::array<double, kMarginHarms> factors{};
    for (std::size_t i = 0; i < kMarginHarms; ++i) {
      factors[i] = ln_margin_factor(alternatives.harms()[i], counts, baseline);
    }
    return factors;
  };
  // By numbers of requests and the past alone, so that the expected value stays at most 1; the same
  // for all, although the canary without a group can say less.
  const double most =
      static_cast<double>(pending_.canary.requests) * ln_most_of_one(test.rate.rate(), test.margin);
  const double divided_by = std::max(design_effect, most / ln_most);
  const auto of_whole = factors_of(pending_.canary);
  test.whole.multiply(of_whole, divided_by);
  for (int g = 0; g < kCanaryEntriesMax; ++g) {
    if (!met_[g]) continue;
    if (pending_.canary_groups[g].requests == 0) {
      test.without[g].multiply(of_whole, divided_by);
    } else if (const Ended rest = without_group(pending_, g); rest.requests > 0) {
      test.without[g].multiply(factors_of(rest), divided_by);
    }
  }
  test.rate.learn(baseline, pending_ms_);
}

template <class MixtureOf>
double QuantileEvidence::ln_staked(const MixtureOf& mixture_of) const {
  double ln_sum = kLnNothing;
  for (const Test& test : tests_) ln_sum = ln_add(ln_sum, mixture_of(test).ln_worth());
  return ln_sum - ln(static_cast<double>(kQuantiles));
}

double QuantileEvidence::ln_worth() const {
  const double ln_whole = ln_staked([](const Test& test) { return test.whole; });
  return ln_add(ln_whole, ln(mass_.unstaked()));
}

double QuantileEvidence::ln_worth_without(int group) const {
  if (!met_[group]) return ln_worth();
  const double ln_rest = ln_staked([group](const Test& test) { return test.without[group]; });
  return ln_add(ln_rest, ln(mass_.unstaked()));
}

std::size_t QuantileEvidence::most_worth() const {
  std::size_t most = 0;
  for (std::size_t i = 1; i < kQuantiles; ++i) {
    if (tests_[i].whole.ln_worth() > tests_[most].whole.ln_worth()) most = i;
  }
  return most;
}

void QuantileEvidence::level(const LeaveOneOut& groups) {
  double ln_least = std::numeric_limits<double>::infinity();
  const auto ln_without = [this](int g) {
    return ln_staked([g](const Test& test) { return test.without[g]; });
  };
  for (int g = 0; g < groups.groups(); ++g) {
    if (groups.counts(g) && met_[g]) ln_least = std::min(ln_least, ln_without(g));
  }
  if (!groups.possible() || !(ln_least < std::numeric_limits<double>::infinity())) return;
  if (ln_least == kLnNothing) return;
  const double ln_whole = ln_staked([](const Test& test) { return test.whole; });
  for (Test& test : tests_) test.whole.scale(std::min(0.0, ln_least - ln_whole));
  for (int g = 0; g < kCanaryEntriesMax; ++g) {
    if (!met_[g]) continue;
    const double ln_part = std::min(0.0, ln_least - ln_without(g));
    for (Test& test : tests_) test.without[g].scale(ln_part);
  }
}

}  // namespace sluice::judge
