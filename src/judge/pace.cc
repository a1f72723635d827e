#include "judge/pace.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/text.h"
#include "base/tick.h"

namespace sluice::judge {
namespace {

// What a count may be where so many were seen; about 95 %.
double at_most(std::int64_t seen) {
  const double k = static_cast<double>(seen);
  return k + 3 + std::sqrt(6 * k);
}

double rate_of(std::int64_t bad, std::int64_t requests) {
  return requests > 0 ? static_cast<double>(bad) / static_cast<double>(requests) : 0;
}

}  // namespace

double excess_left_open(std::int64_t bad, std::int64_t requests, double baseline_rate) {
  SLUICE_ASSERT(bad >= 0 && bad <= requests);
  if (requests == 0) return 1;
  const double n = static_cast<double>(requests);
  return std::min(1.0, std::max(3 / n, at_most(bad) / n - baseline_rate));
}

double harmed_at(Share share, double requests_per_second, double excess, std::int64_t delay_ms) {
  const double seconds = static_cast<double>(delay_ms) / kSecondMs;
  return share.fraction() * requests_per_second * seconds * excess;
}

Share share_within(double requests_per_second, double excess, std::int64_t delay_ms) {
  SLUICE_ASSERT(excess > 0 && excess <= 1 && requests_per_second >= 0);
  const double harmed = harmed_at(Share::whole(), requests_per_second, excess, delay_ms);
  if (harmed <= kHarmedMost) return Share::whole();
  const double bp = std::ceil(kHarmedMost / harmed * Share::kWhole);
  return Share(std::clamp(static_cast<int>(bp), 1, Share::kWhole));
}

void Pacemaker::add(const Batch& counted) {
  const Batch batch = sound(counted, {});
  grow(canary_, batch.canary);
  window_requests_ += batch.canary.requests + batch.baseline.requests;
  window_ms_ += batch.elapsed_ms;
  measured_ = measured_ || window_ms_ >= kMeasuringMs;
  if (window_ms_ < kSecondMs) return;
  last_ = 1000.0 * static_cast<double>(window_requests_) / static_cast<double>(window_ms_);
  window_requests_ = 0;
  window_ms_ = 0;
}

// The higher of the last second and of what has begun since: traffic may have come up.
double Pacemaker::requests_per_second() const {
  if (window_ms_ < kMeasuringMs) return last_;
  return std::max(last_, 1000.0 * at_most(window_requests_) / static_cast<double>(window_ms_));
}

// Of both ways to harm a customer, the one about which less is known.
double Pacemaker::excess(const Counts& baseline) const {
  const std::int64_t n = canary_.requests;
  return std::max(
      excess_left_open(canary_.errors, n, rate_of(baseline.errors, baseline.requests)),
      excess_left_open(canary_.over_target, n, rate_of(baseline.over_target, baseline.requests)));
}

Pace Pacemaker::pace(const Counts& baseline) const {
  if (!measured_) return {};
  const double per_second = requests_per_second();
  return {share_within(per_second, excess(baseline), delay_ms_),
          share_within(per_second, 1, delay_ms_),
          {}};
}

std::string Pacemaker::describe(const Counts& baseline) const {
  if (!measured_) return "the traffic is still being measured";
  const double per_second = requests_per_second();
  const double open = excess(baseline);
  const Share share = share_within(per_second, open, delay_ms_);
  std::string text = fmt::format(
      "{} requests of the canary leave open that it fails {} more than the baseline; at {:.0f} "
      "requests/s that allows a share of {}",
      canary_.requests, percent_text(open), per_second, to_text(share));
  const double harmed = harmed_at(share, per_second, open, delay_ms_);
  if (share == Share(1) && harmed > 1.5 * kHarmedMost) {
    text += fmt::format(
        ", the least that the router can set, where {:.0f} could fail before it is found out: put "
        "a rate limit before the canary",
        harmed);
  }
  return text;
}

}  // namespace sluice::judge
