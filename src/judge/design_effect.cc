#include "judge/design_effect.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/tick.h"

namespace sluice::judge {
namespace {

constexpr double kEventsOfPrior = 20;  // bad events at which nothing but chance was seen
constexpr double kIndexOfChance = 1.25;
constexpr double kDeviations = 2;
constexpr std::int64_t kLooksInBlock = 60;
// What is carried on from an earlier delivery counts for at most so many bad events.
constexpr double kEventsOfPast = 2'000;

// Each block counts with its number of bad events.
Dispersion of_block(const BaselineUnits& units, std::int64_t Counts::* bad) {
  double requests = 0;
  double events = 0;
  for (int s = 0; s < units.number; ++s) {
    requests += static_cast<double>(units.each[s].requests);
    events += static_cast<double>(units.each[s].*bad);
  }
  if (units.number < 2 || events <= 0 || events >= requests) return {};
  const double rate = events / requests;
  double chi_square = 0;
  for (int s = 0; s < units.number; ++s) {
    const double n = static_cast<double>(units.each[s].requests);
    const double off = static_cast<double>(units.each[s].*bad) - n * rate;
    chi_square += off * off / n;
  }
  chi_square /= rate * (1 - rate);
  const double freedom = units.number - 1;
  return {events * chi_square / freedom, events, 2 * events * (events - 1) / freedom};
}

Dispersion scaled(const Dispersion& past) {
  if (!(past.events > kEventsOfPast)) return past;
  const double part = kEventsOfPast / past.events;
  return {past.spread * part, kEventsOfPast, past.variance * part * part};
}

double largest_effect(const Dispersions& dispersions) {
  double most = 1;
  for (const Dispersion& one : dispersions) most = std::max(most, one.design_effect());
  return most;
}

}  // namespace

double Dispersion::index() const { return (spread + kEventsOfPrior) / (events + kEventsOfPrior); }

double Dispersion::design_effect() const {
  const double doubt = kDeviations * std::sqrt(variance) / (events + kEventsOfPrior);
  // Once it is more than chance, what is believed at first counts no more.
  return index() > kIndexOfChance + doubt ? spread / events : 1;
}

DesignEffect::DesignEffect(const Settings& settings, std::int64_t Counts::* bad,
                           std::int64_t block_ms, const Dispersions& past)
    : settings_(settings),
      bad_(bad),
      block_ms_(block_ms),
      look_every_ms_(std::max(kSecondMs, block_ms / kLooksInBlock)),
      ended_{scaled(past[0]), scaled(past[1])},
      seen_(ended_),
      value_(largest_effect(ended_)) {}

void DesignEffect::learn(const Batch& batch) {
  gather(batch);
  if (block_.elapsed_ms - looked_at_ms_ < look_every_ms_) return;
  look();
}

void DesignEffect::gather(const Batch& batch) {
  if (block_.elapsed_ms >= block_ms_) end_block();
  grow(block_, batch, settings_);
}

void DesignEffect::end_block() {
  ended_ = with_block();
  block_ = {};
  looked_at_ms_ = 0;
}

Dispersions DesignEffect::with_block() const {
  const std::span<const Counts> entries(block_.baseline_groups);
  const std::array<std::span<const Counts>, kDivisions> divisions{
      entries.first(settings_.baseline_groups),
      entries.subspan(settings_.baseline_groups, settings_.client_groups)};
  Dispersions out = ended_;
  for (std::size_t i = 0; i < kDivisions; ++i) {
    const Dispersion block = of_block(baseline_units(divisions[i], block_.canary.requests), bad_);
    out[i].spread += block.spread;
    out[i].events += block.events;
    out[i].variance += block.variance;
  }
  return out;
}

void DesignEffect::look() {
  looked_at_ms_ = block_.elapsed_ms;
  seen_ = with_block();
  value_ = largest_effect(seen_);
}

double DesignEffect::index() const {
  const Dispersions now = with_block();
  return std::max(now[0].index(), now[1].index());
}

}  // namespace sluice::judge
