#include "judge/gauge_evidence.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "testing/seeded_random.h"

namespace sluice::judge {
namespace {

using testing::SeededRandom;

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kTwoHours = 120 * kMinute;

// Every order of so many processes is as likely as any other: the mean of what it pays.
std::array<double, kRankSlopes> mean_payoffs(std::vector<double> values, std::size_t canary) {
  std::ranges::sort(values);
  std::array<double, kRankSlopes> sum{};
  std::int64_t orders = 0;
  std::vector<bool> mine(values.size());
  std::fill(mine.begin(), mine.begin() + static_cast<std::ptrdiff_t>(canary), true);
  do {
    std::vector<double> first;
    std::vector<double> second;
    for (std::size_t i = 0; i < values.size(); ++i) (mine[i] ? first : second).push_back(values[i]);
    const auto payoffs = rank_payoffs(first, second);
    for (std::size_t i = 0; i < kRankSlopes; ++i) sum[i] += payoffs[i];
    ++orders;
  } while (std::prev_permutation(mine.begin(), mine.end()));
  for (double& one : sum) one /= static_cast<double>(orders);
  return sum;
}

TEST_CASE("ranks: every slope pays 1 on average over all orders, ties or none") {
  const std::vector<std::vector<double>> all{
      {1, 2, 3, 4, 5, 6, 7}, {0, 0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 3, 3, 9}, {1, 1, 2, 2, 3, 3, 3}};
  for (const std::vector<double>& values : all) {
    for (const std::size_t canary : {1, 2}) {
      for (const double mean : mean_payoffs(values, canary)) {
        CHECK(mean == doctest::Approx(1).epsilon(1e-12));
      }
    }
    // What no sample may pay alone is given away.
    for (const double mean : mean_payoffs(values, 3)) CHECK(mean <= 1 + 1e-12);
  }
}

TEST_CASE("ranks: with one process in the canary they are those of the notes") {
  const std::array<double, 4> baseline{1, 2, 3, 4};
  for (int worse = 0; worse <= 4; ++worse) {
    const std::array<double, 1> canary{4.5 - worse};
    double all = 0;
    for (int rank = 0; rank <= 4; ++rank) all += std::exp(-0.5 * rank);
    CHECK(rank_payoffs(canary, baseline)[2] ==
          doctest::Approx(0.02 + 0.98 * 5 * std::exp(-0.5 * worse) / all).epsilon(1e-12));
  }
}

TEST_CASE("ranks: as many processes as there may be, and no sample pays more than fifty") {
  std::vector<double> low(kGaugeUnitsMost, 1);
  std::vector<double> high(kGaugeUnitsMost, 2);
  for (const double payoff : rank_payoffs(high, low)) CHECK(payoff == kRankPayoffMost);
  for (const double payoff : rank_payoffs(low, high)) CHECK(payoff == doctest::Approx(0.02));
  for (const double payoff : rank_payoffs(low, low)) CHECK(payoff == doctest::Approx(1));
}

TEST_CASE(
    "rank persistence: 1 for what is new in every sample, as many samples as there were for "
    "what never changes") {
  SeededRandom random(3);
  RankPersistence fresh;
  RankPersistence lasting;
  RankPersistence alike;
  for (int i = 0; i < 200; ++i) {
    std::array<double, 20> units{};
    for (double& unit : units) unit = random.unit();
    fresh.add(units);
    lasting.add(std::array<double, 4>{4, 9, 1, 6});
    alike.add(std::array<double, 4>{0, 0, 0, 0});
  }
  CHECK(fresh.value() < 2);
  CHECK(lasting.value() >= 200);
  CHECK(alike.value() == 1);
}

// Processes that are all alike but for what a null says of them. Standard deviations are 1.
enum class Null : std::uint8_t { fresh, heavy_tailed, drifting, tied, wandering, apart };
constexpr std::array kNulls{Null::fresh, Null::heavy_tailed, Null::drifting,
                            Null::tied,  Null::wandering,    Null::apart};

double normal(SeededRandom& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += random.unit();
  return sum;
}

class Processes {
 public:
  Processes(Null null, std::size_t number, std::uint64_t seed) : null_(null), random_(seed) {
    own_.resize(number);
    for (double& one : own_) one = normal(random_);
  }

  std::vector<double> sample() {
    together_ += normal(random_);
    std::vector<double> values;
    for (double& own : own_) {
      if (null_ == Null::wandering) own = 0.9 * own + std::sqrt(0.19) * normal(random_);
      const double now = normal(random_);
      switch (null_) {
        case Null::fresh: values.push_back(now); break;
        case Null::heavy_tailed: values.push_back(now / normal(random_)); break;
        case Null::drifting: values.push_back(now + together_); break;
        case Null::tied: values.push_back(std::max(0.0, std::floor(3 * now - 3))); break;
        case Null::wandering: values.push_back(own); break;
        case Null::apart: values.push_back(3 * own + now); break;
      }
    }
    return values;
  }

