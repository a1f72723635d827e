#include "judge/error_clusters.h"

#include <algorithm>

#include "base/tick.h"

namespace sluice::judge {
namespace {

// Longer than most bursts of errors last.
constexpr std::int64_t kMinutesMs = kMinuteMs;
constexpr std::int64_t kLastingMs = 10 * kMinuteMs;
// Where errors hang together for longer than a short block, blocks are long ones.
constexpr std::int64_t kLongBlockMs = 30 * kSecondMs;
constexpr double kLongerThanShort = 1.5;
// Over ten minutes more than over one: trouble lasts.
constexpr double kLasting = 1.5;

}  // namespace

ErrorClusters::ErrorClusters(const Settings& settings, const Dispersions& past)
    : minutes_(settings, &Counts::errors, kMinutesMs, past),
      seconds_(settings, &Counts::errors, kFirstBlock.lasts_ms, {}),
      lasting_(settings, &Counts::errors, kLastingMs, {}) {}

void ErrorClusters::learn(const Batch& batch) {
  minutes_.learn(batch);
  seconds_.gather(batch);
  lasting_.learn(batch);
}

void ErrorClusters::end_block() {
  minutes_.end_block();
  seconds_.end_block();
  lasting_.end_block();
}

double ErrorClusters::effect() const { return std::max(minutes_.value(), lasting_.value()); }

BlockPlan ErrorClusters::next_block() const {
  const bool longer = minutes_.index() > kLongerThanShort * seconds_.index();
  const double lasts = lasting_.value() / minutes_.value();
  return {longer ? kLongBlockMs : kFirstBlock.lasts_ms, lasts > kLasting ? lasts : 1};
}

}  // namespace sluice::judge
