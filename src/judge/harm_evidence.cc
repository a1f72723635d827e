#include "judge/harm_evidence.h"

#include <algorithm>
#include <limits>
#include <span>

#include "base/tick.h"
#include "judge/exp_log.h"

namespace sluice::judge {
namespace {

constexpr double kErrorWeight = 0.5;
constexpr double kSlowWeight = 0.2;
constexpr double kTrafficWeight = 0.15;
constexpr double kLatencyWeight = 0.15;

// Of the money of the errors, where there are units to compare blocks with.
constexpr double kFastPart = 0.7;
// Of the money of slow requests, as long as a baseline serves.
constexpr double kSlowFastPart = 0.7;

template <std::size_t N>
std::array<double, N> target_factors(const std::array<TargetAlternative, N>& alternatives,
                                     std::int64_t hits, std::int64_t requests) {
  std::array<double, N> out{};
  for (std::size_t i = 0; i < N; ++i) {
    out[i] = ln_target_factor(alternatives[i], hits, requests);
  }
  return out;
}

std::array<double, kMarginHarms> margin_factors(const MarginAlternatives& alternatives,
                                                const Counts& canary, const Counts& baseline) {
  std::array<double, kMarginHarms> out{};
  for (std::size_t i = 0; i < kMarginHarms; ++i) {
    out[i] = ln_margin_factor(alternatives.harms()[i], canary, baseline);
  }
  return out;
}

// The average of the two tests of requests over target.
double ln_slow_part(double ln_fast, double ln_seconds) {
  return ln_add(ln(kSlowFastPart) + ln_fast, ln(1 - kSlowFastPart) + ln_seconds);
}

}  // namespace

MetricParts metric_parts(const Settings& settings) {
  const double traffic = settings.judge_traffic ? kTrafficWeight : 0;
  const bool decides = settings.latency_against_baseline == BaselineUse::rollback;
  const double latency = decides ? kLatencyWeight : 0;
  const double all = kErrorWeight + kSlowWeight + traffic + latency;
  return {kErrorWeight / all, kSlowWeight / all, traffic / all, latency / all};
}

HarmEvidence::HarmEvidence(const Settings& settings, const Counts& history)
    : settings_(settings),
      parts_(metric_parts(settings)),
      fast_part_(settings.baseline_groups < 2 ? 1 : kFastPart),
      groups_(settings),
      error_mass_(settings.planned_ms),
      block_mass_(settings.planned_ms),
      slow_mass_(settings.planned_ms),
      second_mass_(settings.planned_ms),
      traffic_(settings.planned_ms),
      bets_(settings.margin, history),
      error_alternatives_(target_alternatives(settings.error_rate_target)),
      slow_alternatives_(target_alternatives(settings.over_target_share)) {}

void HarmEvidence::begin(const Batch& batch) {
  error_mass_.pass(batch.elapsed_ms);
  block_mass_.pass(batch.elapsed_ms);
  slow_mass_.pass(batch.elapsed_ms);
  second_mass_.pass(batch.elapsed_ms);
  now_ms_ = std::min(now_ms_ + batch.elapsed_ms, std::int64_t{1} << 60);
  if (now_ms_ - levelled_at_ms_ >= kLevelEveryMs) level();
  note_bad_second(batch.canary);
  for (int g = 0; g < groups_.groups(); ++g) {
    // So far the whole was without it.
    if (!groups_.met(g) && batch.canary_groups[g].requests > 0) without_[g] = whole_;
  }
  groups_.meet(batch);
}

void HarmEvidence::note_bad_second(const Counts& canary) {
  const std::int64_t second = now_ms_ / kSecondMs;
  if (second == bad_second_ || canary.errors + canary.over_target == 0) return;
  bad_second_ = second;
  bad_seconds_ = std::min(bad_seconds_ + 1, kBadSecondsMin);
}

bool HarmEvidence::may_decide() const {
  return groups_.groups() == 0 || groups_.possible() || bad_seconds_ >= kBadSecondsMin;
}

template <std::size_t N>
void HarmEvidence::stake(Mixture<N> View::* test, double money) {
  if (money <= 0) return;
  const double ln_money = ln(money);
  (whole_.*test).stake(ln_money);
  for (int g = 0; g < groups_.groups(); ++g) {
    if (groups_.met(g)) (without_[g].*test).stake(ln_money);
  }
}

template <std::size_t N, class FactorsOf>
void HarmEvidence::multiply(Mixture<N> View::* test, const Batch& batch, double design_effect,
                            const FactorsOf& factors_of) {
  const std::array<double, N> of_whole = factors_of(batch.canary);
  (whole_.*test).multiply(of_whole, design_effect);
  for (int g = 0; g < groups_.groups(); ++g) {
    if (!groups_.met(g)) continue;
    Mixture<N>& without = without_[g].*test;
    if (batch.canary_groups[g].requests == 0) {
      without.multiply(of_whole, design_effect);
      continue;
    }
    const Counts rest = without_group(batch, g);
    // Nothing left to compare: the baseline's requests alone say nothing about the canary.
    if (rest.requests > 0) without.multiply(factors_of(rest), design_effect);
  }
}

void HarmEvidence::judge_traffic(const Batch& batch) {
  traffic_.add(batch.canary.requests, batch.baseline.requests, batch.elapsed_ms);
}

void HarmEvidence::judge_slow_seconds(const Batch& batch) {
  grow(second_, batch, settings_);
  if (second_.elapsed_ms < kSecondMs) return;
  if (second_.canary.requests > 0) {
    stake(&View::slow_seconds, second_mass_.take());
    multiply(&View::slow_seconds, second_, 1, [this](const Counts& canary) {
      std::array<double, kTargetHarms> out{};
      for (std::size_t i = 0; i < kTargetHarms; ++i) {
        out[i] = ln_mean_factor(slow_alternatives_.harms[i], canary.over_target, canary.requests);
      }
      return out;
    });
  }
  second_ = {};
}

void HarmEvidence::judge_slow_against_baseline(const Batch& batch,
                                               const MarginAlternatives& alternatives,
                                               double design_effect) {
  const double money = slow_mass_.take();
  stake(&View::slow, money);
  stake(&View::slow_against_baseline, money);
  multiply(&View::slow, batch, design_effect, [this](const Counts& canary) {
    return target_factors(slow_alternatives_.harms, canary.over_target, canary.requests);
  });
  multiply(&View::slow_against_baseline, batch, design_effect, [&](const Counts& canary) {
    return margin_factors(alternatives, late(canary), late(batch.baseline));
  });
}

void HarmEvidence::judge_errors_against_baseline(const Batch& batch,
                                                 const MarginAlternatives& alternatives,
                                                 double design_effect) {
  stake(&View::against_baseline, error_mass_.take());
  multiply(&View::against_baseline, batch, design_effect, [&](const Counts& canary) {
    return margin_factors(alternatives, canary, batch.baseline);
  });
}

void HarmEvidence::judge_errors_against_target(const Batch& batch, double design_effect) {
  if (batch.canary.requests == 0) return;
  stake(&View::against_target, error_mass_.take());
  multiply(&View::against_target, batch, design_effect, [this](const Counts& canary) {
    return target_factors(error_alternatives_.harms, canary.errors, canary.requests);
  });
}

void HarmEvidence::judge_blocks(const Batch& batch, const ErrorClusters& clusters) {
  if (settings_.baseline_groups < 2) return;
  Batch more = batch;
  if (block_closed_) more = {.elapsed_ms = batch.elapsed_ms};
  grow(block_, more, settings_);
  if (block_.elapsed_ms < block_plan_.lasts_ms) return;
  end_block();
  drop_block();
  block_plan_ = clusters.next_block();
}

void HarmEvidence::drop_block() {
  block_ = {};
  block_closed_ = share_unknown_;
}

void HarmEvidence::turn_share(bool known, bool falls) {
  share_unknown_ = !known;
  if (known && (falls || block_.canary.requests == 0)) {
    drop_block();
  } else {
    block_closed_ = true;
  }
}

void HarmEvidence::end_block() {
  const BaselineUnits units = baseline_units(
      std::span(block_.baseline_groups).first(settings_.baseline_groups), block_.canary.requests);
  if (block_.canary.requests > 0 && units.number > 0) {
    stake(&View::blocks, block_mass_.take());
    bets_.face(units, block_.canary);
    multiply(&View::blocks, block_, block_plan_.design_effect,
             [this](const Counts& canary) { return bets_.ln_factors(canary); });
  }
  bets_.learn(units);
}

template <std::size_t From, std::size_t To>
void HarmEvidence::move_money(Mixture<From> View::* from, Mixture<To> View::* to) {
  const auto move = [&](View& view) {
    Mixture<To> fresh;
    fresh.stake((view.*from).ln_worth());
    view.*to = fresh;
    view.*from = Mixture<From>();
  };
  move(whole_);
  for (int g = 0; g < groups_.groups(); ++g) {
    if (groups_.met(g)) move(without_[g]);
  }
  stake(to, error_mass_.take_half());
}

void HarmEvidence::turn_to_target() { move_money(&View::against_baseline, &View::against_target); }

void HarmEvidence::turn_to_baseline() {
  move_money(&View::against_target, &View::against_baseline);
}

HarmOdds HarmEvidence::odds_of(const View& view, double ln_latency) const {
  HarmOdds out;
  const double ln_errors =  // one of the two tests holds all that is staked
      ln_add(view.against_baseline.ln_worth(), view.against_target.ln_worth());
  out.ln_error_fast = ln_add(ln_errors, ln(error_mass_.unstaked()));
  out.ln_error_blocks = ln_add(view.blocks.ln_worth(), ln(block_mass_.unstaked()));
  out.ln_error =
      ln_add(ln(fast_part_) + out.ln_error_fast, ln(1 - fast_part_) + out.ln_error_blocks);
  const double ln_fast = std::min(view.slow.ln_worth(), view.slow_against_baseline.ln_worth());
  out.ln_slow = ln_slow_part(ln_add(ln_fast, ln(slow_mass_.unstaked())),
                             ln_add(view.slow_seconds.ln_worth(), ln(second_mass_.unstaked())));
  out.ln_traffic = traffic_.ln_worth();
  out.ln_latency = ln_latency;
  out.ln_total = ln_add(ln_add(ln(parts_.error) + out.ln_error, ln(parts_.slow) + out.ln_slow),
                        ln(parts_.traffic) + out.ln_traffic);
  if (parts_.latency > 0) out.ln_total = ln_add(out.ln_total, ln(parts_.latency) + ln_latency);
  return out;
}

double HarmEvidence::ln_staked(const View& view) const {
  const double ln_fast = ln_add(view.against_baseline.ln_worth(), view.against_target.ln_worth());
  const double ln_error =
      ln_add(ln(fast_part_) + ln_fast, ln(1 - fast_part_) + view.blocks.ln_worth());
  const double ln_slow =
      ln_slow_part(std::min(view.slow.ln_worth(), view.slow_against_baseline.ln_worth()),
                   view.slow_seconds.ln_worth());
  return ln_add(ln(parts_.error) + ln_error, ln(parts_.slow) + ln_slow);
}

void HarmEvidence::level() {
  levelled_at_ms_ = now_ms_;
  if (!groups_.possible()) return;
  double ln_least = std::numeric_limits<double>::infinity();
  for (int g = 0; g < groups_.groups(); ++g) {
    if (groups_.counts(g)) ln_least = std::min(ln_least, ln_staked(without_[g]));
  }
  if (ln_least == kLnNothing) return;
  const auto bring_down = [&](View& view) {
    const double ln_part = std::min(0.0, ln_least - ln_staked(view));
    view.against_baseline.scale(ln_part);
    view.against_target.scale(ln_part);
    view.blocks.scale(ln_part);
    view.slow.scale(ln_part);
    view.slow_against_baseline.scale(ln_part);
    view.slow_seconds.scale(ln_part);
  };
  bring_down(whole_);
  for (int g = 0; g < groups_.groups(); ++g) {
    if (groups_.met(g)) bring_down(without_[g]);
  }
}

HarmOdds HarmEvidence::odds(bool no_unit_fails_alone, const LatencyOdds& latency) const {
  HarmOdds least;
  bool first = true;
  for (int g = 0; g < groups_.groups(); ++g) {
    if (!groups_.counts(g)) continue;
    const HarmOdds without = odds_of(without_[g], latency.ln_without[static_cast<std::size_t>(g)]);
    if (first || without.ln_total < least.ln_total) least = without;
    first = false;
  }
  if (first) return odds_of(whole_, latency.ln_whole);
  if (!no_unit_fails_alone) return least;
  const HarmOdds whole = odds_of(whole_, latency.ln_whole);
  const double ln_enough = ln(kEnoughOfRest);
  least.ln_total -= ln_enough;
  return whole.ln_total <= least.ln_total ? whole : least;
}

}  // namespace sluice::judge
