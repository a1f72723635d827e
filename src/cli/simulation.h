// Simulation: what `sluice simulate` found out, and how it is shown: as a table, as JSON, as a
// plot. Pure functions of one value.
#pragma once

#include <string>
#include <vector>

#include "cli/context.h"
#include "codec/json.h"
#include "model/plan.h"
#include "sim/trial.h"

namespace sluice::cli {

// Releases of one badness under the plan, and under fixed-threshold polling at the same shares.
struct SimulatedRelease {
  double error_rate = 0;
  sim::Outcomes sluice;
  sim::Outcomes polling;
};

struct Simulation {
  Plan plan;
  EnvironmentPlan environment;
  std::string stages_from;  // "the contract work/releases/1.md", or that they are the usual ones
  sim::ServiceModel service;
  double alpha = 0;  // false rollbacks that the judge of this environment allows itself
  sim::FlaggerRule polling;
  std::vector<SimulatedRelease> releases;  // in rising order; the first is as good as today
};

[[nodiscard]] std::string simulation_table(const Simulation& simulation);
[[nodiscard]] codec::Json simulation_json(const Simulation& simulation);
// A whole SVG document: failed requests over the error rate of the release, both logarithmic,
// beside polling; medians, and from there to the 95th percentile.
[[nodiscard]] std::string simulation_plot(const Simulation& simulation);

}  // namespace sluice::cli
