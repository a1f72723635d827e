// Target evidence: a whole one-sample test of one rate against a fixed target, with restarts.
//
// The chance that ln_worth() ever reaches ln(1/alpha) is at most alpha while every event's own
// chance is at most the target, given the past. Statistics notes 3.3, 3.6.
#pragma once

#include <cstdint>

#include "judge/alternatives.h"
#include "judge/mixture.h"
#include "judge/restart_mass.h"

namespace sluice::judge {

class TargetEvidence {
 public:
  // 0 < target < 1. `planned_ms`: restart mass is spread over it; 0: an hour.
  TargetEvidence(double target, std::int64_t planned_ms);

  // `bad` of `seen` since the last call, which was `elapsed_ms` ago. 0 <= bad <= seen.
  void add(std::int64_t bad, std::int64_t seen, std::int64_t elapsed_ms, double design_effect = 1);

  [[nodiscard]] double ln_worth() const;

 private:
  TargetAlternatives alternatives_;
  RestartMass mass_;
  Mixture<kTargetHarms> test_;
};

}  // namespace sluice::judge
