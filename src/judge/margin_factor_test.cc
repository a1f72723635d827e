#include "judge/margin_factor.h"

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "judge/alternatives.h"
#include "testing/seeded_random.h"

namespace sluice::judge {
namespace {

double choose(double n, double k) {
  return std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1));
}

double binomial(std::int64_t requests, std::int64_t errors, double p) {
  const double n = static_cast<double>(requests);
  const double k = static_cast<double>(errors);
  return choose(n, k) * std::pow(p, k) * std::pow(1 - p, n - k);
}

// The factor's expected value where canary and baseline have these true rates: a sum over all
// outcomes.
double expected_factor(const MarginAlternative& alternative, double p, const Rates& truth,
                       std::int64_t n_c, std::int64_t n_b) {
  double sum = 0;
  for (std::int64_t k_c = 0; k_c <= n_c; ++k_c) {
    for (std::int64_t k_b = 0; k_b <= n_b; ++k_b) {
      const double factor =
          std::exp(ln_margin_factor_at(alternative, p, {n_c, k_c, 0}, {n_b, k_b, 0}));
      sum += binomial(n_c, k_c, truth.canary) * binomial(n_b, k_b, truth.baseline) * factor;
    }
  }
  return sum;
}

struct Shape {
  std::int64_t n_c;
  std::int64_t n_b;
};
constexpr Shape kShapes[] = {{1, 1}, {1, 19}, {2, 3}, {3, 20}, {5, 1}, {5, 20}};

// The largest expected value over a grid of the null, for one alternative and all shapes.
double worst_expectation(const MarginAlternative& alternative, Direction direction, double off) {
  double worst = 0;
  for (const auto& [n_c, n_b] : kShapes) {
    const double share = static_cast<double>(n_c) / static_cast<double>(n_c + n_b);
    const double root = project(share, alternative.rates, alternative.margin, alternative.bracket);
    const Bracket& bracket = alternative.bracket;
    const double p = std::clamp(root * off, bracket.low, bracket.high);
    for (int i = 0; i <= 24; ++i) {
      const double baseline = (1 - alternative.margin) * std::pow(i / 24.0, 3);
      for (const double beyond : {0.0, 0.002, 0.1}) {
        const double side = direction == Direction::harm ? -beyond : beyond;
        const double canary = std::clamp(baseline + alternative.margin + side, 0.0, 1.0);
        worst = std::max(worst, expected_factor(alternative, p, {canary, baseline}, n_c, n_b));
      }
    }
  }
  return worst;
}

TEST_CASE("margin factor: expected to be at most 1 under every point of the null") {
  double worst = 0;
  double least_of_worst = 2;
  for (const double margin : {0.0, 0.01, 0.1}) {
    for (const double baseline : {1e-6, 0.01, 0.2}) {
      MarginAlternatives alternatives(margin);
      alternatives.follow(baseline);
      for (std::size_t i = 0; i < kMarginHarms; i += 3) {
        for (const double off : {1.0, 1.02, 0.7}) {  // an exact root, and wrong ones
          const double here = worst_expectation(alternatives.harms()[i], Direction::harm, off);
          worst = std::max(worst, here);
          if (off == 1.0) least_of_worst = std::min(least_of_worst, here);
        }
      }
      for (const MarginAlternative& alternative : alternatives.promotions()) {
        if (!alternative.usable) continue;
        worst = std::max(worst, worst_expectation(alternative, Direction::promotion, 1.0));
        worst = std::max(worst, worst_expectation(alternative, Direction::promotion, 0.8));
      }
    }
  }
  CHECK(worst <= 1 + 1e-9);
  CHECK(least_of_worst > 0.5);  // and the grid is near enough to the boundary to see a violation
}

