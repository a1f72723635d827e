// Seeded random: the same numbers on every machine, for simulations in tests. xoshiro256++ seeded
// by splitmix64. Never linked into a product.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "judge/exp_log.h"

namespace sluice::testing {

class SeededRandom {
 public:
  explicit SeededRandom(std::uint64_t seed) {
    for (std::uint64_t& word : state_) {
      seed += 0x9e3779b97f4a7c15;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
      z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
      word = z ^ (z >> 31);
    }
  }

  std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // In [0, 1), in steps of 2^-53.
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  // 0 .. bound-1; bound > 0 and far below 2^64, so that the tiny bias does not matter.
  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(bound));
  }

  bool chance(double p) { return unit() < p; }

  // Successes in n trials: exact, by the gaps between them; takes time in proportion to n p.
  std::int64_t binomial(std::int64_t n, double p) {
    if (p <= 0 || n <= 0) return 0;
    if (p >= 1) return n;
    if (p > 0.5) return n - binomial(n, 1 - p);
    const double per_gap = 1 / judge::ln1p(-p);
    std::int64_t successes = 0;
    double at = 0;
    while (true) {
      const double gap = judge::ln(1 - unit()) * per_gap;
      if (gap >= static_cast<double>(n) - at) return successes;
      at += static_cast<double>(static_cast<std::int64_t>(gap)) + 1;
      ++successes;
    }
  }

  // Events of a Poisson process in a time in which `mean` are expected.
  std::int64_t poisson(double mean) {
    std::int64_t events = 0;
    for (double at = -judge::ln(1 - unit()); at < mean; at -= judge::ln(1 - unit())) ++events;
    return events;
  }

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace sluice::testing
