// Judge bits: runs the judge over fixed traffic and prints what it finds as hexadecimal floating
// point, one line for each number. tools/judge_bits compares it with tests/golden/judge/bits.txt,
// under every compiler and level of the processor that is at hand.
//
// Depends on nothing but the judge and <cstdio>, so that it is built with one command.
#include <array>
#include <cstdio>

#include "judge/bound.h"
#include "judge/burn_rate.h"
#include "judge/exp_log.h"
#include "judge/gauge_evidence.h"
#include "judge/judge.h"
#include "judge/probe_evidence.h"
#include "judge/quantile_evidence.h"
#include "judge/target_evidence.h"
#include "testing/seeded_random.h"

namespace sluice::judge {
namespace {

using testing::SeededRandom;

void print(const char* what, int step, double value) {
  std::printf("%s %d %a\n", what, step, value);
}

void print(int step, const Finding& f) {
  print("harm", step, f.ln_harm);
  print("error_fast", step, f.ln_harm_error_fast);
  print("error_blocks", step, f.ln_harm_error_blocks);
  print("slow", step, f.ln_harm_slow);
  print("traffic", step, f.ln_harm_traffic);
  print("promote_error", step, f.ln_promote_error);
  print("promote_slow", step, f.ln_promote_slow);
  print("missing", step, f.requests_missing);
  print("design_effect_error", step, f.design_effect_error);
  print("design_effect_slow", step, f.design_effect_slow);
}

// Errors in clusters of up to five, in four groups of the canary and seven of the baseline.
Counts clustered(SeededRandom& random, std::int64_t requests, double rate) {
  Counts counts{requests, 0, random.binomial(requests, 0.008)};
  for (std::int64_t i = 0; i + 5 < requests; ++i) {
    if (random.chance(rate / 3)) counts.errors += 1 + random.below(5);
  }
  counts.errors = counts.errors < requests ? counts.errors : requests;
  return counts;
}

Batch batch_of(SeededRandom& random, const Settings& settings, double canary, double baseline) {
  Batch batch;
  for (int g = 0; g < settings.groups; ++g) {
    batch.canary_groups[g] = clustered(random, 1 + random.below(20), canary);
    grow(batch.canary, batch.canary_groups[g]);
  }
  for (int s = 0; s < settings.baseline_groups; ++s) {
    batch.baseline_groups[s] = clustered(random, 20 + random.below(60), baseline);
    grow(batch.baseline, batch.baseline_groups[s]);
  }
  for (int c = 0; c < settings.client_groups; ++c) {
    const std::int64_t canary_part = batch.canary.requests / settings.client_groups;
    const std::int64_t baseline_part = batch.baseline.requests / settings.client_groups;
    batch.canary_groups[settings.groups + c] = clustered(random, canary_part, canary);
    batch.baseline_groups[settings.baseline_groups + c] =
        clustered(random, baseline_part, baseline);
  }
  batch.elapsed_ms = 100 + random.below(2'000);
  return batch;
}

void whole_delivery(std::uint64_t seed, const Settings& settings, double canary) {
  SeededRandom random(seed);
  Judge judge(settings, {1'000, 3, 2});
  judge.enter_stage(true, 0.05);
  judge.expect_share(0.1);
  for (int i = 0; i < 900; ++i) {
    judge.add(batch_of(random, settings, canary, 0.01));
    if (i % 100 == 99) print(i, judge.finding());
  }
  judge.enter_stage(false, 0.01);
  for (int i = 0; i < 20; ++i) judge.add(batch_of(random, settings, canary, 0.01));
  print(1'000, judge.finding());
}

void single_metrics() {
  SeededRandom random(5);
  ProbeEvidence probes(60'000);
  TargetEvidence burn(burning_rate(0.999), 60'000);
  GaugeEvidence one(60'000);
  GaugeEvidence several(60'000);
  QuantileEvidence quantiles({0.05, 0.03, 0.01, 0.002}, 60'000);
  for (int i = 0; i < 200; ++i) {
    probes.add_round(random.chance(0.1) ? 2 : 0, 3, 1'000);
    burn.add(random.binomial(50, 0.02), 50, 1'000, 1.5);
    std::array<double, 7> units{};
    for (double& unit : units) unit = static_cast<double>(random.below(9));
    const std::array<double, 1> canary{static_cast<double>(random.below(12))};
    one.add(canary, units, 10'000);
    several.add(std::span(units).first(3), std::span(units).last(4), 10'000);
    Exceedances batch{.canary = {.requests = 5}, .baseline = {.requests = 95}};
    for (std::size_t q = 0; q < kQuantiles; ++q) {
      batch.canary.over[q] = random.binomial(5, 2 * kExceeding[q]);
      batch.baseline.over[q] = random.binomial(95, kExceeding[q]);
    }
    quantiles.add(batch, 1'000);
    if (i % 40 != 39) continue;
    print("probes", i, probes.ln_worth());
    print("burn", i, burn.ln_worth());
    print("gauge of one", i, one.ln_worth());
    print("gauge of several", i, several.ln_worth());
    print("quantiles", i, quantiles.ln_worth());
  }
}

void functions() {
  SeededRandom random(6);
  for (int i = 0; i < 40; ++i) {
    const double x = random.unit();
    print("ln", i, ln(x));
    print("ln1p", i, ln1p(-x));
    print("exp", i, exp(100 * x - 50));
    print("interval", i, rate_interval(random.below(400), 412).high);
    print("bound", i, requests_to_find({0.5 * x + 0.05, 0.01}, 0.005, 0.05, 1e-3));
  }
}

}  // namespace
}  // namespace sluice::judge

int main() {
  using namespace sluice::judge;
  whole_delivery(11, {.planned_ms = 600'000, .groups = 4}, 0.012);
  whole_delivery(12, {.planned_ms = 600'000, .groups = 4, .baseline_groups = 7}, 0.012);
  whole_delivery(
      13,
      {.margin = 0, .groups = 16, .baseline_groups = 32, .client_groups = 8, .judge_traffic = true},
      0.02);
  single_metrics();
  functions();
}