 private:
  Null null_;
  SeededRandom random_;
  std::vector<double> own_;
  double together_ = 0;
};

double most_within(int samples, Processes& processes, std::size_t canary, double shift) {
  GaugeEvidence evidence(kTwoHours);
  double most = 0;
  for (int i = 0; i < samples; ++i) {
    std::vector<double> values = processes.sample();
    for (std::size_t c = 0; c < canary; ++c) values[c] += shift;
    evidence.add(std::span(values).first(canary), std::span(values).subspan(canary), kMinute);
    most = std::max(most, evidence.ln_worth());
  }
  return most;
}

TEST_CASE(
    "gauge evidence: where all processes are alike, odds of 20 to 1 are as rare as they say") {
  constexpr int kRuns = 60;
  for (const Null null : kNulls) {
    for (const std::size_t canary : {1, 2, 5}) {
      for (const std::size_t baseline : {3, 5, 19}) {
        CAPTURE(null);
        CAPTURE(canary);
        CAPTURE(baseline);
        int reached = 0;
        for (int run = 0; run < kRuns; ++run) {
          Processes processes(null, canary + baseline, 1'000 + static_cast<std::uint64_t>(run));
          reached += most_within(60, processes, canary, 0) >= std::log(20) ? 1 : 0;
        }
        CHECK(reached <= 9);  // 3 expected at most; more by chance in 3 of 1,000
      }
    }
  }
}

int samples_until(double ln_line, std::size_t canary, std::size_t baseline, double shift) {
  int all = 0;
  for (std::uint64_t run = 0; run < 10; ++run) {
    Processes processes(Null::fresh, canary + baseline, 50 + run);
    GaugeEvidence evidence(kTwoHours);
    for (int i = 0; i < 300 && evidence.ln_worth() < ln_line; ++i, ++all) {
      std::vector<double> values = processes.sample();
      for (std::size_t c = 0; c < canary; ++c) values[c] += shift;
      evidence.add(std::span(values).first(canary), std::span(values).subspan(canary), kMinute);
    }
  }
  return all / 10;
}

TEST_CASE("gauge evidence: a worse canary is found, sooner with more processes to compare") {
  const double ln_line = std::log(20'000);
  CHECK(samples_until(ln_line, 5, 5, 50) <= 8);
  CHECK(samples_until(ln_line, 5, 19, 50) <= 5);
  CHECK(samples_until(ln_line, 5, 19, 50) >= 3);  // no one or two samples suffice
  CHECK(samples_until(ln_line, 1, 5, 50) <= 20);
  CHECK(samples_until(ln_line, 5, 5, 3) <= 12);
  CHECK(samples_until(ln_line, 5, 19, 1) <= 25);
}

TEST_CASE("gauge evidence: one bad process of several decides nothing, three of five do") {
  int found = 0;
  for (const std::size_t bad : {1, 3}) {
    GaugeEvidence evidence(kTwoHours);
    Processes processes(Null::fresh, 10, 7);
    for (int i = 0; i < 240; ++i) {
      std::vector<double> values = processes.sample();
      for (std::size_t c = 0; c < bad; ++c) values[c] += 50;
      evidence.add(std::span(values).first(5), std::span(values).subspan(5), kMinute);
    }
    if (bad == 1) CHECK(evidence.ln_worth() < std::log(20));
    found += evidence.ln_worth() >= std::log(200) ? 1 : 0;
  }
  CHECK(found == 1);
}

TEST_CASE(
    "gauge evidence: where the baseline's processes differ for good, the highest says little") {
  GaugeEvidence evidence(kTwoHours);
  for (int i = 0; i < 500; ++i) {
    evidence.add(std::array<double, 2>{90, 95}, std::array<double, 5>{10, 20, 30, 40, 50}, kMinute);
  }
  CHECK(evidence.ln_worth() < std::log(20));
  CHECK(evidence.persistence() > 400);
}

TEST_CASE("gauge evidence: with too few processes nothing happens, and what was seen stays") {
  GaugeEvidence evidence(kTwoHours);
  evidence.add({}, std::array<double, 3>{1, 2, 3}, kMinute);
  evidence.add(std::array<double, 1>{9}, std::array<double, 2>{1, 2}, kMinute);
  CHECK(evidence.ln_worth() == doctest::Approx(0));
  for (int i = 0; i < 4; ++i) {
    const double turn = i;
    evidence.add(std::array<double, 1>{99},
                 std::array<double, 4>{turn, 3 - turn, turn * turn, 9 - 3 * turn}, kMinute);
  }
  const double before = evidence.ln_worth();
  CHECK(before > 0);
  evidence.add(std::array<double, 1>{9}, std::array<double, 2>{1, 2}, kMinute);
  CHECK(evidence.ln_worth() == before);
}

TEST_CASE(
    "gauge evidence: other processes than before go on from the least, and forget nothing "
    "that lasts") {
  GaugeEvidence evidence(kTwoHours);
  for (int i = 0; i < 30; ++i) {
    evidence.add(std::array<double, 2>{90, 95}, std::array<double, 4>{10, 20, 30, 40}, kMinute);
  }
  const double before = evidence.ln_worth();
  const double persistence = evidence.persistence();
  evidence.add(std::array<double, 3>{90, 95, 92}, std::array<double, 5>{10, 20, 30, 40, 50},
               kMinute);
  CHECK(evidence.persistence() == persistence);
  CHECK(evidence.ln_worth() < before + std::log(kRankPayoffMost) / persistence + 1e-9);
}

}  // namespace
}  // namespace sluice::judge
