#include "bench/harm.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "bench/summary.h"
#include "bench/workers.h"
#include "judge/bound.h"
#include "sim/random.h"

namespace sluice::bench {
namespace {

// What one run came to, for each method.
struct Outcome {
  bool rolled_back = false;
  double requests = 0;
  double failed = 0;
  double seconds = 0;
};

Outcome outcome_of(const History& history, sim::RolledBack decision) {
  Outcome out{.rolled_back = decision.has_value()};
  const auto until =
      static_cast<std::size_t>(decision.value_or(static_cast<int>(history.seconds.size())));
  for (std::size_t i = 0; i < until; ++i) {
    out.requests += static_cast<double>(history.seconds[i].canary.requests);
    out.failed += static_cast<double>(history.seconds[i].canary.errors);
  }
  out.seconds = static_cast<double>(until);
  return out;
}

// A decision after nothing had been sent harmed nobody; for a logarithm that is one request.
double harmed(const Harm& harm) { return std::max(mean_of(harm.requests), 1.0); }

std::string cell_name(const Cell& cell) {
  return fmt::format("{:g} | {} | {:g}", cell.error_rate, cell.change.name,
                     cell.requests_per_second);
}

std::string median_text(const Harm& harm, const Cell& cell, double margin) {
  const int runs = static_cast<int>(harm.requests.size());
  if (cell.truth().canary <= cell.error_rate + margin) {
    return harm.rolled_back == 0 ? "ok" : fmt::format("ok, {} back", harm.rolled_back);
  }
  if (2 * harm.rolled_back < runs) {
    return fmt::format("miss ({})", percent(static_cast<double>(harm.rolled_back) / runs));
  }
  return short_number(quantile_of(harm.requests, 0.5));
}

}  // namespace

HarmGrid run_grid(std::vector<Cell> cells, std::vector<Method> methods, const Effort& effort) {
  HarmGrid grid{std::move(cells), std::move(methods), {}};
  const auto runs = static_cast<std::size_t>(effort.runs);
  std::vector<std::vector<Outcome>> outcomes(grid.cells.size() * runs);
  for_each("harm", outcomes.size(), effort.threads, [&](std::size_t item) {
    const std::size_t at = item / runs;
    const Cell& cell = grid.cells[at];
    const History history = history_of({.requests_per_second = cell.requests_per_second,
                                        .error_rate = cell.error_rate,
                                        .canary_error_rate = cell.truth().canary},
                                       sim::seed_of(kMaster, at, item % runs));
    for (const Method& method : grid.methods) {
      outcomes[item].push_back(outcome_of(history, method.decide(history)));
    }
  });
  grid.harm.assign(grid.cells.size(), std::vector<Harm>(grid.methods.size()));
  for (std::size_t item = 0; item < outcomes.size(); ++item) {
    for (std::size_t m = 0; m < grid.methods.size(); ++m) {
      const Outcome& outcome = outcomes[item][m];
      Harm& harm = grid.harm[item / runs][m];
      harm.rolled_back += outcome.rolled_back ? 1 : 0;
      harm.requests.push_back(outcome.requests);
      harm.failed.push_back(outcome.failed);
      harm.seconds.push_back(outcome.seconds);
    }
  }
  return grid;
}

double bound_of(const Cell& cell, double margin) {
  return judge::requests_to_find(cell.truth(), margin, kShare, kAlpha);
}

double operating_bound_of(const Cell& cell, double margin) {
  return std::max(bound_of(cell, margin), kShare * cell.requests_per_second / 2);
}

bool decidable(const Cell& cell, double margin) {
  return 3 * bound_of(cell, margin) <= kShare * cell.requests_per_second * kHorizonSeconds;
}

std::string grid_table(const HarmGrid& grid, std::size_t methods) {
  std::string out = "| p_b | change | rps | N* δ=0 | N* δ=0.5 % |";
  std::string rule = "|---|---|---|---|---|";
  for (std::size_t m = 0; m < methods; ++m) {
    out += " " + grid.methods[m].name + " |";
    rule += "---|";
  }
  out += "\n" + rule + "\n";
  for (std::size_t i = 0; i < grid.cells.size(); ++i) {
    const Cell& cell = grid.cells[i];
    out += fmt::format("| {} | {} | {} |", cell_name(cell), short_number(bound_of(cell, 0)),
                       short_number(bound_of(cell, 0.005)));
    for (std::size_t m = 0; m < methods; ++m) {
      out += " " + median_text(grid.harm[i][m], cell, grid.methods[m].margin) + " |";
    }
    out += "\n";
  }
  return out;
}

std::string ratio_table(const HarmGrid& grid) {
  std::string out =
      "| method | cells | found in ≥ 95 % | mean harmed ÷ N* | ÷ N*, tick does not bind | ÷ N*_op "
      "| "
      "÷ N*, severe |\n|---|---|---|---|---|---|---|\n";
  for (std::size_t m = 0; m < grid.methods.size(); ++m) {
    const double margin = grid.methods[m].margin;
    std::vector<double> all;
    std::vector<double> free;
    std::vector<double> operating;
    std::vector<double> severe;
    int found = 0;
    for (std::size_t i = 0; i < grid.cells.size(); ++i) {
      const Cell& cell = grid.cells[i];
      const Harm& harm = grid.harm[i][m];
      if (!decidable(cell, margin)) continue;
      found += 20 * harm.rolled_back >= 19 * static_cast<int>(harm.requests.size()) ? 1 : 0;
      const double ratio = harmed(harm) / bound_of(cell, margin);
      all.push_back(ratio);
      operating.push_back(harmed(harm) / operating_bound_of(cell, margin));
      if (cell.change.severe() && cell.requests_per_second >= 10) severe.push_back(ratio);
      // A second brings less than a third of the bound.
      if (3 * kShare * cell.requests_per_second <= bound_of(cell, margin)) free.push_back(ratio);
    }
    out +=
        fmt::format("| {} | {} | {} | {:.2f} | {:.2f} ({}) | {:.2f} | {} |\n", grid.methods[m].name,
                    all.size(), found, geometric_mean_of(all), geometric_mean_of(free), free.size(),
                    geometric_mean_of(operating), short_number(geometric_mean_of(severe)));
  }
  return out;
}

std::string cell_list(const HarmGrid& grid, double margin) {
  std::string out;
  for (const Cell& cell : grid.cells) {
    if (!decidable(cell, margin)) continue;
    if (!out.empty()) out += "; ";
    out += fmt::format("{:g} {} {:g}", cell.error_rate, cell.change.name, cell.requests_per_second);
  }
  return out + "\n";
}

}  // namespace sluice::bench