TEST_CASE("margin factor: the enumeration finds a factor that lacks its normaliser") {
  MarginAlternatives alternatives(0.01);
  alternatives.follow(0.01);
  const MarginAlternative& alternative = alternatives.harms()[4];
  const double p = 0.5 * (alternative.bracket.low + alternative.bracket.high);
  const double c = p + 0.01;
  const double a = (alternative.rates.canary - c) / (c * (1 - c));
  const double b = (p - alternative.rates.baseline) / (p * (1 - p));
  const double off = 5.0 / 25 - b / (a + b);
  const double normaliser = 25 * off * off / ((b / (a + b)) * (a / (a + b)));
  double worst = 0;
  for (int i = 0; i <= 200; ++i) {
    const double baseline = 0.99 * i / 200.0;
    worst = std::max(worst, expected_factor(alternative, p, {baseline + 0.01, baseline}, 5, 20));
  }
  CHECK(worst <= 1);
  CHECK(worst * std::exp(normaliser) > 1.05);
}

TEST_CASE(
    "margin factor: one more error of the canary never speaks for it, one of the baseline never "
    "against") {
  testing::SeededRandom random(3);
  for (int i = 0; i < 20'000; ++i) {
    const double margin = random.chance(0.3) ? 0 : 0.1 * random.unit();
    MarginAlternatives alternatives(margin);
    alternatives.follow(std::pow(10.0, -6 * random.unit()) * 0.5);
    const MarginAlternative& alternative = alternatives.harms()[random.below(kMarginHarms)];
    const std::int64_t n_c = 1 + random.below(50);
    const std::int64_t n_b = 1 + random.below(500);
    const Counts canary{n_c, random.below(n_c), 0};
    const Counts baseline{n_b, random.below(n_b), 0};
    const Counts canary_more{n_c, canary.errors + 1, 0};
    const Counts baseline_more{n_b, baseline.errors + 1, 0};
    const double now = ln_margin_factor(alternative, canary, baseline);
    const double small = 1e-9;
    REQUIRE(ln_margin_factor(alternative, canary_more, baseline) >= now - small);
    REQUIRE(ln_margin_factor(alternative, canary, baseline_more) <= now + small);
    REQUIRE(ln_margin_factor(alternative, canary, baseline_more) <=
            ln_margin_factor(alternative, canary_more, baseline) + small);
  }
}

TEST_CASE("margin factor: never a number that is none, whatever is counted") {
  testing::SeededRandom random(4);
  const auto count = [&](std::int64_t most) {
    const std::int64_t scale = 1LL << random.below(54);
    return std::min(random.chance(0.2) ? scale : random.below(scale), most);
  };
  for (int i = 0; i < 50'000; ++i) {
    const double margin = random.chance(0.2) ? 0 : 0.5 * std::pow(10.0, -9 * random.unit());
    MarginAlternatives alternatives(margin);
    alternatives.follow(std::clamp(std::pow(10.0, -9 * random.unit()), 1e-9, 0.9));
    const std::int64_t n_c = std::max<std::int64_t>(1, count(1LL << 53));
    const std::int64_t n_b = std::max<std::int64_t>(1, count(1LL << 53));
    const Counts canary{n_c, random.chance(0.3) ? n_c : count(n_c), 0};
    const Counts baseline{n_b, random.chance(0.1) ? n_b : count(n_b), 0};
    for (const MarginAlternative& alternative : alternatives.harms()) {
      REQUIRE(std::isfinite(ln_margin_factor(alternative, canary, baseline)));
    }
    for (const MarginAlternative& alternative : alternatives.promotions()) {
      REQUIRE(std::isfinite(ln_margin_factor(alternative, canary, baseline)));
    }
  }
}

TEST_CASE("margin factor: where nothing worse than tolerated is possible, it is 1") {
  const MarginAlternative alternative = margin_alternative({0.995, 0.9}, 0.5, Direction::harm);
  CHECK_FALSE(alternative.usable);
  CHECK(ln_margin_factor(alternative, {10, 10, 0}, {10, 0, 0}) == 0);
}

}  // namespace
}  // namespace sluice::judge
