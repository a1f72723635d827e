#include "judge/target_factor.h"

#include "judge/exp_log.h"

namespace sluice::judge {

TargetAlternative target_alternative(double rate, double target) {
  return {ln(rate) - ln(target), ln1p(-rate) - ln1p(-target)};
}

}  // namespace sluice::judge
