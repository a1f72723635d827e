#include "bench/nulls.h"

#include <array>

#include <fmt/format.h>

#include "base/tick.h"
#include "bench/one_view.h"
#include "bench/summary.h"
#include "bench/workers.h"
#include "sim/random.h"
#include "sim/rollout.h"

namespace sluice::bench {
namespace {

constexpr std::uint64_t kTypeOneCell = 30'000;
constexpr std::uint64_t kSharedCell = 70'000;
constexpr std::uint64_t kFewCell = 90'000;
constexpr int kLongSeconds = 10 * 3'600;
constexpr std::int64_t kBatchMs = 10 * kSecondMs;

constexpr std::array<Harmless, 4> kHarmless{{{100, {1e-3, 1e-3}, 0},
                                             {1'000, {1e-4, 1e-4}, 0},
                                             {100, {6e-3, 1e-3}, 0.005},
                                             {100, {1.5e-2, 1e-2}, 0.005}}};

double share_at(const NullCase& one, int second) {
  if (!one.share_climbs) return kShare;
  return kShare + (0.5 - kShare) * static_cast<double>(second) / kHorizonSeconds;
}

bool falsely_rolled_back(const Harmless& law, std::uint64_t seed) {
  sim::World world({.requests_per_second = law.requests_per_second,
                    .error_rate = law.rates.baseline,
                    .canary_error_rate = law.rates.canary},
                   seed);
  judge::Judge judge(
      {.margin = law.margin, .alpha = kAlpha, .planned_ms = kHorizonSeconds * kSecondMs}, {});
  judge.add(sim::batch_of(world.tick(0, kMinuteMs)));
  for (int i = 0; i < kHorizonSeconds / 10; ++i) {
    judge.add(sim::batch_of(world.tick(kShare, kBatchMs)));
    if (judge.breached()) return true;
  }
  return false;
}

struct Setting {
  sim::Fleet fleet;
  int warm_up_seconds = kWarmUpSeconds;
  std::uint64_t cell = kSharedCell;
};

std::vector<SharedNull> run_in(const Setting& setting, const Effort& effort) {
  std::vector<NullCase> cases = troubled_nulls();
  std::erase_if(cases, [](const NullCase& one) { return !one.service.trouble->shared; });
  for (NullCase& one : cases) one.service.fleet = setting.fleet;
  const judge::Settings settings = sim::told_apart(fast(0), setting.fleet.units);
  const auto runs = static_cast<std::size_t>(effort.runs);
  std::vector<char> back(cases.size() * runs);
  for_each("shared nulls", back.size(), effort.threads, [&](std::size_t item) {
    const NullCase& one = cases[item / runs];
    const History history = history_of(
        one.service, sim::seed_of(kMaster, setting.cell + item / runs, item % runs),
        [&one](int second) { return share_at(one, second); }, setting.warm_up_seconds);
    back[item] = may_be_taken_back(settings, history) && sluice_decides(settings, history) ? 1 : 0;
  });
  std::vector<SharedNull> rows;
  for (const NullCase& one : cases) rows.push_back({one.service.trouble, 0});
  for (std::size_t item = 0; item < back.size(); ++item)
    rows[item / runs].rolled_back += back[item];
  return rows;
}

}  // namespace

std::vector<NullCase> troubled_nulls() {
  std::vector<NullCase> cases;
  for (const sim::Trouble& trouble : sim::troubles()) {
    cases.push_back({.name = std::string(trouble.name),
                     .service = {.trouble = &trouble},
                     .share_climbs = trouble.climbs_to != 1});
  }
  return cases;
}

std::vector<NullCase> independent_nulls() {
  std::vector<NullCase> cases;
  for (const auto& [error_rate, rate] : {std::pair{0.0, 1.0},
                                         {1e-3, 1.0},
                                         {1e-2, 1.0},
                                         {1e-4, 10.0},
                                         {1e-3, 10.0},
                                         {1e-2, 10.0},
                                         {1e-4, 100.0},
                                         {1e-3, 100.0},
                                         {1e-2, 100.0},
                                         {1e-2, 10'000.0}}) {
    cases.push_back({.name = fmt::format("{:g} at {:g} rps", error_rate, rate),
                     .service = {.requests_per_second = rate,
                                 .error_rate = error_rate,
                                 .canary_error_rate = error_rate}});
  }
  return cases;
}

NullResults run_nulls(std::vector<NullCase> cases, const std::vector<Method>& methods,
                      const Effort& effort, std::uint64_t first_cell) {
  NullResults results{.cases = std::move(cases), .runs = effort.runs};
  for (const Method& method : methods) results.methods.push_back(method.name);
  const auto runs = static_cast<std::size_t>(effort.runs);
  std::vector<std::vector<bool>> decided(results.cases.size() * runs);
  for_each("nulls", decided.size(), effort.threads, [&](std::size_t item) {
    const NullCase& one = results.cases[item / runs];
    const History history =
        history_of(one.service, sim::seed_of(kMaster, first_cell + item / runs, item % runs),
                   [&one](int second) { return share_at(one, second); });
    for (const Method& method : methods)
      decided[item].push_back(method.decide(history).has_value());
  });
  results.rolled_back.assign(results.cases.size(), std::vector<int>(methods.size()));
  for (std::size_t item = 0; item < decided.size(); ++item) {
    for (std::size_t m = 0; m < methods.size(); ++m) {
      results.rolled_back[item / runs][m] += decided[item][m] ? 1 : 0;
    }
  }
  return results;
}

std::vector<SharedNull> run_shared_nulls(const Effort& effort) { return run_in({}, effort); }

FewProcesses run_few_processes(const Effort& effort) {
  return {run_in({sim::kFiveBesideFive, kWarmUpSeconds, kFewCell}, effort),
          run_in({sim::kFiveBesideFive, kLongSeconds, kFewCell}, effort)};
}

std::string few_processes_table(const FewProcesses& rows, int runs) {
  std::string out = "| null | after ten minutes | after ten hours |\n|---|---|---|\n";
  for (std::size_t i = 0; i < rows.at_first.size(); ++i) {
    out += fmt::format("| {} | {} | {} |\n", rows.at_first[i].trouble->name,
                       share_text(rows.at_first[i].rolled_back, runs),
                       share_text(rows.later[i].rolled_back, runs));
  }
  return out;
}

double bar_of(const sim::Trouble& trouble) { return trouble.name == "badhost" ? 0.01 : 0.001; }

std::string shared_null_table(const std::vector<SharedNull>& rows, int runs) {
  std::string out =
      "| null | rolled back | of | % | 95 % limits, % | bar, % | "
      "|\n|---|---|---|---|---|---|---|\n";
  for (const SharedNull& row : rows) {
    const Limits limits = clopper_pearson(row.rolled_back, runs);
    const double part = static_cast<double>(row.rolled_back) / runs;
    const double bar = bar_of(*row.trouble);
    out += fmt::format("| {} | {} | {} | {:.3g} | {:.2g} to {:.3g} | {:g} | {} |\n",
                       row.trouble->name, row.rolled_back, runs, 100 * part, 100 * limits.low,
                       100 * limits.high, 100 * bar,
                       part > bar ? "over" : (limits.high > bar ? "under" : "surely under"));
  }
  return out;
}

std::string null_table(const NullResults& results, std::size_t with_limits) {
  std::string out = "| null |";
  std::string rule = "|---|";
  for (const std::string& method : results.methods) {
    out += " " + method + " |";
    rule += "---|";
  }
  out += "\n" + rule + "\n";
  for (std::size_t i = 0; i < results.cases.size(); ++i) {
    const NullCase& one = results.cases[i];
    const bool alone = one.service.trouble != nullptr && !one.service.trouble->shared;
    out += fmt::format("| {}{} |", one.name, alone ? " (canary alone)" : "");
    for (std::size_t m = 0; m < results.methods.size(); ++m) {
      const int hits = results.rolled_back[i][m];
      out += " " +
             (m < with_limits ? share_text(hits, results.runs)
                              : percent(static_cast<double>(hits) / results.runs)) +
             " |";
    }
    out += "\n";
  }
  return out;
}

int false_rollbacks(const Harmless& law, const Effort& effort, std::uint64_t cell) {
  std::vector<char> breached(static_cast<std::size_t>(effort.runs));
  for_each("type I", breached.size(), effort.threads, [&](std::size_t run) {
    const std::uint64_t seed = sim::seed_of(kMaster, kTypeOneCell + cell, run);
    breached[run] = falsely_rolled_back(law, seed) ? 1 : 0;
  });
  return static_cast<int>(std::ranges::count(breached, 1));
}

std::string type_one_table(const Effort& effort) {
  std::string out =
      "| canary, baseline | margin | rps | rolled back | of | 95 % limits, % |\n"
      "|---|---|---|---|---|---|\n";
  for (std::size_t i = 0; i < kHarmless.size(); ++i) {
    const Harmless& law = kHarmless[i];
    const int hits = false_rollbacks(law, effort, i);
    const Limits limits = clopper_pearson(hits, effort.runs);
    out += fmt::format("| {:g}, {:g} | {:g} | {:g} | {} | {} | {:.3g} to {:.3g} |\n",
                       law.rates.canary, law.rates.baseline, law.margin, law.requests_per_second,
                       hits, effort.runs, 100 * limits.low, 100 * limits.high);
  }
  return out;
}

}  // namespace sluice::bench
