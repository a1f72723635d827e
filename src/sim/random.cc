#include "sim/random.h"

#include <algorithm>
#include <cmath>

#include "judge/exp_log.h"

namespace sluice::sim {
namespace {

using judge::ln;

constexpr double kLnSqrtTwoPi = 0.91893853320467274178;
constexpr std::int64_t kCoins = 4'096;  // above it one BTRS is faster than so many coins
constexpr double kTableMost = 600;      // mean; beyond it exp(-mean) leaves the numbers
constexpr double kFewEvents = 12;  // below this, looking through the cases one by one is faster

std::uint64_t splitmix64(std::uint64_t& seed) {
  seed += 0x9e3779b97f4a7c15;
  std::uint64_t z = seed;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

std::int64_t few_events(double mean, Random& random) {
  double u = random.unit();
  double p = judge::exp(-mean);
  std::int64_t events = 0;
  while (u > p && events < 100) {  // beyond 100 lies less than 2^-53
    u -= p;
    p *= mean / static_cast<double>(++events);
  }
  return events;
}

std::int64_t many_events(double mean, Random& random) {  // PTRS
  const double b = 0.931 + 2.53 * std::sqrt(mean);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double quick = 0.9277 - 3.6224 / (b - 2);
  while (true) {
    const double u = random.unit() - 0.5;
    const double v = random.unit();
    const double us = 0.5 - std::fabs(u);
    if (us < 1e-12) continue;
    const double k = std::floor((2 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= quick) return static_cast<std::int64_t>(k);
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const auto events = static_cast<std::int64_t>(k);
    if (ln(v * inverse_alpha / (a / (us * us) + b)) <= k * ln(mean) - mean - ln_factorial(events)) {
      return events;
    }
  }
}

// By the gaps between successes; takes time in proportion to n p.
std::int64_t few_successes(std::int64_t n, double p, Random& random) {
  const double per_gap = 1 / judge::ln1p(-p);
  std::int64_t successes = 0;
  double at = 0;
  while (true) {
    const double gap = ln(1 - random.unit()) * per_gap;
    if (gap >= static_cast<double>(n) - at) return successes;
    at += std::floor(gap) + 1;
    ++successes;
  }
}

std::int64_t many_successes(std::int64_t n, double p, Random& random) {  // BTRS
  const double trials = static_cast<double>(n);
  const double spread = std::sqrt(trials * p * (1 - p));
  const double b = 1.15 + 2.53 * spread;
  const double a = -0.0873 + 0.0248 * b + 0.01 * p;
  const double quick = 0.92 - 4.2 / b;
  const double alpha = (2.83 + 5.1 / b) * spread;
  const double ln_odds = ln(p / (1 - p));
  const auto mode = static_cast<std::int64_t>((trials + 1) * p);
  const double at_mode = ln_factorial(mode) + ln_factorial(n - mode);
  while (true) {
    const double u = random.unit() - 0.5;
    const double v = random.unit();
    const double us = 0.5 - std::fabs(u);
    if (us < 1e-12) continue;
    const double k = std::floor((2 * a / us + b) * u + trials * p + 0.5);
    if (k < 0 || k > trials) continue;
    const auto successes = static_cast<std::int64_t>(k);
    if (us >= 0.07 && v <= quick) return successes;
    if (ln(v * alpha / (a / (us * us) + b)) <= at_mode - ln_factorial(successes) -
                                                   ln_factorial(n - successes) +
                                                   (k - static_cast<double>(mode)) * ln_odds) {
      return successes;
    }
  }
}

}  // namespace

Random::Random(std::uint64_t seed) {
  for (std::uint64_t& word : state_) word = splitmix64(seed);
}

double Random::exponential() { return -ln(1 - unit()); }

std::int64_t Random::poisson(double mean) {
  if (mean <= 0) return 0;
  return mean < kFewEvents ? few_events(mean, *this) : many_events(mean, *this);
}

std::int64_t Random::binomial(std::int64_t n, double p) {
  if (p <= 0 || n <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - binomial(n, 1 - p);
  return static_cast<double>(n) * p < kFewEvents ? few_successes(n, p, *this)
                                                 : many_successes(n, p, *this);
}

std::int64_t Random::geometric(double mean) {
  if (mean <= 1) return 1;
  return 1 + static_cast<std::int64_t>(std::floor(ln(1 - unit()) / judge::ln1p(-1 / mean)));
}

// Heads of n coins.
std::int64_t Random::half_of(std::int64_t n) {
  if (n > kCoins) return binomial(n, 0.5);
  std::int64_t heads = 0;
  for (; n >= 64; n -= 64) heads += std::popcount(next());
  if (n > 0) heads += std::popcount(next() >> (64 - n));
  return heads;
}

std::array<std::int64_t, 8> Random::eight_ways(std::int64_t n) {
  std::array<std::int64_t, 8> out{};
  if (n <= 0) return out;
  if (n <= 4) {
    for (; n > 0; --n) ++out[static_cast<std::size_t>(next() >> 61)];
    return out;
  }
  out[0] = n;
  for (std::size_t step = 4; step > 0; step /= 2) {
    for (std::size_t at = 0; at < out.size(); at += 2 * step) {
      out[at + step] = half_of(out[at]);
      out[at] -= out[at + step];
    }
  }
  return out;
}

std::int64_t PoissonTable::draw(double mean, Random& random) {
  if (mean != mean_) {
    const bool again = mean == last_ && mean > 0 && mean <= kTableMost;
    last_ = mean;
    if (!again) return random.poisson(mean);
    make(mean);
  }
  last_ = mean;
  const double u = random.unit();
  std::size_t i = guide_[static_cast<std::size_t>(u * kGuides)];
  while (i + 1 < up_to_.size() && u >= up_to_[i]) ++i;
  return first_ + static_cast<std::int64_t>(i);
}

void PoissonTable::make(double mean) {
  mean_ = mean;
  up_to_.clear();
  const double far = 10 * std::sqrt(mean) + 20;  // beyond it lies less than 2^-53
  const auto last = static_cast<std::int64_t>(mean + far);
  first_ = static_cast<std::int64_t>(std::max(0.0, mean - far));
  double p = judge::exp(-mean);
  double below = p;
  for (std::int64_t k = 0; k <= last; ++k) {
    if (k >= first_) up_to_.push_back(below);
    p *= mean / static_cast<double>(k + 1);
    below += p;
  }
  std::size_t at = 0;
  for (std::size_t i = 0; i < kGuides; ++i) {
    const double u = static_cast<double>(i) / kGuides;
    while (at + 1 < up_to_.size() && u >= up_to_[at]) ++at;
    guide_[i] = static_cast<std::uint16_t>(at);
  }
}

double ln_factorial(std::int64_t n) {
  constexpr std::array kSmall{1.0, 1.0, 2.0, 6.0, 24.0, 120.0, 720.0, 5'040.0, 40'320.0, 362'880.0};
  if (n < static_cast<std::int64_t>(kSmall.size())) return ln(kSmall[static_cast<std::size_t>(n)]);
  const double x = static_cast<double>(n);
  const double square = x * x;
  return (x + 0.5) * ln(x) - x + kLnSqrtTwoPi +
         (1.0 / 12 - (1.0 / 360 - 1.0 / 1'260 / square) / square) / x;
}

std::uint64_t seed_of(std::uint64_t master, std::uint64_t cell, std::uint64_t run) {
  std::uint64_t seed = master ^ (cell * 0x9e3779b97f4a7c15) ^ run;
  return splitmix64(seed);
}

}  // namespace sluice::sim
