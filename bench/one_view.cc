#include "bench/one_view.h"

#include <algorithm>

#include "base/tick.h"
#include "judge/exp_log.h"
#include "sim/rollout.h"

namespace sluice::bench {
namespace {

using judge::ln;
using judge::ln_add;

constexpr double kFastPart = 0.7;
constexpr double kForRounding = 1e-6;

int group_with_most_errors(const judge::Settings& settings, const History& history) {
  std::array<std::int64_t, judge::kGroupsMax + judge::kClientsMax> errors{};
  for (const sim::Counted& tick : history.rollout) {
    if (!tick.seen) continue;
    const judge::Batch batch = sim::batch_of(tick);
    for (int g = 0; g < judge::canary_entries(settings); ++g) {
      errors[static_cast<std::size_t>(g)] += batch.canary_groups[g].errors;
    }
  }
  return static_cast<int>(std::ranges::max_element(errors) - errors.begin());
}

bool none_over_target(const History& history) {
  return std::ranges::all_of(history.seconds, [](const sim::Second& second) {
    return second.canary.over_target == 0 && second.baseline.over_target == 0;
  });
}

// The judge leaves each group out from the first batch on: all have requests, as many as others.
bool always_leaves_out(const judge::Settings& settings, const judge::Batch& first) {
  for (int g = 0; g < judge::canary_entries(settings); ++g) {
    const Counts& group = first.canary_groups[g];
    if (group.requests == 0 || 2 * group.requests > first.canary.requests) return false;
  }
  return settings.groups >= judge::kGroupsMin && settings.client_groups >= judge::kGroupsMin;
}

}  // namespace

OneView::OneView(const judge::Settings& settings, int group)
    : settings_(settings),
      group_(group),
      baseline_rate_({}),
      alternatives_(settings.margin),
      clusters_(settings, {}),
      bets_(settings.margin, {}),
      batch_mass_(settings.planned_ms),
      block_mass_(settings.planned_ms) {}

void OneView::add(const judge::Batch& batch) {
  batch_mass_.pass(batch.elapsed_ms);
  block_mass_.pass(batch.elapsed_ms);
  judge_batch(batch);
  judge_block(batch);
  clusters_.learn(batch);
}

void OneView::judge_batch(const judge::Batch& batch) {
  grow(pending_, batch, settings_);
  const auto learn = [this] {
    baseline_rate_.learn(pending_.baseline, pending_.elapsed_ms);
    pending_ = {};
  };
  if (pending_.canary.requests == 0) {
    if (!canary_met_ || pending_.elapsed_ms >= kMinuteMs) learn();
    return;
  }
  canary_met_ = true;
  if (pending_.baseline.requests == 0) return;
  alternatives_.follow(baseline_rate_.rate());
  if (const double money = batch_mass_.take(); money > 0) by_batch_.stake(ln(money));
  const Counts rest = judge::without_group(pending_, group_);
  if (rest.requests > 0) {
    std::array<double, judge::kMarginHarms> factors{};
    for (std::size_t i = 0; i < factors.size(); ++i) {
      factors[i] = judge::ln_margin_factor(alternatives_.harms()[i], rest, pending_.baseline);
    }
    by_batch_.multiply(factors, clusters_.effect());
  }
  learn();
}

void OneView::judge_block(const judge::Batch& batch) {
  grow(block_, batch, settings_);
  if (block_.elapsed_ms < block_plan_.lasts_ms) return;
  const judge::BaselineUnits units = judge::baseline_units(
      std::span(block_.baseline_groups).first(static_cast<std::size_t>(settings_.baseline_groups)),
      block_.canary.requests);
  if (block_.canary.requests > 0 && units.number > 0) {
    if (const double money = block_mass_.take(); money > 0) by_block_.stake(ln(money));
    bets_.face(units, block_.canary);
    const Counts rest = judge::without_group(block_, group_);
    if (rest.requests > 0) by_block_.multiply(bets_.ln_factors(rest), block_plan_.design_effect);
  }
  bets_.learn(units);
  block_ = {};
  block_plan_ = clusters_.next_block();
}

double OneView::ln_error() const {
  const double by_batch = ln_add(by_batch_.ln_worth(), ln(batch_mass_.unstaked()));
  const double by_block = ln_add(by_block_.ln_worth(), ln(block_mass_.unstaked()));
  return ln_add(ln(kFastPart) + by_batch, ln(1 - kFastPart) + by_block);
}

double OneView::ln_harm() const {
  const judge::MetricParts parts = judge::metric_parts(settings_);
  const double ln_enough = clusters_.effect() == 1 ? ln(judge::kEnoughOfRest) : 0;
  // Without a request over target that test is worth at most the money it began with.
  return ln_add(ln(parts.error) + ln_error(), ln(parts.slow)) - ln_enough;
}

sim::RolledBack robustly_decided(const judge::Settings& settings, const History& history) {
  if (!may_be_taken_back(settings, history)) return std::nullopt;
  return sluice_decides(settings, history);
}

bool may_be_taken_back(const judge::Settings& settings, const History& history) {
  const auto first = std::ranges::find(history.rollout, true, &sim::Counted::seen);
  if (!none_over_target(history)) return true;
  if (first == history.rollout.end() || !always_leaves_out(settings, sim::batch_of(*first))) {
    return true;
  }
  OneView view(settings, group_with_most_errors(settings, history));
  for (const sim::Counted& tick : history.warm_up) {
    if (tick.seen) view.add(sim::batch_of(tick));
  }
  const double ln_line = -ln(settings.alpha) - kForRounding;
  for (const sim::Counted& tick : history.rollout) {
    if (!tick.seen) continue;
    view.add(sim::batch_of(tick));
    if (view.ln_harm() >= ln_line) return true;
  }
  return false;
}

}  // namespace sluice::bench
