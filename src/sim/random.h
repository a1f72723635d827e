// Random: the same numbers on every machine. xoshiro256++ seeded by splitmix64, and exact samplers
// of the distributions that simulated traffic needs.
//
// Only IEEE additions, multiplications, divisions and square roots, and the judge's own logarithm:
// a seed means the same rollout everywhere. Samplers take constant time, whatever the mean.
// Sources: Blackman and Vigna 2018 (xoshiro256++); Hörmann 1993, "The transformed rejection method
// for generating Poisson random variables" (PTRS), and "The generation of binomial random variates"
// (BTRS).
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

namespace sluice::sim {

class Random {
 public:
  explicit Random(std::uint64_t seed);

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

  // With mean 1.
  double exponential();
  // Events in a time in which `mean` are expected.
  std::int64_t poisson(double mean);
  // Successes in n trials.
  std::int64_t binomial(std::int64_t n, double p);
  // 1, 2, ... with that mean, which is at least 1.
  std::int64_t geometric(double mean);
  // n things, each into one of eight places that are equally likely.
  [[nodiscard]] std::array<std::int64_t, 8> eight_ways(std::int64_t n);

 private:
  std::int64_t half_of(std::int64_t n);

  std::array<std::uint64_t, 4> state_{};
};

// Poisson numbers of one mean that is asked for again and again, which takes a tenth of the time:
// a mean that is asked for twice running is looked up from then on. The same law as
// Random::poisson, other numbers.
class PoissonTable {
 public:
  std::int64_t draw(double mean, Random& random);

 private:
  static constexpr std::size_t kGuides = 256;

  void make(double mean);

  double mean_ = -1;
  double last_ = -1;  // that was asked for, where it was another
  std::int64_t first_ = 0;
  std::vector<double> up_to_;  // chance of first_ + i or less
  std::array<std::uint16_t, kGuides> guide_{};
};

// ln(n!)
[[nodiscard]] double ln_factorial(std::int64_t n);

// The seed of one run of one cell: results do not depend on which thread runs it, or when.
[[nodiscard]] std::uint64_t seed_of(std::uint64_t master, std::uint64_t cell, std::uint64_t run);

}  // namespace sluice::sim
