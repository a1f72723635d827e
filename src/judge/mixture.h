// Mixture: evidence as money staked in equal parts on N alternatives, each multiplied up on its
// own.
//
// What it is worth is the average over the alternatives. Money may be added at any time that was
// not chosen by outcomes (a restart: the new stake knows nothing of the past), and divided anew.
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
  Mixture() { ln_each_.fill(kLnNothing); }

  void stake(double ln_money) {
    for (double& each : ln_each_) each = ln_add(each, ln_money);
    ln_worth_ = average();
  }

  // One factor for each alternative, tempered: the root of degree `design_effect` of it, which is
  // at least 1 and known before the outcomes.
  void multiply(const std::array<double, N>& ln_factors, double design_effect = 1) {
    for (std::size_t i = 0; i < N; ++i) ln_each_[i] += ln_factors[i] / design_effect;
    ln_worth_ = average();
  }

  // The same part of everything; given away where it is below 1.
  void scale(double ln_part) {
    for (double& each : ln_each_) each += ln_part;
    ln_worth_ = average();
  }

  // ln of what it is worth.
  [[nodiscard]] double ln_worth() const { return ln_worth_; }

  // ln of the alternative that has fared best.
  [[nodiscard]] double ln_best() const {
    double most = kLnNothing;
    for (const double each : ln_each_) most = each > most ? each : most;
    return most;
  }

 private:
  [[nodiscard]] double average() const {
    const double most = ln_best();
    if (most == kLnNothing) return most;
    double sum = 0;
    for (const double each : ln_each_) {
      if (each - most > -40) sum += exp(each - most);  // less does not reach the last digit
    }
    return most + ln(sum / static_cast<double>(N));
  }

  std::array<double, N> ln_each_{};
  double ln_worth_ = kLnNothing;  // asked for far more often than it changes
};

}  // namespace sluice::judge
