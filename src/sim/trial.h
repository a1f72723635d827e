// Trial: many rollouts of releases of one badness, and what became of them.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/rollout.h"

namespace sluice::sim {

struct Figures {
  double median = 0;
  double mean = 0;
  double p95 = 0;
};

struct Outcomes {
  int runs = 0;
  int promoted = 0;
  int rolled_back = 0;
  int no_evidence = 0;
  Figures requests;  // of the canary, until the end
  Figures failed;
  Figures took_ms;
};

[[nodiscard]] Outcomes outcomes_of(const std::vector<Rollout>& rollouts);

// Chance of at most `hits` in `runs` where each hits with `chance`.
[[nodiscard]] double chance_of_at_most(std::int64_t hits, std::int64_t runs, double chance);

// The highest chance that is not refuted, at 97.5 %, by `hits` in `runs` (Clopper and Pearson).
[[nodiscard]] double highest_chance(int hits, int runs);

// Error rates of releases from "as good as today" to "fails everything", in rising order.
[[nodiscard]] std::vector<double> canary_rates(double error_rate, double margin);

}  // namespace sluice::sim
