// Error clusters: how errors hang together in the baseline, over seconds, minutes and ten minutes;
// and what follows for the evidence: by how much it is divided, how long a block of the slow track
// is, and how sure the rest of the canary must be when one group of it is left out.
//
// Statistics notes 3.8 i (minutes) and iii (blocks). The notes know no trouble that lasts: a server
// whose errors climb for ten minutes is one event, not ten minutes' worth of them, so evidence is
// divided by what blocks of ten minutes show where that is more. No allocation.
#pragma once

#include "judge/batch.h"
#include "judge/design_effect.h"

namespace sluice::judge {

// Of the slow track. Known when the block begins.
struct BlockPlan {
  std::int64_t lasts_ms = 0;
  double design_effect = 1;  // blocks of one stretch of trouble count as one
};

class ErrorClusters {
 public:
  // `past` is of minutes, as `of_minutes` said it in an earlier delivery.
  ErrorClusters(const Settings& settings, const Dispersions& past);

  void learn(const Batch& batch);
  // Shares changed: blocks under way end here.
  void end_block();

  // What evidence of a batch is divided by; at least 1, of the past alone.
  [[nodiscard]] double effect() const;
  [[nodiscard]] BlockPlan next_block() const;
  [[nodiscard]] const Dispersions& of_minutes() const { return minutes_.dispersions(); }

 private:
  DesignEffect minutes_;
  DesignEffect seconds_;
  DesignEffect lasting_;
};

// The first block of all.
inline constexpr BlockPlan kFirstBlock{10'000, 1};

}  // namespace sluice::judge
