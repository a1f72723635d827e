// Promotion evidence: what speaks for the release in one stage, statistics notes 3.7.
//
// "No evidence of harm" is never promotion: these tests have "the release is worse by the margin"
// and "the p99 target is missed" as their nulls, and must refute both. They begin anew with each
// stage, because behaviour may depend on load; they have no restarts, because old evidence of
// being good stays good within a stage.
#pragma once

#include <cstdint>

#include "judge/alternatives.h"
#include "judge/batch.h"
#include "judge/mixture.h"

namespace sluice::judge {

class PromotionEvidence {
 public:
  explicit PromotionEvidence(const Settings& settings);

  void begin_stage();

  // What a batch says is divided by the design effect of its metric.
  void judge_slow(const Counts& canary, double design_effect);
  // Both arms must have requests.
  void judge_errors_against_baseline(const Batch& batch, const MarginAlternatives& alternatives,
                                     double design_effect);
  void judge_errors_against_target(const Counts& canary, double design_effect);

  [[nodiscard]] const Mixture<kPromotions>& errors() const { return errors_; }
  [[nodiscard]] const Mixture<kPromotions>& slow() const { return slow_; }

 private:
  Mixture<kPromotions> errors_;
  Mixture<kPromotions> slow_;
  TargetAlternatives error_alternatives_;
  TargetAlternatives slow_alternatives_;
};

// Canary requests until a test reaches `ln_line`, by how its best alternative has grown over the
// `requests` so far; while that is too little to tell, by `foreseen` requests in all. 0: it has
// reached it. Below 0: unknown, it does not grow.
[[nodiscard]] double requests_until(const Mixture<kPromotions>& test, double ln_line,
                                    std::int64_t requests, double foreseen);

}  // namespace sluice::judge
