// Latency: releases that are slower, as parts of requests over the p99 target (statistics notes
// 4.6: lognormal, the baseline's p99 at 359 ms, the target 500 ms).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/harm.h"

namespace sluice::bench {

struct Slower {
  std::string_view name;
  double over_target = 0;  // of the canary's requests; the target allows 1 %
  double requests_per_second = 0;
};

struct LatencyRow {
  Slower one;
  double bound = 0;        // infinite: within the target
  std::vector<Harm> harm;  // of each method
};

[[nodiscard]] std::vector<LatencyRow> run_latency(const std::vector<Method>& methods,
                                                  const Effort& effort);
[[nodiscard]] std::string latency_table(const std::vector<LatencyRow>& rows,
                                        const std::vector<Method>& methods);

}  // namespace sluice::bench
