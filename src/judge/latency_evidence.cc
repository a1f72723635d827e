#include "judge/latency_evidence.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/tick.h"

namespace sluice::judge {
namespace {

constexpr std::int64_t kWarmUpMs = kMinuteMs;
constexpr double kShareMost = 0.5;
// A third of what a quantile alone needs to reach the usual line with latency's part of the budget.
constexpr double kLnMostOfSecond = 3.912023005428146;  // ln 50
// The canary's request is compared with what the baseline did lately.
constexpr std::int64_t kWaitMs = kMinuteMs;

}  // namespace

LatencyEvidence::LatencyEvidence(std::int64_t planned_ms)
    : evidence_(kLatencyMargins, planned_ms) {}

void LatencyEvidence::enter_stage(bool concurrent) {
  drop_second();
  concurrent_ = concurrent;
  finding_.canary = {};
  finding_.baseline = {};
  finding_.comparison = comparison();
}

void LatencyEvidence::expect_share(double share) {
  if (share == share_) return;
  const bool falls = share < share_known_;
  share_ = share;
  if (share > 0) share_known_ = share;
  if (share > 0 && (falls || second_.canary.requests == 0)) {
    drop_second();
  } else {
    closed_ = true;
  }
}

void LatencyEvidence::add(const Exceedances& over, std::int64_t elapsed_ms,
                          const LeaveOneOut& groups) {
  if (over.canary.requests > 0 || over.baseline.requests > 0) finding_.ever_counted = true;
  if (!finding_.ever_counted) return;
  if (canary_met_) warm_ms_ = std::min(warm_ms_ + elapsed_ms, kDayMs);
  canary_met_ = canary_met_ || over.canary.requests > 0;
  if (!closed_) grow(second_, over);
  second_ms_ += elapsed_ms;
  finding_.comparison = comparison();
  if (second_ms_ >= kSecondMs) end_second(groups);
}

// A second without requests of the canary, or of the baseline, goes on for a minute at most.
void LatencyEvidence::end_second(const LeaveOneOut& groups) {
  const bool both = second_.canary.requests > 0 && second_.baseline.requests > 0;
  if (finding_.comparison != Comparison::compared) return drop_second();
  if (!both && !closed_ && second_ms_ < kWaitMs) return;
  if (!both) return drop_second();
  evidence_.add(second_, second_ms_, 1, kLnMostOfSecond);
  unlevelled_ms_ += second_ms_;
  if (unlevelled_ms_ >= kLevelEveryMs) {
    evidence_.level(groups);
    unlevelled_ms_ = 0;
  }
  grow(finding_.canary, second_.canary);
  grow(finding_.baseline, second_.baseline);
  second_ = {};
  second_ms_ = 0;
  closed_ = share_ <= 0;
  find(groups);
}

void LatencyEvidence::find(const LeaveOneOut& groups) {
  odds_.ln_whole = evidence_.ln_worth();
  double ln_least = std::numeric_limits<double>::infinity();
  for (int g = 0; g < groups.groups(); ++g) {
    double& ln_without = odds_.ln_without[static_cast<std::size_t>(g)];
    ln_without = evidence_.ln_worth_without(g);
    if (groups.counts(g)) ln_least = std::min(ln_least, ln_without);
  }
  finding_.ln_worth = std::isinf(ln_least) ? odds_.ln_whole : ln_least;
  finding_.quantile = evidence_.most_worth();
}

void LatencyEvidence::drop_second() {
  evidence_.add({}, second_ms_);  // time goes on
  second_ = {};
  second_ms_ = 0;
  closed_ = share_ <= 0;
}

Comparison LatencyEvidence::comparison() const {
  if (!concurrent_) return Comparison::alone;
  if (!finding_.ever_counted) return Comparison::not_counted;
  if (share_known_ > kShareMost) return Comparison::unequal_load;
  if (warm_ms_ < kWarmUpMs) return Comparison::warming_up;
  return Comparison::compared;
}

}  // namespace sluice::judge
