// Traffic evidence: requests that should reach the canary and do not, statistics notes 3.5.
//
// The null: given the past, each request goes to the canary with a chance of at least half its
// share. What no request is counted of is thus not an error, and not healthy either: it is evidence
// once the baseline had the requests that the canary ought to have had.
//
// Counted by the second, and a second adds at most ln 25, so that a moment's stall of a busy
// canary, whose requests are only late, cannot decide: three silent seconds do, or more where fewer
// than about 150 requests a second arrive at a share of 5 %. The cap gives evidence away and keeps
// the bound. The first ten seconds after a change of share do not count: fast answers of one arm
// outrun slow ones of the other.
#pragma once

#include <cstddef>
#include <cstdint>

#include "judge/mixture.h"
#include "judge/restart_mass.h"

namespace sluice::judge {

class TrafficEvidence {
 public:
  // `planned_ms`: restart mass is spread over it; 0: an hour.
  explicit TrafficEvidence(std::int64_t planned_ms) : mass_(planned_ms) {}

  // The canary's share as a fraction from now on; 0, or 1 and more: nothing to compare. The same as
  // before: no change.
  void expect(double share);

  // Requests of each arm since the last call, which was `elapsed_ms` ago. None negative.
  void add(std::int64_t canary, std::int64_t baseline, std::int64_t elapsed_ms);

  // ln of the odds.
  [[nodiscard]] double ln_worth() const;

 private:
  RestartMass mass_;
  Mixture<1> test_;
  double share_ = 0;
  std::int64_t expected_for_ms_ = 0;
  std::int64_t second_ms_ = 0;  // of the second under way
  std::int64_t canary_ = 0;
  std::int64_t baseline_ = 0;
};

// What this many requests of either arm say, without the cap; 0 < share < 1.
[[nodiscard]] double ln_loss_factor(double share, std::int64_t canary, std::int64_t baseline);

}  // namespace sluice::judge
