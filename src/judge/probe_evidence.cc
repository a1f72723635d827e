#include "judge/probe_evidence.h"

#include "judge/exp_log.h"
#include "judge/target_factor.h"

namespace sluice::judge {
namespace {

constexpr double kTolerated = 0.02;
constexpr std::array<double, kProbeHarms> kFailing{0.2, 0.5, 0.95};

// One factor for each way to fail, by what a single count is worth under it.
template <class LnFactor>
std::array<double, kProbeHarms> factors_of(LnFactor ln_factor, std::int64_t failed,
                                           std::int64_t checked) {
  std::array<double, kProbeHarms> factors{};
  for (std::size_t i = 0; i < kProbeHarms; ++i) {
    factors[i] = ln_factor(target_alternative(kFailing[i], kTolerated), failed, checked);
  }
  return factors;
}

}  // namespace

void ProbeEvidence::stake_due(std::int64_t elapsed_ms, bool checked) {
  mass_.pass(elapsed_ms);
  if (!checked) return;
  if (const double money = mass_.take(); money > 0) test_.stake(ln(money));
}

void ProbeEvidence::add_round(std::int64_t failed, std::int64_t checked, std::int64_t elapsed_ms) {
  stake_due(elapsed_ms, checked > 0);
  if (checked > 0) test_.multiply(factors_of(ln_mean_factor, failed, checked));
}

void ProbeEvidence::add(std::int64_t failed, std::int64_t checked, std::int64_t elapsed_ms) {
  stake_due(elapsed_ms, checked > 0);
  if (checked > 0) test_.multiply(factors_of(ln_target_factor, failed, checked));
}

double ProbeEvidence::ln_worth() const { return ln_add(test_.ln_worth(), ln(mass_.unstaked())); }

}  // namespace sluice::judge
