// Probe evidence: health checks that fail now and then, statistics notes 3.5.
//
// The null: a check fails with a chance of at most 2 %, given the past. Three failures in a row are
// enough at alpha 0.001, two are not; after a long healthy time it takes five. A crash, or all
// instances failing at once, is no matter of statistics and is not decided here.
#pragma once

#include <cstddef>
#include <cstdint>

#include "judge/mixture.h"
#include "judge/restart_mass.h"

namespace sluice::judge {

inline constexpr std::size_t kProbeHarms = 3;

class ProbeEvidence {
 public:
  // `planned_ms`: restart mass is spread over it; 0: an hour.
  explicit ProbeEvidence(std::int64_t planned_ms) : mass_(planned_ms) {}

  // One round of checks that were answered, or not in time, of instances that hang together as they
  // like: all of it counts as one check that failed in part. The last round was `elapsed_ms` ago.
  void add_round(std::int64_t failed, std::int64_t checked, std::int64_t elapsed_ms);

  // ln of the odds; rolled back at ln(1/alpha).
  [[nodiscard]] double ln_worth() const;

 private:
  RestartMass mass_;
  Mixture<kProbeHarms> test_;
};

}  // namespace sluice::judge
