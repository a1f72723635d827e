#include "judge/batch.h"

#include <algorithm>

namespace sluice::judge {
namespace {

constexpr std::int64_t kCountMax = 1LL << 53;

Counts sound(const Counts& counts, const Counts& whole) {
  Counts out;
  out.requests = std::clamp<std::int64_t>(counts.requests, 0, whole.requests);
  out.errors = std::clamp<std::int64_t>(counts.errors, 0, std::min(out.requests, whole.errors));
  out.over_target =
      std::clamp<std::int64_t>(counts.over_target, 0, std::min(out.requests, whole.over_target));
  return out;
}

Ended sound(const Ended& ended, const Ended& whole) {
  Ended out;
  out.requests = std::clamp<std::int64_t>(ended.requests, 0, whole.requests);
  std::int64_t most = out.requests;
  for (std::size_t q = 0; q < kQuantiles; ++q) {
    most = std::clamp<std::int64_t>(ended.over[q], 0, std::min(most, whole.over[q]));
    out.over[q] = most;
  }
  return out;
}

Exceedances sound(const Exceedances& batch, int entries) {
  constexpr Ended kMost{kCountMax, {kCountMax, kCountMax, kCountMax, kCountMax}};
  Exceedances out;
  out.canary = sound(batch.canary, kMost);
  out.baseline = sound(batch.baseline, kMost);
  for (int g = 0; g < entries; ++g) {
    out.canary_groups[g] = sound(batch.canary_groups[g], out.canary);
  }
  return out;
}

}  // namespace

Batch sound(const Batch& batch, const Settings& settings) {
  constexpr Counts kMost{kCountMax, kCountMax, kCountMax};
  Batch out;
  out.canary = sound(batch.canary, kMost);
  out.baseline = sound(batch.baseline, kMost);
  for (int g = 0; g < canary_entries(settings); ++g) {
    out.canary_groups[g] = sound(batch.canary_groups[g], out.canary);
  }
  for (int s = 0; s < baseline_entries(settings); ++s) {
    out.baseline_groups[s] = sound(batch.baseline_groups[s], out.baseline);
  }
  out.latencies = sound(batch.latencies, canary_entries(settings));
  out.elapsed_ms = std::clamp<std::int64_t>(batch.elapsed_ms, 0, kCountMax);
  return out;
}

void grow(Counts& into, const Counts& more) {
  into.requests = std::min(into.requests + more.requests, kCountMax);
  into.errors = std::min(into.errors + more.errors, kCountMax);
  into.over_target = std::min(into.over_target + more.over_target, kCountMax);
}

void grow(Ended& into, const Ended& more) {
  into.requests = std::min(into.requests + more.requests, kCountMax);
  for (std::size_t q = 0; q < kQuantiles; ++q) {
    into.over[q] = std::min(into.over[q] + more.over[q], kCountMax);
  }
}

void grow(Exceedances& into, const Exceedances& more) {
  grow(into.canary, more.canary);
  grow(into.baseline, more.baseline);
  for (int g = 0; g < kCanaryEntriesMax; ++g) grow(into.canary_groups[g], more.canary_groups[g]);
}

void grow(Batch& into, const Batch& more, const Settings& settings) {
  grow(into.canary, more.canary);
  grow(into.baseline, more.baseline);
  for (int g = 0; g < canary_entries(settings); ++g)
    grow(into.canary_groups[g], more.canary_groups[g]);
  for (int s = 0; s < baseline_entries(settings); ++s) {
    grow(into.baseline_groups[s], more.baseline_groups[s]);
  }
  into.elapsed_ms = std::min(into.elapsed_ms + more.elapsed_ms, kCountMax);
}

Counts without_group(const Batch& batch, int group) {
  const Counts& whole = batch.canary;
  const Counts& left_out = batch.canary_groups[group];
  Counts rest{whole.requests - left_out.requests, whole.errors - left_out.errors,
              whole.over_target - left_out.over_target};
  // Groups that do not add up to the whole could leave more errors than requests.
  rest.errors = std::min(rest.errors, rest.requests);
  rest.over_target = std::min(rest.over_target, rest.requests);
  return rest;
}

Ended without_group(const Exceedances& batch, int group) {
  Ended rest = batch.canary;
  const Ended& left_out = batch.canary_groups[group];
  rest.requests -= left_out.requests;
  for (std::size_t q = 0; q < kQuantiles; ++q) {
    rest.over[q] = std::min(rest.over[q] - left_out.over[q], rest.requests);
  }
  return rest;
}

}  // namespace sluice::judge
