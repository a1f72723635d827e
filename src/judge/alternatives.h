// Alternatives: what the canary might be like, fixed before each batch from the past alone.
//
// Harm: odds of failure above the tolerated ones by multiples in geometric progression, so that
// whatever the truth is, one of them is near. Promotion: rates from far below the line up to near
// it. Statistics notes 3.2, 3.3, 3.7.
#pragma once

#include <array>
#include <cstddef>

#include "judge/margin_factor.h"
#include "judge/target_factor.h"

namespace sluice::judge {

inline constexpr std::size_t kMarginHarms = 12;
inline constexpr std::size_t kTargetHarms = 10;
inline constexpr std::size_t kPromotions = 5;

// Against the concurrent baseline: "canary at most `margin` above it" (harm), and "at least"
// (promotion).
class MarginAlternatives {
 public:
  explicit MarginAlternatives(double margin) : margin_(margin) {}

  // Takes up the baseline's rate. Changes below 3 % are not worth the work.
  void follow(double baseline_rate);

  [[nodiscard]] const std::array<MarginAlternative, kMarginHarms>& harms() const { return harms_; }
  [[nodiscard]] const std::array<MarginAlternative, kPromotions>& promotions() const {
    return promotions_;
  }
  [[nodiscard]] double baseline_rate() const { return baseline_rate_; }

 private:
  double margin_;
  double baseline_rate_ = 0;  // 0: none taken up yet
  std::array<MarginAlternative, kMarginHarms> harms_{};
  std::array<MarginAlternative, kPromotions> promotions_{};
};

// Against a fixed target.
struct TargetAlternatives {
  std::array<TargetAlternative, kTargetHarms> harms{};
  std::array<TargetAlternative, kPromotions> promotions{};
};

[[nodiscard]] TargetAlternatives target_alternatives(double target);

}  // namespace sluice::judge
