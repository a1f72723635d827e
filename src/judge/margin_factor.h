// Margin factor: how much one batch speaks for one alternative and against "the canary's error rate
// is at most the baseline's plus the margin" (harm), or against "at least" (promotion).
//
// Given how many requests each arm had, the expected value of the factor is at most 1 under every
// point of the null, however the rate moves inside the batch and whatever the split: statistics
// notes 3.2. A root that is not exact costs power, never validity (the normaliser S).
#pragma once

#include "judge/projection.h"
#include "model/event.h"

namespace sluice::judge {

// An alternative with its logarithms. Made from what was known before the batch, and only that.
struct MarginAlternative {
  Rates rates;
  Bracket bracket;
  double margin = 0;
  double ln_canary = 0;
  double ln_not_canary = 0;
  double ln_baseline = 0;
  double ln_not_baseline = 0;
  bool usable = false;  // false: it says the same as the null, and its factor is always 1
};

enum class Direction { harm, promotion };

[[nodiscard]] MarginAlternative margin_alternative(const Rates& rates, double margin,
                                                   Direction direction);

// Both arms must have requests.
[[nodiscard]] double ln_margin_factor(const MarginAlternative& alternative, const Counts& canary,
                                      const Counts& baseline);

// The same with a projection that is given, exact or not.
[[nodiscard]] double ln_margin_factor_at(const MarginAlternative& alternative, double p,
                                         const Counts& canary, const Counts& baseline);

}  // namespace sluice::judge
