// Bound: the least number of canary requests, on average, that any test with the same guarantee can
// need; the measure of the judge's own. Statistics notes 2.
//
// Rates and shares are fractions; `share` is the canary's part of all requests. Results are
// infinite where the hypotheses are the same.
#pragma once

#include "judge/projection.h"

namespace sluice::judge {

// Kullback-Leibler divergence of two coins, in nats.
[[nodiscard]] double kl(double p, double q);

// Information of one canary request, in nats, for telling these true rates from "the canary is
// exactly `margin` above the baseline, and the baseline is unknown but runs beside it". 0 < share
// < 1.
[[nodiscard]] double information(const Rates& truth, double margin, double share);

// ln(1/alpha) over the information: to find harm, where the canary's rate is above the margin, and
// to promote, where it is below. Infinite on the other side.
[[nodiscard]] double requests_to_find(const Rates& truth, double margin, double share,
                                      double alpha);
[[nodiscard]] double requests_to_clear(const Rates& truth, double margin, double share,
                                       double alpha);

// To show that a rate is below a fixed target. Infinite where it is not.
[[nodiscard]] double requests_below_target(double rate, double target, double alpha);

}  // namespace sluice::judge
