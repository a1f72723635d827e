// Efficiency: how many canary requests the judge needs beside the least possible number, where it
// is asked after each of them: the statistics alone, without ticks. And late defects, and
// promotion.
#pragma once

#include <string>
#include <vector>

#include "bench/harm.h"
#include "bench/scenarios.h"

namespace sluice::bench {

struct Ratio {
  double error_rate = 0;  // mean requests over the bound, by the evidence of the error rate alone
  double decided = 0;     // and by what decides: averaged with p99's
};

[[nodiscard]] std::vector<Ratio> run_problems(const std::vector<Problem>& problems,
                                              const Effort& effort);
[[nodiscard]] std::string efficiency_table(const std::vector<Problem>& problems,
                                           const std::vector<Ratio>& ratios);

// A defect half an hour after the start, 1,000 requests a second, decisions once a second.
struct Late {
  Change change;
  double mean_requests = 0;  // of the canary, after the onset
  double bound = 0;
  int found = 0;
};
[[nodiscard]] std::vector<Late> run_late(double margin, const Effort& effort);
[[nodiscard]] std::string late_table(const std::vector<Late>& rows, const Effort& effort);

// Of a release like the baseline: canary requests until its error rate is shown to be no worse.
struct Promotion {
  double error_rate = 0;
  double margin = 0;
  double mean_requests = 0;
  double bound = 0;
  int falsely = 0;  // of a release that is worse by the margin, in 20 times the bound
};
[[nodiscard]] std::vector<Promotion> run_promotions(const Effort& effort);
[[nodiscard]] std::string promotion_table(const std::vector<Promotion>& rows, const Effort& effort);

}  // namespace sluice::bench
