#include "judge/alternatives.h"

#include <algorithm>

#include "judge/exp_log.h"

namespace sluice::judge {
namespace {

constexpr double kRateMax = 0.995;      // an alternative of 1 would be refuted by one good answer
constexpr double kToleratedMax = 0.98;  // above it there is no room for anything worse
constexpr double kChangeWorthIt = 0.03;

// The first multiple must be near 1, or effects near the margin take many times as long.
constexpr double kMarginOddsFirst = 1.5;
constexpr double kMarginOddsLast = 30'000;
constexpr double kTargetOddsFirst = 1.4;
constexpr double kTargetOddsLast = 500;

// Promotion: parts of the margin above the baseline, and parts of the target.
constexpr double kBelowBaseline = 0.3;
constexpr std::array<double, kPromotions - 1> kOfMargin{0, 0.15, 0.35, 0.6};
constexpr std::array<double, kPromotions> kOfTarget{0.02, 0.1, 0.25, 0.5, 0.75};

template <std::size_t N>
std::array<double, N> progression(double first, double last) {
  std::array<double, N> out{};
  const double ln_step = ln(last / first) / static_cast<double>(N - 1);
  for (std::size_t i = 0; i < N; ++i) out[i] = first * exp(ln_step * static_cast<double>(i));
  return out;
}

double with_odds(double rate, double multiple) {
  const double odds = multiple * (rate / (1 - rate));
  return std::min(odds / (1 + odds), kRateMax);
}

}  // namespace

void MarginAlternatives::follow(double baseline_rate) {
  const double change = baseline_rate - baseline_rate_;
  if ((change < 0 ? -change : change) < kChangeWorthIt * baseline_rate_) return;
  baseline_rate_ = baseline_rate;
  const double tolerated = std::min(baseline_rate + margin_, kToleratedMax);
  const std::array multiples = progression<kMarginHarms>(kMarginOddsFirst, kMarginOddsLast);
  for (std::size_t i = 0; i < kMarginHarms; ++i) {
    const Rates rates{with_odds(tolerated, multiples[i]), baseline_rate};
    harms_[i] = margin_alternative(rates, margin_, Direction::harm);
  }
  promotions_[0] = margin_alternative({kBelowBaseline * baseline_rate, baseline_rate}, margin_,
                                      Direction::promotion);
  for (std::size_t i = 0; i < kOfMargin.size(); ++i) {
    const Rates rates{baseline_rate + kOfMargin[i] * margin_, baseline_rate};
    promotions_[i + 1] = margin_alternative(rates, margin_, Direction::promotion);
  }
}

TargetAlternatives target_alternatives(double target) {
  const double sane = std::clamp(target, 1e-9, kToleratedMax);
  TargetAlternatives out;
  const std::array multiples = progression<kTargetHarms>(kTargetOddsFirst, kTargetOddsLast);
  for (std::size_t i = 0; i < kTargetHarms; ++i) {
    out.harms[i] = target_alternative(with_odds(sane, multiples[i]), sane);
  }
  for (std::size_t i = 0; i < kPromotions; ++i) {
    out.promotions[i] = target_alternative(kOfTarget[i] * sane, sane);
  }
  return out;
}

}  // namespace sluice::judge
