#include "sim/random.h"

#include <cmath>

#include "judge/exp_log.h"

namespace sluice::sim {
namespace {

using judge::ln;

constexpr double kLnSqrtTwoPi = 0.91893853320467274178;
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
