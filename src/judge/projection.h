// Projection: the point of the null hypothesis that an alternative is hardest to tell from.
//
// The null says that the canary's error rate is the baseline's plus `margin`. Of its points
// (p + margin, p) the projection is the one that minimises
//   share * kl(canary, p + margin) + (1 - share) * kl(baseline, p),
// statistics notes 3.2 step 2. It lies between baseline and canary - margin.
#pragma once

namespace sluice::judge {

// Two error rates, canary's and baseline's.
struct Rates {
  double canary = 0;
  double baseline = 0;
};

// Where the root is looked for; 0 <= low < high <= 1 - margin. Empty: there is nothing to tell.
struct Bracket {
  double low = 0;
  double high = 0;
  [[nodiscard]] bool empty() const { return !(low < high); }
};

[[nodiscard]] Bracket bracket_of(const Rates& alternative, double margin);

// Strictly inside the bracket, to about 14 digits. `share` is the canary's part of the requests.
[[nodiscard]] double project(double share, const Rates& alternative, double margin,
                             const Bracket& bracket);

// The cubic whose root the projection is: positive at the low end, negative at the high end.
[[nodiscard]] double projection_cubic(double p, double share, const Rates& alternative,
                                      double margin);

}  // namespace sluice::judge
