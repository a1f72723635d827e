#include "sim/threshold_rules.h"

#include <algorithm>

namespace sluice::sim {
namespace {

// Of the canary, in the window that ends after second `end`.
Counts window(std::span<const Second> seconds, int end, int length) {
  Counts sum;
  for (int i = std::max(0, end - length); i < end; ++i) {
    const Counts& canary = seconds[static_cast<std::size_t>(i)].canary;
    sum.requests += canary.requests;
    sum.errors += canary.errors;
    sum.over_target += canary.over_target;
  }
  return sum;
}

bool succeeds(const Counts& counts, double success_min) {
  return counts.requests > 0 && static_cast<double>(counts.requests - counts.errors) >=
                                    success_min * static_cast<double>(counts.requests);
}

}  // namespace

Second second_of(const Counted& counted) {
  return {counted.canary, counted.baseline, counted.baseline_units[0]};
}

RolledBack flagger(std::span<const Second> seconds, const FlaggerRule& rule) {
  int failed = 0;
  for (int at = rule.interval_s; at <= static_cast<int>(seconds.size()); at += rule.interval_s) {
    if (failed >= rule.threshold) return at;
    const Counts seen = window(seconds, at, rule.window_s);
    const bool quick = static_cast<double>(seen.over_target) <=
                       rule.over_target_max * static_cast<double>(seen.requests);
    if (!succeeds(seen, rule.success_min) || !quick) ++failed;
  }
  return std::nullopt;
}

RolledBack argo(std::span<const Second> seconds, const ArgoRule& rule) {
  int failed = 0;
  for (int at = rule.interval_s; at <= static_cast<int>(seconds.size()); at += rule.interval_s) {
    if (!succeeds(window(seconds, at, rule.window_s), rule.success_min)) ++failed;
    if (failed > rule.failure_limit) return at;
  }
  return std::nullopt;
}

}  // namespace sluice::sim
