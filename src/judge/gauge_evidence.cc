#include "judge/gauge_evidence.h"

#include <algorithm>

#include "judge/exp_log.h"

namespace sluice::judge {
namespace {

std::array<double, kRankSlopes> ln_payoffs(std::span<const double> canary,
                                           std::span<const double> baseline) {
  std::array<double, kRankSlopes> factors = rank_payoffs(canary, baseline);
  for (double& factor : factors) factor = ln(factor);
  return factors;
}

}  // namespace

// Where there are other processes than before, the least of what the copies had goes on in each of
// them: which one that is, was known before. Who is who in the baseline is learnt anew.
void GaugeEvidence::follow(std::size_t canary, std::size_t baseline) {
  if (canary == canary_ && baseline == baseline_) return;
  without_.fill(Mixture<kRankSlopes>(without_[least()]));
  if (baseline != baseline_) {
    persistence_before_ = persistence();
    persistence_ = {};
  }
  canary_ = canary;
  baseline_ = baseline;
}

void GaugeEvidence::add(std::span<const double> canary, std::span<const double> baseline,
                        std::int64_t elapsed_ms) {
  mass_.pass(elapsed_ms);
  if (canary.empty() || baseline.size() < kGaugeBaselineLeast) return;
  follow(canary.size(), baseline.size());
  const double money = mass_.take();
  std::array<double, kGaugeUnitsMost> rest{};
  for (std::size_t left_out = 0; left_out < copies(); ++left_out) {
    std::size_t used = 0;
    for (std::size_t i = 0; i < canary.size(); ++i) {
      if (canary.size() < 2 || i != left_out) rest[used++] = canary[i];
    }
    if (money > 0) without_[left_out].stake(ln(money));
    without_[left_out].multiply(ln_payoffs(std::span(rest).first(used), baseline));
  }
  persistence_.add(baseline);
}

std::size_t GaugeEvidence::least() const {
  std::size_t least = 0;
  for (std::size_t i = 1; i < copies(); ++i) {
    if (without_[i].ln_worth() < without_[least].ln_worth()) least = i;
  }
  return least;
}

double GaugeEvidence::persistence() const {
  return std::max(persistence_before_, persistence_.value());
}

double GaugeEvidence::ln_worth() const {
  const double ln_odds = ln_add(without_[least()].ln_worth(), ln(mass_.unstaked()));
  return ln_odds > 0 ? ln_odds / persistence() : ln_odds;
}

}  // namespace sluice::judge
