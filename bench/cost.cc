#include "bench/cost.h"

#include <algorithm>
#include <ctime>
#include <functional>

#include <fmt/format.h>

#include "base/tick.h"
#include "bench/methods.h"
#include "judge/exp_log.h"
#include "judge/margin_factor.h"
#include "sim/rollout.h"

namespace sluice::bench {
namespace {

constexpr int kRounds = 7;  // the quickest counts: others were disturbed

// Processor time of one call, in nanoseconds.
double nanoseconds(int calls, const std::function<void(int)>& call) {
  double best = 1e18;
  for (int round = 0; round < kRounds; ++round) {
    const std::clock_t from = std::clock();
    for (int i = 0; i < calls; ++i) call(i);
    const double seconds = static_cast<double>(std::clock() - from) / CLOCKS_PER_SEC;
    best = std::min(best, 1e9 * seconds / calls);
  }
  return best;
}

double of_update(int groups, const std::vector<judge::Batch>& batches) {
  judge::Judge judge({.margin = 0.005, .planned_ms = kHourMs, .groups = groups}, {});
  return nanoseconds(
      20'000, [&](int i) { judge.add(batches[static_cast<std::size_t>(i) % batches.size()]); });
}

}  // namespace

std::string cost_table() {
  std::vector<judge::Batch> batches;
  sim::World world({}, 1);
  for (int i = 0; i < 1'000; ++i) batches.push_back(sim::batch_of(world.tick(0.05, kSecondMs)));
  const auto batch = [&](int i) -> const judge::Batch& {
    return batches[static_cast<std::size_t>(i) % batches.size()];
  };
  volatile double sink = 0;
  judge::Batch sum;
  const double ingest =
      nanoseconds(200'000, [&](int i) { judge::grow(sum.canary, batch(i).canary); });
  const double ln = nanoseconds(200'000, [&](int i) { sink = judge::ln(1.5 + i); });
  const judge::MarginAlternative alternative =
      judge::margin_alternative({0.05, 1e-3}, 0.005, judge::Direction::harm);
  const double factor = nanoseconds(50'000, [&](int i) {
    sink = judge::ln_margin_factor(alternative, batch(i).canary, batch(i).baseline);
  });
  const double update = of_update(0, batches);
  const double groups = of_update(sim::kCanaryHosts, batches);
  std::string out = "| what | ns | times one logarithm |\n|---|---|---|\n";
  const auto row = [&](std::string_view what, double ns) {
    out += fmt::format("| {} | {:.0f} | {:.1f} |\n", what, ns, ns / ln);
  };
  row("one logarithm of the judge's own", ln);
  row("counts of one arm added to a batch", ingest);
  row("one alternative, exact margin factor", factor);
  row("one batch: harm by error rate and p99, promotion; no groups", update);
  row("the same, each of 5 groups left out in turn", groups);
  return out + fmt::format("\nState of one judge: {} bytes, whatever the number of groups.\n",
                           sizeof(judge::Judge));
}

}  // namespace sluice::bench
