#include "judge/block_bets.h"

#include <cmath>

#include <doctest/doctest.h>

#include "judge/exp_log.h"
#include "judge/mixture.h"
#include "testing/seeded_random.h"

namespace sluice::judge {
namespace {

constexpr Counts kHistory{50'000, 50, 0};

BaselineUnits like_units(int number, const Counts& each) {
  BaselineUnits units;
  units.number = number;
  for (int s = 0; s < number; ++s) units.each[s] = each;
  return units;
}

// The expected factor of each bet, over all outcomes of `units` units and a canary, each of which
// is at `high` with a chance of its own and without errors otherwise.
std::array<double, kBlockHarms> expected(BlockBets& bets, int units, double canary_chance,
                                         double unit_chance, const Counts& high) {
  std::array<double, kBlockHarms> sum{};
  const Counts low{high.requests, 0, 0};
  for (int outcome = 0; outcome < 1 << (units + 1); ++outcome) {
    double chance = 1;
    BaselineUnits block = like_units(units, low);
    const auto is_high = [&](int bit, double p) {
      const bool yes = (outcome >> bit & 1) != 0;
      chance *= yes ? p : 1 - p;
      return yes;
    };
    for (int s = 0; s < units; ++s) {
      if (is_high(s, unit_chance)) block.each[s] = high;
    }
    const Counts canary = is_high(units, canary_chance) ? high : low;
    bets.face(block, canary);
    const std::array<double, kBlockHarms> factors = bets.ln_factors(canary);
    for (std::size_t i = 0; i < kBlockHarms; ++i) sum[i] += chance * exp(factors[i]);
  }
  return sum;
}

TEST_CASE("block bets: expected to be at most 1 where the canary is a unit like the others") {
  for (const double margin : {0.0, 0.005}) {
    for (const std::int64_t errors : {1, 20, 100}) {
      for (const double chance : {0.001, 0.05, 0.5, 1.0}) {
        BlockBets bets(margin, kHistory);
        for (const double each : expected(bets, 5, chance, chance, {100, errors, 0})) {
          REQUIRE(each <= 1 + 1e-9);
        }
      }
    }
  }
}

TEST_CASE("block bets: expected to be above 1 for some alternative where the canary is worse") {
  BlockBets bets(0.005, kHistory);
  double most = 0;
  for (const double each : expected(bets, 5, 0.9, 0.01, {100, 5, 0})) most = std::max(most, each);
  CHECK(most > 2);
}

TEST_CASE("block bets: on the boundary of the margin too, where rates are not clipped") {
  // A tenth of the units is at 5 %; the canary's chance of it is higher by the margin.
  BlockBets bets(0.01, kHistory);
  const auto sums = expected(bets, 5, 0.3, 0.1, {100, 5, 0});
  for (std::size_t i = 0; i < kBlockMultiples; ++i) CHECK(sums[i] <= 1 + 1e-9);
}

TEST_CASE("block bets: a canary larger than the units is judged without clipping") {
  BlockBets bets(0, kHistory);
  const Counts canary{1'000, 500, 0};
  bets.face(like_units(8, {500, 0, 0}), canary);
  const std::array<double, kBlockHarms> factors = bets.ln_factors(canary);
  for (std::size_t i = 0; i < kBlockHarms; ++i) CHECK((factors[i] != 0) == (i < kBlockMultiples));
}

TEST_CASE("block bets: burst or not, only the rate of the block counts") {
  BlockBets bets(0, kHistory);
  testing::SeededRandom random(1);
  Mixture<kBlockHarms> evidence;
  evidence.stake(0);
  // Every tenth block all errors of ten come at once, in one arm as in the other.
  for (int block = 0; block < 2'000; ++block) {
    BaselineUnits units = like_units(19, {500, 0, 0});
    for (int s = 0; s < 19; ++s) units.each[s].errors = random.chance(0.1) ? 40 : 0;
    const Counts canary{500, random.chance(0.1) ? 40 : 0, 0};
    bets.face(units, canary);
    evidence.multiply(bets.ln_factors(canary));
    bets.learn(units);
    REQUIRE(evidence.ln_worth() < ln(1'000));
  }
  int blocks = 0;
  while (evidence.ln_worth() < ln(1'000) && blocks < 1'000) {
    if (blocks == 0) evidence.stake(-5);  // a restart
    const BaselineUnits units = like_units(19, {500, 4, 0});
    bets.face(units, {500, 250, 0});
    evidence.multiply(bets.ln_factors({500, 250, 0}));
    ++blocks;
  }
  CHECK(blocks <= 8);
}

TEST_CASE("block bets: nothing is bet without requests, without units, or where no room is left") {
  const auto silent = [](const BlockBets& bets, const Counts& canary) {
    for (const double factor : bets.ln_factors(canary)) {
      if (factor != 0) return false;
    }
    return true;
  };
  BlockBets bets(0.01, {});
  bets.face(like_units(4, {100, 1, 0}), {100, 1, 0});
  CHECK(silent(bets, {}));
  CHECK_FALSE(silent(bets, {100, 100, 0}));
  bets.face({}, {100, 100, 0});
  CHECK(silent(bets, {100, 100, 0}));
  BlockBets wide(0.96, {});
  wide.face(like_units(4, {100, 1, 0}), {100, 100, 0});
  CHECK(silent(wide, {100, 100, 0}));
}

}  // namespace
}  // namespace sluice::judge
