// Mixture: evidence as money staked in equal parts on N alternatives, each multiplied up on its
// own.
//
// What it is worth is the average over the alternatives. Money may be added at any time that was
// not chosen by outcomes (a restart: the new stake knows nothing of the past), and divided anew.
//
// Sums of money are kept as they are, not as logarithms, which saves two thirds of the work. An
// alternative that has lost all but e^-700 has lost everything, until new money comes; one that has
// made 10^300 makes no more, which is far beyond any line.
#pragma once

#include <array>
#include <cstddef>
#include <limits>

#include "judge/exp_log.h"

namespace sluice::judge {

inline constexpr double kLnNothing = -std::numeric_limits<double>::infinity();

template <std::size_t N>
class Mixture {
 public:
  void stake(double ln_money) {
    const double money = exp(ln_money);
    for (double& each : each_) each = bounded(each + money);
  }

  // One factor for each alternative, tempered: the root of degree `design_effect` of it, which is
  // at least 1 and known before the outcomes.
  void multiply(const std::array<double, N>& ln_factors, double design_effect = 1) {
    for (std::size_t i = 0; i < N; ++i) {
      if (each_[i] > 0) each_[i] = bounded(each_[i] * exp(ln_factors[i] / design_effect));
    }
  }

  // The same part of everything; given away where it is below 1.
  void scale(double ln_part) {
    const double part = exp(ln_part);
    for (double& each : each_) each = bounded(each * part);
  }

  // ln of what it is worth.
  [[nodiscard]] double ln_worth() const {
    double sum = 0;
    for (const double each : each_) sum += each;
    return ln(sum / static_cast<double>(N));
  }

  // ln of the alternative that has fared best.
  [[nodiscard]] double ln_best() const {
    double most = 0;
    for (const double each : each_) most = each > most ? each : most;
    return ln(most);
  }

 private:
  static constexpr double kMost = 1e300;
  static double bounded(double money) { return money < kMost ? money : kMost; }

  std::array<double, N> each_{};
};

}  // namespace sluice::judge
