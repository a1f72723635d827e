#include "judge/target_factor.h"

#include "judge/exp_log.h"

namespace sluice::judge {

TargetAlternative target_alternative(double rate, double target) {
  return {ln(rate) - ln(target), ln1p(-rate) - ln1p(-target)};
}

double ln_mean_factor(const TargetAlternative& alternative, std::int64_t hits,
                      std::int64_t requests) {
  const double all = static_cast<double>(requests);
  return ln_add(ln(static_cast<double>(hits) / all) + alternative.ln_hit,
                ln(static_cast<double>(requests - hits) / all) + alternative.ln_miss);
}

}  // namespace sluice::judge
