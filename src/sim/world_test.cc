#include "sim/world.h"

#include <cmath>

#include <doctest/doctest.h>

namespace sluice::sim {
namespace {

struct Sums {
  Counts canary;
  Counts baseline;
  // Of the baseline's units, in blocks of a minute: variance of errors over their mean.
  double dispersion = 0;
};

Sums hours(const ServiceModel& service, int runs, double share = 0.05) {
  Sums sums;
  double squares = 0;
  double blocks = 0;
  double errors = 0;
  for (int run = 0; run < runs; ++run) {
    World world(service, static_cast<std::uint64_t>(run));
    std::array<std::int64_t, kBaselineUnits> block{};
    for (int second = 1; second <= 3'600; ++second) {
      const Counted tick = world.tick(share, kSecondMs);
      if (!tick.seen) continue;
      sums.canary.requests += tick.canary.requests;
      sums.canary.errors += tick.canary.errors;
      sums.baseline.requests += tick.baseline.requests;
      sums.baseline.errors += tick.baseline.errors;
      for (std::size_t i = 0; i < block.size(); ++i) block[i] += tick.baseline_units[i].errors;
      if (second % 60 != 0) continue;
      for (std::int64_t& k : block) {
        squares += static_cast<double>(k) * static_cast<double>(k);
        errors += static_cast<double>(k);
        blocks += 1;
        k = 0;
      }
    }
  }
  const double mean = errors / blocks;
  sums.dispersion = (squares / blocks - mean * mean) / mean;
  return sums;
}

double rate(const Counts& counts) {
  return static_cast<double>(counts.errors) / static_cast<double>(counts.requests);
}

TEST_CASE("world: one seed gives one history, another seed another") {
  const ServiceModel service{.trouble = find_trouble("clusters10")};
  World one(service, 7);
  World same(service, 7);
  World other(service, 8);
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const Counted counted = one.tick(0.05, kSecondMs);
    CHECK(counted.canary_hosts == same.tick(0.05, kSecondMs).canary_hosts);
    differs = differs || !(counted.canary_hosts == other.tick(0.05, kSecondMs).canary_hosts);
  }
  CHECK(differs);
}

TEST_CASE("world: traffic is divided by the share, and units add up to their arm") {
  World world({.requests_per_second = 1'000}, 1);
  std::int64_t canary = 0;
  std::int64_t baseline = 0;
  for (int i = 0; i < 100; ++i) {
    const Counted tick = world.tick(0.2, kSecondMs);
    std::int64_t hosts = 0;
    for (const Counts& host : tick.canary_hosts) hosts += host.requests;
    CHECK(hosts == tick.canary.requests);
    canary += tick.canary.requests;
    baseline += tick.baseline.requests;
  }
  CHECK(std::abs(canary - 20'000) < 1'000);
  CHECK(std::abs(baseline - 80'000) < 2'000);
}

TEST_CASE("world: a release is as bad as was asked, from its onset on") {
  World world({.error_rate = 0, .canary_error_rate = 0.5, .onset_ms = 10 * kSecondMs}, 1);
  for (int i = 0; i < 5; ++i) CHECK(world.tick(0, kSecondMs).canary.requests == 0);
  for (int i = 0; i < 10; ++i) CHECK(world.tick(0.05, kSecondMs).canary.errors == 0);
  CHECK(world.tick(0.05, kSecondMs).canary.errors > 5);
}

TEST_CASE("world: where trouble is shared, both arms fail equally often in the long run") {
  for (const Trouble& trouble : troubles()) {
    if (!trouble.shared) continue;
    INFO(trouble.name);
    const Sums sums = hours({.trouble = &trouble}, 12, 0.5);
    CHECK(rate(sums.baseline) > 3e-4);
    CHECK(std::fabs(std::log(rate(sums.canary) / rate(sums.baseline))) < 0.6);
  }
}

TEST_CASE("world: where harm follows the canary alone, it fails more often") {
  for (const Trouble& trouble : troubles()) {
    if (trouble.shared) continue;
    INFO(trouble.name);
    World world({.trouble = &trouble}, 1);
    Counts canary;
    Counts baseline;
    for (int i = 0; i < 60; ++i) {
      const Counted tick = world.tick(0.5, kSecondMs);
      canary.requests += tick.canary.requests;
      canary.errors += tick.canary.errors;
      baseline.requests += tick.baseline.requests;
      baseline.errors += tick.baseline.errors;
    }
    CHECK(rate(canary) > 2 * rate(baseline));
  }
}

TEST_CASE("world: errors cluster in the baseline as much as the notes measured") {
  // The column of 60-s dispersions in statistics notes 4.4.
  CHECK(hours({}, 4).dispersion < 1.15);
  for (const auto& [name, low, high] : {std::tuple{"clusters3", 3.5, 6.0},
                                        {"clusters10", 14.0, 22.0},
                                        {"clusters30", 35.0, 60.0},
                                        {"badclient", 50.0, 150.0},
                                        {"blips", 7.0, 20.0}}) {
    INFO(name);
    const double dispersion = hours({.trouble = find_trouble(name)}, 6).dispersion;
    CHECK(dispersion > low);
    CHECK(dispersion < high);
  }
}

TEST_CASE("world: what a lost scrape had counted comes with the next one") {
  const Trouble* missing = find_trouble("missing");
  World world({.trouble = missing}, 1);
  std::int64_t told = 0;
  std::int64_t elapsed = 0;
  int lost = 0;
  for (int i = 0; i < 1'000; ++i) {
    const Counted tick = world.tick(0.05, kSecondMs);
    lost += tick.seen ? 0 : 1;
    if (!tick.seen) continue;
    told += tick.canary.requests;
    elapsed += tick.elapsed_ms;
  }
  CHECK(lost > 100);
  CHECK(std::abs(told - 50'000) < 1'500);
  CHECK(elapsed >= 990 * kSecondMs);
}

}  // namespace
}  // namespace sluice::sim
