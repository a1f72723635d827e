#include "judge/latency_thresholds.h"

#include <algorithm>

#include "base/assert.h"
#include "base/tick.h"
#include "judge/quantile_evidence.h"

namespace sluice::judge {
namespace {

constexpr std::int64_t kStandMs = kMinuteMs;

// `granted`: so many buckets more.
Ended count_over(const LatencyCounts& counts, const std::array<std::size_t, kQuantiles>& edges,
                 std::size_t granted) {
  Ended out;
  for (const std::uint32_t count : counts) out.requests += count;
  if (out.requests == 0) return out;
  for (std::size_t q = 0; q < kQuantiles; ++q) {
    for (std::size_t i = edges[q] + granted + 1; i < kLatencyBuckets; ++i) {
      out.over[q] += counts[i];
    }
  }
  return out;
}

}  // namespace

std::int64_t over_ms_of_canary(std::int64_t over_ms) {
  return latency_edge_ms(std::min(latency_bucket(over_ms) + 1, kLatencyBuckets - 2));
}

Exceedances LatencyThresholds::count(const LatencyCounts& canary, const LatencyCounts& baseline,
                                     std::int64_t elapsed_ms,
                                     std::span<const LatencyCounts> canary_groups) {
  SLUICE_ASSERT(canary_groups.size() <= kCanaryEntriesMax);
  Exceedances out;
  if (over_ms_ != kNoThresholds) {
    out.canary = count_over(canary, edges_, 1);
    out.baseline = count_over(baseline, edges_, 0);
    for (std::size_t g = 0; g < canary_groups.size(); ++g) {
      out.canary_groups[g] = count_over(canary_groups[g], edges_, 1);
    }
  }
  learn(baseline, elapsed_ms);
  return out;
}

void LatencyThresholds::learn(const LatencyCounts& baseline, std::int64_t elapsed_ms) {
  for (std::size_t i = 0; i < kLatencyBuckets; ++i) {
    seen_[i] += baseline[i];
    requests_ += baseline[i];
  }
  stand_ms_ = std::min(stand_ms_ + elapsed_ms, kDayMs);
  const bool due = over_ms_ == kNoThresholds || stand_ms_ >= kStandMs;
  if (due && requests_ >= kRequestsToChoose) choose();
}

void LatencyThresholds::choose() {
  for (std::size_t q = 0; q < kQuantiles; ++q) {
    edges_[q] = threshold_edge(seen_, kExceeding[q]);
    over_ms_[q] = latency_edge_ms(edges_[q]);
  }
  requests_ = 0;
  for (std::int64_t& count : seen_) {
    count /= 2;
    requests_ += count;
  }
  stand_ms_ = 0;
}

}  // namespace sluice::judge
