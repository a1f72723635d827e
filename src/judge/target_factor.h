// Target factor: how much one batch of one arm speaks against "the rate is at most the target"
// (harm), or against "at least" (promotion). One-sample, statistics notes 3.3.
//
// The expected factor is linear in each request's own probability and 1 at the target, so at most 1
// under every point of the null, however the rate moves.
#pragma once

#include <cstdint>

namespace sluice::judge {

// One alternative to a target; a request that is over adds `ln_hit`, any other `ln_miss`.
struct TargetAlternative {
  double ln_hit = 0;
  double ln_miss = 0;
};

[[nodiscard]] TargetAlternative target_alternative(double rate, double target);

[[nodiscard]] inline double ln_target_factor(const TargetAlternative& alternative,
                                             std::int64_t hits, std::int64_t requests) {
  return static_cast<double>(hits) * alternative.ln_hit +
         static_cast<double>(requests - hits) * alternative.ln_miss;
}

// Of a whole block of requests as one number, the part of them that is over: 1 or more requests.
// The payoff is linear in that part, so that nothing else matters, and requests of a block may hang
// together as they like. A moment in which everything stands still says little in this way.
[[nodiscard]] double ln_mean_factor(const TargetAlternative& alternative, std::int64_t hits,
                                    std::int64_t requests);

}  // namespace sluice::judge
