#include "judge/projection.h"

#include <cmath>

#include <doctest/doctest.h>

#include "judge/bound.h"
#include "testing/seeded_random.h"

namespace sluice::judge {
namespace {

double distance(double p, double share, const Rates& rates, double margin) {
  return share * kl(rates.canary, p + margin) + (1 - share) * kl(rates.baseline, p);
}

// The slow and obvious way to the least distance.
double golden_section(double share, const Rates& rates, double margin, Bracket bracket) {
  constexpr double kGolden = 0.6180339887498949;
  for (int i = 0; i < 200; ++i) {
    const double left = bracket.high - kGolden * (bracket.high - bracket.low);
    const double right = bracket.low + kGolden * (bracket.high - bracket.low);
    const bool go_left =
        distance(left, share, rates, margin) < distance(right, share, rates, margin);
    (go_left ? bracket.high : bracket.low) = go_left ? right : left;
  }
  return 0.5 * (bracket.low + bracket.high);
}

Rates random_rates(testing::SeededRandom& random, double margin) {
  const double baseline = std::pow(10.0, -9 * random.unit()) * 0.9;
  if (random.chance(0.5)) return {baseline + margin * random.unit(), baseline};  // promotion
  const double room = 1 - baseline - margin;
  return {baseline + margin + room * std::pow(10.0, -6 * random.unit()), baseline};
}

TEST_CASE("projection: inside the bracket, a root to 12 digits, and the least distance") {
  testing::SeededRandom random(2);
  int tried = 0;
  for (int i = 0; i < 20'000; ++i) {
    const double margin = random.chance(0.3) ? 0 : 0.5 * std::pow(10.0, -8 * random.unit());
    const double share = std::pow(10.0, -6 * random.unit()) * 0.999;
    const Rates rates = random_rates(random, margin);
    const Bracket bracket = bracket_of(rates, margin);
    if (bracket.empty() || rates.canary >= 1 || rates.baseline + margin > 0.99) continue;
    ++tried;
    const double p = project(share, rates, margin, bracket);
    const double c = p + margin;
    CAPTURE(margin);
    CAPTURE(share);
    CAPTURE(rates.canary);
    CAPTURE(rates.baseline);
    REQUIRE(p >= bracket.low);
    REQUIRE(p <= bracket.high);
    const double scale =
        share * (rates.canary + c) * p * (1 - p) + (1 - share) * (p + rates.baseline) * c * (1 - c);
    REQUIRE(std::fabs(projection_cubic(p, share, rates, margin)) <= 1e-12 * scale);
    if (i % 20 != 0) continue;
    const double searched = golden_section(share, rates, margin, bracket);
    const double floor = distance(searched, share, rates, margin);
    REQUIRE(distance(p, share, rates, margin) <= floor * (1 + 1e-9) + 1e-15);
  }
  CHECK(tried > 10'000);
}

TEST_CASE("projection: with no margin it is the mean of the two rates by share") {
  const Rates rates{0.4, 0.01};
  CHECK(project(0.05, rates, 0, bracket_of(rates, 0)) == doctest::Approx(0.05 * 0.4 + 0.95 * 0.01));
}

TEST_CASE("projection: rates that are exactly the margin apart have no bracket") {
  CHECK(bracket_of({0.25, 0.125}, 0.125).empty());
}

}  // namespace
}  // namespace sluice::judge
