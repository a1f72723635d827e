#include "judge/traffic_evidence.h"

#include <algorithm>

#include "base/tick.h"
#include "judge/exp_log.h"
#include "judge/target_factor.h"

namespace sluice::judge {
namespace {

constexpr std::int64_t kGraceMs = 10 * kSecondMs;
constexpr double kLnMost = 3.2188758248682006;  // ln 25: what a failed probe says
constexpr double kTolerated = 0.5;              // of the share
constexpr double kLost = 0.05;

}  // namespace

double ln_loss_factor(double share, std::int64_t canary, std::int64_t baseline) {
  return ln_target_factor(target_alternative(kLost * share, kTolerated * share), canary,
                          canary + baseline);
}

void TrafficEvidence::expect(double share) {
  if (share == share_) return;
  share_ = share;
  expected_for_ms_ = second_ms_ = canary_ = baseline_ = 0;
}

void TrafficEvidence::add(std::int64_t canary, std::int64_t baseline, std::int64_t elapsed_ms) {
  mass_.pass(elapsed_ms);
  if (!(share_ > 0 && share_ < 1)) return;
  if (expected_for_ms_ < kGraceMs) {
    expected_for_ms_ += std::min(elapsed_ms, kGraceMs);
    return;
  }
  canary_ += canary;
  baseline_ += baseline;
  second_ms_ += std::min(elapsed_ms, kSecondMs);
  if (second_ms_ < kSecondMs) return;
  if (const double money = mass_.take(); money > 0) test_.stake(ln(money));
  test_.multiply({std::min(kLnMost, ln_loss_factor(share_, canary_, baseline_))});
  second_ms_ = canary_ = baseline_ = 0;
}

double TrafficEvidence::ln_worth() const { return ln_add(test_.ln_worth(), ln(mass_.unstaked())); }

}  // namespace sluice::judge
