#include "judge/exp_log.h"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "testing/seeded_random.h"

namespace sluice::judge {
namespace {

double relative_error(double mine, long double exact) {
  if (exact == 0) return std::fabs(mine);
  return static_cast<double>(std::fabs((mine - exact) / exact));
}

TEST_CASE("exp_log: ln, ln1p and exp agree with long double to about a unit in the last place") {
  testing::SeededRandom random(1);
  double worst_ln = 0;
  double worst_ln1p = 0;
  double worst_exp = 0;
  for (int i = 0; i < 200'000; ++i) {
    const double spread = std::pow(10.0, 600 * random.unit() - 300);
    const double near_one = 0.5 + random.unit();
    const double small = (random.chance(0.5) ? -1 : 1) * std::pow(10.0, -18 * random.unit());
    const double exponent = 1'400 * random.unit() - 700;
    worst_ln = std::max(worst_ln, relative_error(ln(spread), std::log((long double)spread)));
    worst_ln = std::max(worst_ln, relative_error(ln(near_one), std::log((long double)near_one)));
    worst_ln1p = std::max(worst_ln1p, relative_error(ln1p(small), std::log1p((long double)small)));
    worst_exp = std::max(worst_exp, relative_error(exp(exponent), std::exp((long double)exponent)));
    worst_exp = std::max(worst_exp, relative_error(exp(small), std::exp((long double)small)));
  }
  CHECK(worst_ln < 5e-16);
  CHECK(worst_ln1p < 1e-15);
  CHECK(worst_exp < 5e-16);
}

TEST_CASE("exp_log: the ends are what they should be") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  CHECK(ln(0) == -kInfinity);
  CHECK(ln(1) == 0);
  CHECK(ln(kInfinity) == kInfinity);
  CHECK(std::isnan(ln(-1)));
  CHECK(ln(5e-324) == doctest::Approx(-744.44007192138));
  CHECK(ln1p(-1) == -kInfinity);
  CHECK(ln1p(1e-300) == 1e-300);
  CHECK(ln1p(1e300) == ln(1e300));
  CHECK(exp(0) == 1);
  CHECK(exp(-kInfinity) == 0);
  CHECK(exp(-800) == 0);
  CHECK(exp(kInfinity) == kInfinity);
  CHECK(exp(709) == doctest::Approx(8.218407461554972e307));
  CHECK(ln_add(-kInfinity, -kInfinity) == -kInfinity);
  CHECK(ln_add(-kInfinity, 3) == 3);
  CHECK(ln_add(ln(2), ln(3)) == doctest::Approx(ln(5)));
  CHECK(ln_add(1e18, -1e18) == 1e18);
}

}  // namespace
}  // namespace sluice::judge
