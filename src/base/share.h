// Share: the part of an environment's traffic that the canary gets, in basis points (1/100 %).
// Always within 0..10'000.
#pragma once

#include <compare>
#include <cstdint>

#include "base/assert.h"

namespace sluice {

class Share {
 public:
  constexpr Share() = default;
  constexpr explicit Share(int basis_points) : bp_(static_cast<std::uint16_t>(basis_points)) {
    SLUICE_ASSERT(basis_points >= 0 && basis_points <= kWhole);
  }

  static constexpr int kWhole = 10'000;
  static constexpr Share none() { return Share(0); }
  static constexpr Share whole() { return Share(kWhole); }

  [[nodiscard]] constexpr int bp() const { return bp_; }
  [[nodiscard]] constexpr Share rest() const { return Share(kWhole - bp_); }
  [[nodiscard]] constexpr double fraction() const { return bp_ / 10'000.0; }

  friend constexpr auto operator<=>(const Share&, const Share&) = default;

 private:
  std::uint16_t bp_ = 0;
};

}  // namespace sluice
