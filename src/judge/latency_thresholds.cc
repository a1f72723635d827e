#include "judge/latency_thresholds.h"

#include <algorithm>

#include "base/tick.h"
#include "judge/quantile_evidence.h"

namespace sluice::judge {
namespace {

constexpr std::int64_t kStandMs = kMinuteMs;

struct Over {
  std::int64_t all = 0;
  std::array<std::int64_t, kQuantiles> over{};
};

// `granted`: so many buckets more.
Over count_over(const LatencyCounts& counts, const std::array<std::size_t, kQuantiles>& edges,
                std::size_t granted) {
  Over out;
  for (const std::uint32_t count : counts) out.all += count;
  if (out.all == 0) return out;
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
                                     std::int64_t elapsed_ms) {
  Exceedances out;
  if (over_ms_ != kNoThresholds) {
    const Over mine = count_over(canary, edges_, 1);
    const Over theirs = count_over(baseline, edges_, 0);
    out = {mine.all, theirs.all, mine.over, theirs.over};
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
