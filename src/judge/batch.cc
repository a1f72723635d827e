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

void make_sound(std::int64_t& all, std::array<std::int64_t, kQuantiles>& over) {
  all = std::clamp<std::int64_t>(all, 0, kCountMax);
  for (std::int64_t& one : over) one = std::clamp<std::int64_t>(one, 0, all);
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
  out.latencies = batch.latencies;
  make_sound(out.latencies.canary, out.latencies.canary_over);
  make_sound(out.latencies.baseline, out.latencies.baseline_over);
  out.elapsed_ms = std::clamp<std::int64_t>(batch.elapsed_ms, 0, kCountMax);
  return out;
}

void grow(Counts& into, const Counts& more) {
  into.requests = std::min(into.requests + more.requests, kCountMax);
  into.errors = std::min(into.errors + more.errors, kCountMax);
  into.over_target = std::min(into.over_target + more.over_target, kCountMax);
}

void grow(Exceedances& into, const Exceedances& more) {
  into.canary = std::min(into.canary + more.canary, kCountMax);
  into.baseline = std::min(into.baseline + more.baseline, kCountMax);
  for (std::size_t i = 0; i < kQuantiles; ++i) {
    into.canary_over[i] = std::min(into.canary_over[i] + more.canary_over[i], kCountMax);
    into.baseline_over[i] = std::min(into.baseline_over[i] + more.baseline_over[i], kCountMax);
  }
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

}  // namespace sluice::judge
