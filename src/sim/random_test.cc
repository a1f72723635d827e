#include "sim/random.h"

#include <cmath>
#include <functional>

#include <doctest/doctest.h>

#include "testing/seeded_random.h"

namespace sluice::sim {
namespace {

struct Moments {
  double mean = 0;
  double variance = 0;
};

Moments moments_of(int draws, const std::function<double()>& draw) {
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < draws; ++i) {
    const double x = draw();
    sum += x;
    squares += x * x;
  }
  const double mean = sum / draws;
  return {mean, squares / draws - mean * mean};
}

constexpr int kDraws = 40'000;
// Six standard errors of the mean, and a generous part of the variance.
void check(const Moments& seen, double mean, double variance) {
  CHECK(std::fabs(seen.mean - mean) <= 6 * std::sqrt(variance / kDraws));
  CHECK(std::fabs(seen.variance / variance - 1) <= 0.08);
}

TEST_CASE("random: one seed gives the numbers of the published generator") {
  Random ours(42);
  testing::SeededRandom theirs(42);
  for (int i = 0; i < 1'000; ++i) CHECK(ours.next() == theirs.next());
}

TEST_CASE("random: Poisson counts have the mean and the variance asked for, few or many") {
  Random random(1);
  for (const double mean : {0.01, 0.7, 5.0, 11.9, 12.1, 40.0, 950.0, 9'500.0}) {
    INFO(mean);
    check(moments_of(kDraws, [&] { return static_cast<double>(random.poisson(mean)); }), mean,
          mean);
  }
  CHECK(random.poisson(0) == 0);
}

TEST_CASE("random: binomial counts have the mean and the variance asked for, few or many") {
  struct Law {
    std::int64_t n;
    double p;
  };
  Random random(2);
  for (const Law law : {Law{10, 0.3}, {100, 0.01}, {100, 0.4}, {100, 0.9}, {100'000, 0.001}}) {
    INFO(law.n << " of " << law.p);
    const double mean = static_cast<double>(law.n) * law.p;
    check(moments_of(kDraws, [&] { return static_cast<double>(random.binomial(law.n, law.p)); }),
          mean, mean * (1 - law.p));
  }
  CHECK(random.binomial(7, 1) == 7);
  CHECK(random.binomial(7, 0) == 0);
}

TEST_CASE("random: geometric sizes have the mean asked for and are at least 1") {
  Random random(3);
  check(moments_of(kDraws, [&] { return static_cast<double>(random.geometric(10)); }), 10, 90);
  CHECK(random.geometric(1) == 1);
}

TEST_CASE("random: the logarithm of a factorial agrees with the sum of logarithms") {
  double sum = 0;
  for (std::int64_t n = 1; n <= 200; ++n) {
    sum += std::log(static_cast<double>(n));
    CHECK(std::fabs(ln_factorial(n) - sum) <= 1e-9 * (1 + sum));
  }
}

TEST_CASE("random: seeds of neighbouring runs and cells differ") {
  CHECK(seed_of(1, 0, 0) != seed_of(1, 0, 1));
  CHECK(seed_of(1, 0, 0) != seed_of(1, 1, 0));
  CHECK(seed_of(1, 2, 3) == seed_of(1, 2, 3));
}

}  // namespace
}  // namespace sluice::sim
