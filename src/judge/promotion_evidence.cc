#include "judge/promotion_evidence.h"

#include <algorithm>

namespace sluice::judge {
namespace {

// Below either the growth so far says little.
constexpr std::int64_t kRequestsToTell = 50;
constexpr double kLnGrowthToTell = 1;

void multiply_by_target(Mixture<kPromotions>& test, const TargetAlternatives& alternatives,
                        std::int64_t hits, std::int64_t requests, double design_effect) {
  std::array<double, kPromotions> factors{};
  for (std::size_t i = 0; i < kPromotions; ++i) {
    factors[i] = ln_target_factor(alternatives.promotions[i], hits, requests);
  }
  test.multiply(factors, design_effect);
}

}  // namespace

PromotionEvidence::PromotionEvidence(const Settings& settings)
    : error_alternatives_(target_alternatives(settings.error_rate_target)),
      slow_alternatives_(target_alternatives(settings.over_target_share)) {
  begin_stage();
}

void PromotionEvidence::begin_stage() {
  errors_ = Mixture<kPromotions>();
  slow_ = Mixture<kPromotions>();
  errors_.stake(0);
  slow_.stake(0);
}

void PromotionEvidence::judge_slow(const Counts& canary, double design_effect) {
  multiply_by_target(slow_, slow_alternatives_, canary.over_target, canary.requests, design_effect);
}

void PromotionEvidence::judge_errors_against_baseline(const Batch& batch,
                                                      const MarginAlternatives& alternatives,
                                                      double design_effect) {
  std::array<double, kPromotions> factors{};
  for (std::size_t i = 0; i < kPromotions; ++i) {
    factors[i] = ln_margin_factor(alternatives.promotions()[i], batch.canary, batch.baseline);
  }
  errors_.multiply(factors, design_effect);
}

void PromotionEvidence::judge_errors_against_target(const Counts& canary, double design_effect) {
  multiply_by_target(errors_, error_alternatives_, canary.errors, canary.requests, design_effect);
}

double requests_until(const Mixture<kPromotions>& test, double ln_line, std::int64_t requests,
                      double foreseen) {
  const double ln_missing = ln_line - test.ln_worth();
  if (ln_missing <= 0) return 0;
  const double n = static_cast<double>(requests);
  const double ln_best = test.ln_best();
  if (requests >= kRequestsToTell && ln_best >= kLnGrowthToTell) {
    return std::max(1.0, ln_missing * n / ln_best);
  }
  if (foreseen < 0 || n >= foreseen) return -1;
  return foreseen - n;
}

}  // namespace sluice::judge
