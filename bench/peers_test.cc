#include "bench/peers.h"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "bench/kayenta.h"

namespace sluice::bench {
namespace {

std::vector<sim::Second> steady(int seconds, const Counts& canary, const Counts& baseline) {
  return std::vector<sim::Second>(static_cast<std::size_t>(seconds),
                                  {canary, baseline, {50, 0, 0}});
}

TEST_CASE("z-test: looks every ten seconds, and takes back what it finds") {
  CHECK(z_test(steady(60, {50, 50, 0}, {950, 1, 0}), {}) == 10);
  CHECK(z_test(steady(60, {50, 50, 0}, {950, 1, 0}), {.every_s = 1}) == 1);
  CHECK(z_test(steady(600, {50, 1, 0}, {950, 19, 0}), {}) == std::nullopt);
  CHECK(z_test(steady(600, {0, 0, 0}, {950, 19, 0}), {}) == std::nullopt);
}

TEST_CASE("multinomial: evidence is that of the formula, counted by hand") {
  // a = (1, 1): B(1+1, 1) / B(1, 1) = 1/2; over the null's 1/2 that is 1.
  const MultinomialRule even{.share = 0.5, .concentration = 2};
  CHECK(std::fabs(ln_multinomial_evidence(0, 0, even)) < 1e-12);
  CHECK(std::fabs(ln_multinomial_evidence(1, 0, even)) < 1e-12);
  // Two in the same arm: B(3, 1) = 1/3, over 1/4.
  CHECK(std::fabs(ln_multinomial_evidence(2, 0, even) - std::log(4.0 / 3)) < 1e-12);
  // One in each: B(2, 2) = 1/6, over 1/4.
  CHECK(std::fabs(ln_multinomial_evidence(1, 1, even) - std::log(2.0 / 3)) < 1e-12);
}

TEST_CASE("multinomial: finds a canary that fails, not a baseline that does") {
  CHECK(multinomial(steady(60, {50, 50, 0}, {950, 1, 0}), {}) == 1);
  CHECK(multinomial(steady(60, {50, 0, 0}, {950, 300, 0}), {}) == std::nullopt);
  CHECK(multinomial(steady(600, {50, 1, 0}, {950, 19, 0}), {}) == std::nullopt);
}

TEST_CASE("kayenta: judges at the end of each interval, and no more after the last") {
  CHECK(kayenta(steady(3'600, {50, 50, 0}, {950, 0, 0}), {}) == 600);
  CHECK(kayenta(steady(3'600, {50, 0, 0}, {950, 0, 0}), {}) == std::nullopt);
  std::vector<sim::Second> late = steady(3'600, {50, 0, 0}, {950, 0, 0});
  for (std::size_t i = 1'800; i < late.size(); ++i) late[i].canary.errors = 50;
  CHECK(kayenta(late, {}) == std::nullopt);
  CHECK(kayenta(steady(3'600, {0, 0, 0}, {950, 0, 0}), {}) == std::nullopt);  // no data: no failure
}

}  // namespace
}  // namespace sluice::bench
