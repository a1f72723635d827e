#include "judge/design_effect.h"

#include <doctest/doctest.h>

#include "testing/seeded_random.h"

namespace sluice::judge {
namespace {

constexpr int kUnits = 19;
constexpr Settings kSettings{.baseline_groups = kUnits};

DesignEffect of_errors(const Dispersions& past = {}) {
  return {kSettings, &Counts::errors, 60'000, past};
}

// A second in which every unit has 50 requests; errors come in clusters of `size` to one unit.
Batch second(testing::SeededRandom& random, double rate, std::int64_t size) {
  Batch batch;
  batch.elapsed_ms = 1'000;
  for (int s = 0; s < kUnits; ++s) {
    Counts& unit = batch.baseline_groups[s];
    unit.requests = 50;
    unit.errors =
        std::min<std::int64_t>(50, size * random.binomial(50, rate / static_cast<double>(size)));
    grow(batch.baseline, unit);
  }
  return batch;
}

double learnt(double rate, std::int64_t cluster, int seconds) {
  testing::SeededRandom random(3);
  DesignEffect effect = of_errors();
  for (int i = 0; i < seconds; ++i) effect.learn(second(random, rate, cluster));
  return effect.value();
}

TEST_CASE("design effect: 1 for independent errors, and about their number for clustered ones") {
  CHECK(learnt(1e-3, 1, 3'600) == 1);
  CHECK(learnt(0.02, 1, 3'600) == 1);
  const double of_three = learnt(1e-3, 3, 3'600);
  CHECK(of_three > 2.4);
  CHECK(of_three < 3.6);
  const double of_ten = learnt(5e-3, 10, 3'600);
  CHECK(of_ten > 8);
  CHECK(of_ten < 12);
}

TEST_CASE("design effect: chance alone seldom moves it, even early on") {
  int moved = 0;
  for (int run = 0; run < 200; ++run) {
    testing::SeededRandom random(100 + static_cast<std::uint64_t>(run));
    DesignEffect effect = of_errors();
    for (int i = 0; i < 90; ++i) effect.learn(second(random, 2e-3, 1));
    moved += effect.value() > 1 ? 1 : 0;
  }
  CHECK(moved <= 6);
}

TEST_CASE("design effect: an incident that all units share inflates nothing") {
  testing::SeededRandom random(4);
  DesignEffect effect = of_errors();
  for (int i = 0; i < 600; ++i) effect.learn(second(random, i / 60 % 5 == 4 ? 0.2 : 1e-3, 1));
  CHECK(effect.value() == 1);
}

TEST_CASE("design effect: an outage of one unit is known a second after it began") {
  testing::SeededRandom random(5);
  DesignEffect effect = of_errors();
  for (int i = 0; i < 100; ++i) effect.learn(second(random, 1e-3, 1));
  REQUIRE(effect.value() == 1);
  Batch outage = second(random, 1e-3, 1);
  outage.baseline_groups[7].errors = 25;
  effect.learn(outage);
  CHECK(effect.value() > 3);
}

TEST_CASE("design effect: what it says before a batch does not know the batch") {
  testing::SeededRandom random(6);
  DesignEffect effect = of_errors();
  for (int i = 0; i < 100; ++i) effect.learn(second(random, 1e-3, 10));
  const double before = effect.value();
  Batch half_a_second;
  half_a_second.elapsed_ms = 500;
  half_a_second.baseline_groups[0] = {50, 50, 0};
  effect.learn(half_a_second);
  CHECK(effect.value() == before);
}

TEST_CASE("design effect: handed on, it is known from the start, and new blocks outweigh it") {
  testing::SeededRandom random(7);
  DesignEffect first = of_errors();
  for (int i = 0; i < 3'600; ++i) first.learn(second(random, 1e-2, 10));
  DesignEffect next = of_errors(first.dispersions());
  CHECK(next.value() > 7);
  for (int i = 0; i < 7'200; ++i) next.learn(second(random, 1e-2, 1));
  CHECK(next.value() < 3);
}

TEST_CASE("design effect: a client that fails on every server shows among the clients") {
  constexpr Settings kBoth{.baseline_groups = 5, .client_groups = 8};
  testing::SeededRandom random(8);
  DesignEffect by_both(kBoth, &Counts::errors, 60'000, {});
  DesignEffect by_server({.baseline_groups = 5}, &Counts::errors, 60'000, {});
  for (int i = 0; i < 600; ++i) {
    Batch batch;
    batch.elapsed_ms = 1'000;
    for (int s = 0; s < 5; ++s) batch.baseline_groups[s] = {160, random.binomial(160, 1e-3), 0};
    for (int c = 0; c < 8; ++c) batch.baseline_groups[5 + c] = {100, random.binomial(100, 1e-3), 0};
    if (i % 300 < 30) {
      for (int s = 0; s < 5; ++s) ++batch.baseline_groups[s].errors;
      batch.baseline_groups[5 + 3].errors += 5;
    }
    by_both.learn(batch);
    by_server.learn(batch);
  }
  CHECK(by_server.value() == 1);
  CHECK(by_both.value() > 10);
}

TEST_CASE("design effect: the sums, on numbers by hand") {
  DesignEffect effect({.baseline_groups = 2}, &Counts::errors, 60'000, {});
  Batch batch;
  batch.baseline_groups[0] = {100, 10, 0};
  batch.baseline_groups[1] = {100, 0, 0};
  batch.baseline = {200, 10, 0};
  batch.elapsed_ms = 1'000;
  effect.learn(batch);
  // Five away from five expected, twice, over a variance of 100 * 0.05 * 0.95; one degree of
  // freedom.
  const double chi_square = 2 * 25 / 4.75;
  CHECK(effect.dispersions()[0].spread == doctest::Approx(10 * chi_square));
  CHECK(effect.dispersions()[0].events == 10);
  CHECK(effect.dispersions()[0].variance == doctest::Approx(2.0 * 10 * 9));
}

TEST_CASE("design effect: without units it stays 1") {
  DesignEffect effect({}, &Counts::errors, 60'000, {});
  Batch batch;
  batch.baseline = {1'000, 500, 0};
  batch.baseline_groups[0] = batch.baseline;
  batch.elapsed_ms = 120'000;
  effect.learn(batch);
  CHECK(effect.value() == 1);
}

TEST_CASE("baseline units: put together to the canary's size, by numbers of requests alone") {
  std::array<Counts, kUnitsMax> groups{};
  for (int s = 0; s < 8; ++s) groups[s] = {100, s, 2 * s};
  CHECK(baseline_units(std::span(groups).first(8), 0).number == 8);
  CHECK(baseline_units(std::span(groups).first(8), 125).number == 8);
  CHECK(baseline_units(std::span(groups).first(8), 126).number == 4);
  const BaselineUnits three = baseline_units(std::span(groups).first(7), 200);
  CHECK(three.number == 3);
  CHECK(three.each[2] == Counts{300, 15, 30});
  CHECK(baseline_units(std::span(groups).first(8), 5'000).number == 1);
  groups[3] = {};
  CHECK(baseline_units(std::span(groups).first(8), 0).number == 7);
  CHECK(baseline_units(std::span<const Counts>(), 10).number == 0);
}

}  // namespace
}  // namespace sluice::judge
