#include "bench/efficiency.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/tick.h"
#include "bench/summary.h"
#include "bench/workers.h"
#include "judge/bound.h"
#include "judge/exp_log.h"
#include "sim/random.h"

namespace sluice::bench {
namespace {

constexpr std::uint64_t kProblemCell = 40'000;
constexpr std::uint64_t kLateCell = 50'000;
constexpr std::uint64_t kPromotionCell = 60'000;
constexpr double kGivenUp = 40;  // times the bound
constexpr std::int64_t kRequestMs = 20;
constexpr double kAlphaPromotion = 0.05;
constexpr int kOnsetSeconds = 1'800;

struct Needed {
  double error_rate = 0;
  double decided = 0;
};

// One canary request a batch, with the baseline's requests that came before it.
judge::Batch next_request(const judge::Rates& truth, sim::Random& random) {
  judge::Batch batch;
  batch.baseline.requests = random.geometric(1 / kShare) - 1;
  batch.baseline.errors = random.binomial(batch.baseline.requests, truth.baseline);
  batch.canary = {1, random.chance(truth.canary) ? 1 : 0, 0};
  batch.elapsed_ms = kRequestMs;
  return batch;
}

Counts warm(const judge::Rates& truth, std::int64_t requests, sim::Random& random) {
  return {requests, random.binomial(requests, truth.baseline), 0};
}

Needed requests_needed(const Problem& problem, double bound, std::uint64_t seed) {
  sim::Random random(seed);
  const judge::Rates truth = problem.truth();
  judge::Judge judge({.margin = problem.margin, .alpha = kAlpha},
                     warm(truth, 57'000, random));  // a minute at 1,000 requests a second
  Needed needed;
  for (double n = 1; needed.decided == 0 && n <= kGivenUp * bound + 100; ++n) {
    judge.add(next_request(truth, random));
    const judge::Finding finding = judge.finding();
    if (needed.error_rate == 0 && finding.ln_harm_error >= finding.ln_harm_line) {
      needed.error_rate = n;
    }
    if (finding.breached) needed.decided = n;
  }
  const double most = kGivenUp * bound + 100;
  if (needed.error_rate == 0) needed.error_rate = most;
  if (needed.decided == 0) needed.decided = most;
  return needed;
}

double bound_of(const Problem& problem) {
  return judge::requests_to_find(problem.truth(), problem.margin, kShare, kAlpha);
}

struct LateRun {
  bool found = false;
  double requests = 0;
};

LateRun late_run(const Change& change, double margin, std::uint64_t seed) {
  constexpr double kErrorRate = 1e-3;
  const History history = history_of({.error_rate = kErrorRate,
                                      .canary_error_rate = change.of(kErrorRate),
                                      .onset_ms = kOnsetSeconds * kSecondMs},
                                     seed);
  const sim::RolledBack back = sluice_decides(
      {.margin = margin, .alpha = kAlpha, .planned_ms = kHorizonSeconds * kSecondMs}, history);
  LateRun run{.found = back.has_value()};
  for (int i = kOnsetSeconds; i < back.value_or(kHorizonSeconds); ++i) {
    run.requests +=
        static_cast<double>(history.seconds[static_cast<std::size_t>(i)].canary.requests);
  }
  return run;
}

// Canary requests until promotion by the error rate; `most` where it does not come.
double requests_to_promotion(const judge::Rates& truth, double margin, double most,
                             std::uint64_t seed) {
  sim::Random random(seed);
  judge::Judge judge({.margin = margin, .alpha = kAlpha}, warm(truth, 50'000, random));
  judge.enter_stage(true, kAlphaPromotion);
  for (double n = 10; n <= most; n += 10) {
    judge.add({.canary = {10, random.binomial(10, truth.canary), 0},
               .baseline = {190, random.binomial(190, truth.baseline), 0},
               .elapsed_ms = 200});
    const judge::Finding finding = judge.finding();
    if (finding.ln_promote_error >= finding.ln_promote_line) return n;
  }
  return most;
}

}  // namespace

std::vector<Ratio> run_problems(const std::vector<Problem>& problems, const Effort& effort) {
  const auto runs = static_cast<std::size_t>(effort.runs);
  std::vector<Needed> needed(problems.size() * runs);
  for_each("efficiency", needed.size(), effort.threads, [&](std::size_t item) {
    const std::size_t at = item / runs;
    needed[item] = requests_needed(problems[at], bound_of(problems[at]),
                                   sim::seed_of(kMaster, kProblemCell + at, item % runs));
  });
  std::vector<Ratio> ratios(problems.size());
  for (std::size_t item = 0; item < needed.size(); ++item) {
    const double whole = static_cast<double>(runs) * bound_of(problems[item / runs]);
    ratios[item / runs].error_rate += needed[item].error_rate / whole;
    ratios[item / runs].decided += needed[item].decided / whole;
  }
  return ratios;
}

std::string efficiency_table(const std::vector<Problem>& problems,
                             const std::vector<Ratio>& ratios) {
  std::string out =
      "| p_b | change | δ | N* | error rate alone: mean ÷ N* | as decided, over both metrics |\n"
      "|---|---|---|---|---|---|\n";
  std::vector<double> alone;
  std::vector<double> decided;
  for (std::size_t i = 0; i < problems.size(); ++i) {
    const Problem& problem = problems[i];
    out += fmt::format("| {:g} | {} | {:g} | {} | {:.2f} | {:.2f} |\n", problem.error_rate,
                       problem.change.name, problem.margin, short_number(bound_of(problem)),
                       ratios[i].error_rate, ratios[i].decided);
    alone.push_back(ratios[i].error_rate);
    decided.push_back(ratios[i].decided);
  }
  return out + fmt::format(
                   "| geometric mean | {} problems | | | **{:.2f}** | **{:.2f}** |\n"
                   "| largest | | | | {:.2f} | {:.2f} |\n",
                   problems.size(), geometric_mean_of(alone), geometric_mean_of(decided),
                   *std::ranges::max_element(alone), *std::ranges::max_element(decided));
}

std::vector<Late> run_late(double margin, const Effort& effort) {
  constexpr std::array<Change, 3> kLate{{{"+1 %", 1, 0.01}, {"+5 %", 1, 0.05}, {"100 %", 1, 1}}};
  const auto runs = static_cast<std::size_t>(effort.runs);
  std::vector<LateRun> done(kLate.size() * runs);
  for_each("late onset", done.size(), effort.threads, [&](std::size_t item) {
    const std::size_t at = item / runs;
    done[item] = late_run(kLate[at], margin, sim::seed_of(kMaster, kLateCell + at, item % runs));
  });
  std::vector<Late> rows;
  for (const Change& change : kLate) {
    rows.push_back(
        {change, 0, judge::requests_to_find({change.of(1e-3), 1e-3}, margin, kShare, kAlpha), 0});
  }
  for (std::size_t item = 0; item < done.size(); ++item) {
    rows[item / runs].mean_requests += done[item].requests / static_cast<double>(runs);
    rows[item / runs].found += done[item].found ? 1 : 0;
  }
  return rows;
}

std::string late_table(const std::vector<Late>& rows, const Effort& effort) {
  std::string out =
      "| change | N* | mean harmed after the onset | ÷ N* | found, of |\n|---|---|---|---|---|\n";
  for (const Late& row : rows) {
    out += fmt::format("| {} | {} | {} | {:.2f} | {} of {} |\n", row.change.name,
                       short_number(row.bound), short_number(row.mean_requests),
                       row.mean_requests / row.bound, row.found, effort.runs);
  }
  return out;
}

std::vector<Promotion> run_promotions(const Effort& effort) {
  std::vector<Promotion> rows;
  for (const double margin : {0.005, 0.01}) {
    for (const double error_rate : {0.0, 1e-3, 1e-2}) {
      rows.push_back(
          {error_rate, margin, 0,
           judge::requests_to_clear({error_rate, error_rate}, margin, kShare, kAlphaPromotion), 0});
    }
  }
  struct Run {
    double requests = 0;
    bool falsely = false;
  };
  const auto runs = static_cast<std::size_t>(effort.runs);
  std::vector<Run> done(rows.size() * runs);
  for_each("promotion", done.size(), effort.threads, [&](std::size_t item) {
    const Promotion& row = rows[item / runs];
    const std::uint64_t seed = sim::seed_of(kMaster, kPromotionCell + item / runs, item % runs);
    const double most = 20 * row.bound;
    const judge::Rates worse{row.error_rate + row.margin, row.error_rate};
    done[item] = {requests_to_promotion({row.error_rate, row.error_rate}, row.margin, most, seed),
                  requests_to_promotion(worse, row.margin, most, seed) < most};
  });
  for (std::size_t item = 0; item < done.size(); ++item) {
    rows[item / runs].mean_requests += done[item].requests / static_cast<double>(runs);
    rows[item / runs].falsely += done[item].falsely ? 1 : 0;
  }
  return rows;
}

std::string promotion_table(const std::vector<Promotion>& rows, const Effort& effort) {
  std::string out =
      "| p | δ | N* | mean requests | ÷ N* | falsely promoted on the margin, % (limits) |\n"
      "|---|---|---|---|---|---|\n";
  for (const Promotion& row : rows) {
    out += fmt::format("| {:g} | {:g} | {} | {} | {:.2f} | {} |\n", row.error_rate, row.margin,
                       short_number(row.bound), short_number(row.mean_requests),
                       row.mean_requests / row.bound, share_text(row.falsely, effort.runs));
  }
  return out;
}

}  // namespace sluice::bench
