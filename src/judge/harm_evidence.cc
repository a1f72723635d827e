#include "judge/harm_evidence.h"

#include "judge/exp_log.h"

namespace sluice::judge {
namespace {

constexpr double kErrorWeight = 0.5;
constexpr double kSlowWeight = 0.5;

// With groups configured, but only one or two seen, this many requests are waited for before
// leave-one-out is given up: the first of many servers must not decide alone, and where there are
// only two the wait is short.
constexpr std::int64_t kRequestsToMeetGroups = 10;

template <std::size_t N>
std::array<double, N> target_factors(const std::array<TargetAlternative, N>& alternatives,
                                     std::int64_t hits, std::int64_t requests) {
  std::array<double, N> out{};
  for (std::size_t i = 0; i < N; ++i) {
    out[i] = ln_target_factor(alternatives[i], hits, requests);
  }
  return out;
}

}  // namespace

HarmEvidence::HarmEvidence(const Settings& settings)
    : groups_(settings.groups),
      error_mass_(settings.planned_ms),
      slow_mass_(settings.planned_ms),
      error_alternatives_(target_alternatives(settings.error_rate_target)),
      slow_alternatives_(target_alternatives(settings.over_target_share)) {}

void HarmEvidence::begin(const Batch& batch) {
  error_mass_.pass(batch.elapsed_ms);
  slow_mass_.pass(batch.elapsed_ms);
  if (canary_requests_ < kRequestsToMeetGroups) canary_requests_ += batch.canary.requests;
  for (int g = 0; g < groups_; ++g) {
    if (met_[g] || batch.canary_groups[g].requests == 0) continue;
    met_[g] = true;
    ++groups_met_;
    without_[g] = whole_;  // so far the whole was without it
  }
}

template <std::size_t N>
void HarmEvidence::stake(Mixture<N> View::* test, double money) {
  if (money <= 0) return;
  const double ln_money = ln(money);
  (whole_.*test).stake(ln_money);
  for (int g = 0; g < groups_; ++g) {
    if (met_[g]) (without_[g].*test).stake(ln_money);
  }
}

template <std::size_t N, class FactorsOf>
void HarmEvidence::multiply(Mixture<N> View::* test, const Batch& batch, double design_effect,
                            const FactorsOf& factors_of) {
  const std::array<double, N> of_whole = factors_of(batch.canary);
  (whole_.*test).multiply(of_whole, design_effect);
  for (int g = 0; g < groups_; ++g) {
    if (!met_[g]) continue;
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

void HarmEvidence::judge_slow(const Batch& batch, double design_effect) {
  if (batch.canary.requests == 0) return;
  stake(&View::slow, slow_mass_.take());
  multiply(&View::slow, batch, design_effect, [this](const Counts& canary) {
    return target_factors(slow_alternatives_.harms, canary.over_target, canary.requests);
  });
}

void HarmEvidence::judge_errors_against_baseline(const Batch& batch,
                                                 const MarginAlternatives& alternatives,
                                                 double design_effect) {
  stake(&View::against_baseline, error_mass_.take());
  multiply(&View::against_baseline, batch, design_effect, [&](const Counts& canary) {
    std::array<double, kMarginHarms> out{};
    for (std::size_t i = 0; i < kMarginHarms; ++i) {
      out[i] = ln_margin_factor(alternatives.harms()[i], canary, batch.baseline);
    }
    return out;
  });
}

void HarmEvidence::judge_errors_against_target(const Batch& batch, double design_effect) {
  if (batch.canary.requests == 0) return;
  stake(&View::against_target, error_mass_.take());
  multiply(&View::against_target, batch, design_effect, [this](const Counts& canary) {
    return target_factors(error_alternatives_.harms, canary.errors, canary.requests);
  });
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
  for (int g = 0; g < groups_; ++g) {
    if (met_[g]) move(without_[g]);
  }
  stake(to, error_mass_.take_half());
}

void HarmEvidence::turn_to_target() { move_money(&View::against_baseline, &View::against_target); }

void HarmEvidence::turn_to_baseline() {
  move_money(&View::against_target, &View::against_baseline);
}

HarmOdds HarmEvidence::odds_of(const View& view) const {
  HarmOdds out;
  const double ln_errors =  // one of the two tests holds all that is staked
      ln_add(view.against_baseline.ln_worth(), view.against_target.ln_worth());
  out.ln_error = ln_add(ln_errors, ln(error_mass_.unstaked()));
  out.ln_slow = ln_add(view.slow.ln_worth(), ln(slow_mass_.unstaked()));
  out.ln_total = ln_add(ln(kErrorWeight) + out.ln_error, ln(kSlowWeight) + out.ln_slow);
  return out;
}

HarmOdds HarmEvidence::odds() const {
  const bool waits_for_groups =
      groups_ >= kGroupsMin && groups_met_ > 0 && canary_requests_ < kRequestsToMeetGroups;
  if (!leaves_one_out() && !waits_for_groups) return odds_of(whole_);
  HarmOdds least;
  bool first = true;
  for (int g = 0; g < groups_; ++g) {
    if (!met_[g]) continue;
    const HarmOdds without = odds_of(without_[g]);
    if (first || without.ln_total < least.ln_total) least = without;
    first = false;
  }
  return least;
}

}  // namespace sluice::judge
