#include "judge/target_evidence.h"

#include "judge/exp_log.h"

namespace sluice::judge {

TargetEvidence::TargetEvidence(double target, std::int64_t planned_ms)
    : alternatives_(target_alternatives(target)), mass_(planned_ms) {}

void TargetEvidence::add(std::int64_t bad, std::int64_t seen, std::int64_t elapsed_ms,
                         double design_effect) {
  mass_.pass(elapsed_ms);
  if (seen <= 0) return;
  if (const double money = mass_.take(); money > 0) test_.stake(ln(money));
  std::array<double, kTargetHarms> factors{};
  for (std::size_t i = 0; i < kTargetHarms; ++i) {
    factors[i] = ln_target_factor(alternatives_.harms[i], bad, seen);
  }
  test_.multiply(factors, design_effect);
}

double TargetEvidence::ln_worth() const { return ln_add(test_.ln_worth(), ln(mass_.unstaked())); }

}  // namespace sluice::judge
