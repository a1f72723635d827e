#include "judge/probe_evidence.h"

#include "judge/exp_log.h"
#include "judge/target_factor.h"

namespace sluice::judge {
namespace {

constexpr double kTolerated = 0.02;
constexpr std::array<double, kProbeHarms> kFailing{0.2, 0.5, 0.95};

// One factor for each way to fail.
std::array<double, kProbeHarms> factors_of(std::int64_t failed, std::int64_t checked) {
  std::array<double, kProbeHarms> factors{};
  for (std::size_t i = 0; i < kProbeHarms; ++i) {
    factors[i] = ln_mean_factor(target_alternative(kFailing[i], kTolerated), failed, checked);
  }
  return factors;
}

}  // namespace

void ProbeEvidence::add_round(std::int64_t failed, std::int64_t checked, std::int64_t elapsed_ms) {
  mass_.pass(elapsed_ms);
  if (checked <= 0) return;
  if (const double money = mass_.take(); money > 0) test_.stake(ln(money));
  test_.multiply(factors_of(failed, checked));
}

double ProbeEvidence::ln_worth() const { return ln_add(test_.ln_worth(), ln(mass_.unstaked())); }

}  // namespace sluice::judge
