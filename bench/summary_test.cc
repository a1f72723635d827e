#include "bench/summary.h"

#include <cmath>

#include <doctest/doctest.h>

#include "bench/harm.h"
#include "bench/nulls.h"
#include "bench/workers.h"

namespace sluice::bench {
namespace {

TEST_CASE("summary: limits of a chance are those of Clopper and Pearson") {
  CHECK(std::fabs(clopper_pearson(0, 1'000).high - 0.0036821) < 1e-6);  // 1 - 0.025^(1/1000)
  CHECK(clopper_pearson(0, 1'000).low == 0);
  CHECK(std::fabs(clopper_pearson(5, 100).low - 0.016432) < 1e-5);
  CHECK(std::fabs(clopper_pearson(5, 100).high - 0.112835) < 1e-5);
  CHECK(clopper_pearson(10, 10).high == 1);
  CHECK(std::fabs(clopper_pearson(10, 10).low - 0.691503) < 1e-5);
}

TEST_CASE("summary: thresholds of the gates are those of the notes") {
  CHECK(hits_allowed(100'000, 1e-3) == 151);
  CHECK(hits_allowed(20'000, 1e-3) == 45);
  CHECK(hits_allowed(1'000, 0.01) == 28);
  CHECK(hits_allowed(1'000, 0.02) == 44);
}

TEST_CASE("summary: means and quantiles of few values") {
  CHECK(mean_of({1, 2, 6}) == 3);
  CHECK(quantile_of({5, 1, 3}, 0.5) == 3);
  CHECK(quantile_of({5, 1, 3}, 0.95) == 5);
  CHECK(std::fabs(geometric_mean_of({1, 4, 16}) - 4) < 1e-12);
}

TEST_CASE("summary: numbers are short") {
  CHECK(short_number(4.23) == "4.2");
  CHECK(short_number(3'553) == "3553");
  CHECK(short_number(17'990) == "18k");
  CHECK(short_number(1'500'000) == "1.5M");
  CHECK(percent(0) == "0");
  CHECK(percent(0.003) == "0.3 %");
  CHECK(percent(0.73) == "73 %");
  CHECK(share_text(0, 300) == "0 (0 to 1.2)");
  CHECK(share_text(300, 300) == "100 % (99 to 100)");
}

TEST_CASE("scenarios: the grid has 110 cells, and there are the 39 problems of the notes") {
  CHECK(grid().size() == 110);
  CHECK(problems().size() == 39);
}

TEST_CASE("scenarios: bounds are those of the notes") {
  const Cell cell{.error_rate = 1e-3, .change = {"+5 %", 1, 0.05}, .requests_per_second = 1'000};
  CHECK(std::fabs(bound_of(cell, 0) - 60.6) < 0.1);
  CHECK(std::fabs(bound_of(cell, 0.005) - 109) < 1);
  CHECK(operating_bound_of({.error_rate = 0, .change = {"", 1, 1}, .requests_per_second = 1'000},
                           0) == 25);
  CHECK(decidable(cell, 0));
  CHECK_FALSE(
      decidable({.error_rate = 1e-3, .change = {"x2", 2, 0}, .requests_per_second = 10}, 0));
}

TEST_CASE("workers: every item is worked on once, on any number of threads") {
  for (const int threads : {1, 2, 5}) {
    std::vector<int> done(1'000);
    for_each("", done.size(), threads, [&](std::size_t item) { ++done[item]; });
    CHECK(std::ranges::count(done, 1) == 1'000);
  }
}

TEST_CASE("bench: tables are the same bytes on any number of threads") {
  const std::vector<Cell> cells{
      {.error_rate = 1e-3, .change = {"+5 %", 1, 0.05}, .requests_per_second = 100},
      {.error_rate = 1e-2, .change = {"100 %", 1, 1}, .requests_per_second = 1}};
  const auto table = [&](int threads) {
    return ratio_table(run_grid(cells, sluice_methods(0), {.runs = 5, .threads = threads}));
  };
  CHECK(table(1) == table(3));
}

TEST_CASE("bench: a run without a decision counts with its whole horizon") {
  const Method blind{"blind", 0, [](const History&) { return sim::RolledBack{}; }};
  const HarmGrid results =
      run_grid({{.error_rate = 0, .change = {"100 %", 1, 1}, .requests_per_second = 100}}, {blind},
               {.runs = 2});
  CHECK(results.harm[0][0].rolled_back == 0);
  CHECK(results.harm[0][0].seconds == std::vector<double>{3'600, 3'600});
  CHECK(std::fabs(mean_of(results.harm[0][0].requests) - 18'000) < 600);
  CHECK(results.harm[0][0].requests == results.harm[0][0].failed);
}

TEST_CASE("bench: a lost scrape is an empty second, and the judge hears of it with the next") {
  const History history = history_of({.trouble = sim::find_trouble("missing")}, 1);
  std::int64_t told = 0;
  int empty = 0;
  for (const sim::Second& second : history.seconds) {
    told += second.canary.requests;
    empty += second.canary.requests == 0 ? 1 : 0;
  }
  CHECK(empty > 500);
  CHECK(std::abs(told - 180'000) < 3'000);
}

}  // namespace
}  // namespace sluice::bench
