#include "bench/latency.h"

#include <array>
#include <limits>

#include <fmt/format.h>

#include "bench/summary.h"
#include "bench/workers.h"
#include "judge/bound.h"
#include "judge/exp_log.h"
#include "sim/random.h"

namespace sluice::bench {
namespace {

constexpr std::uint64_t kLatencyCell = 80'000;
constexpr double kAllowed = 0.01;
constexpr double kBaselineOver = 0.0017;

constexpr std::array<std::pair<std::string_view, double>, 6> kShifts{{{"none", kBaselineOver},
                                                                      {"x1.2", 0.0047},
                                                                      {"x1.5", 0.0143},
                                                                      {"x2", 0.048},
                                                                      {"x5", 0.50},
                                                                      {"10 % +1 s", 0.10}}};

double bound_of(double over_target) {
  if (over_target <= kAllowed) return std::numeric_limits<double>::infinity();
  return -judge::ln(kAlpha) / judge::kl(over_target, kAllowed);
}

struct Run {
  bool rolled_back = false;
  double requests = 0;
};

Run run_of(const History& history, sim::RolledBack back) {
  Run run{.rolled_back = back.has_value()};
  const int until = back.value_or(static_cast<int>(history.seconds.size()));
  for (int i = 0; i < until; ++i) {
    run.requests +=
        static_cast<double>(history.seconds[static_cast<std::size_t>(i)].canary.requests);
  }
  return run;
}

std::string text_of(const Harm& harm, double bound) {
  const int runs = static_cast<int>(harm.requests.size());
  if (bound > 1e18) return fmt::format("{} of {} taken back", harm.rolled_back, runs);
  if (2 * harm.rolled_back < runs) return fmt::format("miss ({} of {})", harm.rolled_back, runs);
  return short_number(quantile_of(harm.requests, 0.5));
}

}  // namespace

std::vector<LatencyRow> run_latency(const std::vector<Method>& methods, const Effort& effort) {
  std::vector<LatencyRow> rows;
  for (const double rate : {10.0, 1'000.0}) {
    for (const auto& [name, over] : kShifts) {
      rows.push_back({{name, over, rate}, bound_of(over), std::vector<Harm>(methods.size())});
    }
  }
  const auto runs = static_cast<std::size_t>(effort.runs);
  std::vector<std::vector<Run>> done(rows.size() * runs);
  for_each("latency", done.size(), effort.threads, [&](std::size_t item) {
    const std::size_t at = item / runs;
    const History history = history_of({.requests_per_second = rows[at].one.requests_per_second,
                                        .over_target = kBaselineOver,
                                        .canary_over_target = rows[at].one.over_target},
                                       sim::seed_of(kMaster, kLatencyCell + at, item % runs));
    for (const Method& method : methods) {
      done[item].push_back(run_of(history, method.decide(history)));
    }
  });
  for (std::size_t item = 0; item < done.size(); ++item) {
    for (std::size_t m = 0; m < methods.size(); ++m) {
      Harm& harm = rows[item / runs].harm[m];
      harm.rolled_back += done[item][m].rolled_back ? 1 : 0;
      harm.requests.push_back(done[item][m].requests);
    }
  }
  return rows;
}

std::string latency_table(const std::vector<LatencyRow>& rows, const std::vector<Method>& methods) {
  std::string out = "| slower | over 500 ms | requests/s | N* |";
  std::string rule = "|---|---|---|---|";
  for (const Method& method : methods) {
    out += " " + method.name + " |";
    rule += "---|";
  }
  out += "\n" + rule + "\n";
  for (const LatencyRow& row : rows) {
    out += fmt::format("| {} | {:g} % | {:g} | {} |", row.one.name, 100 * row.one.over_target,
                       row.one.requests_per_second,
                       row.bound > 1e18 ? "within the target" : short_number(row.bound));
    for (const Harm& harm : row.harm) out += " " + text_of(harm, row.bound) + " |";
    out += "\n";
  }
  return out;
}

}  // namespace sluice::bench
