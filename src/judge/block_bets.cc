#include "judge/block_bets.h"

#include <algorithm>

#include "judge/exp_log.h"
#include "judge/projection.h"

namespace sluice::judge {
namespace {

constexpr std::array<double, kClips> kClip{1, 0.3, 0.1, 0.03, 0.01};
constexpr std::array<double, kBlockMultiples> kMultiples{2, 5, 15, 50, 200, 2'000};
constexpr double kToleratedMax = 0.95;  // of the clip: above it there is no room for anything worse
constexpr double kRateMax = 0.995;
constexpr double kKept = 0.9885;  // of the past, with each block: half is left after 60
constexpr double kHistoryUnitsMax = 30;
constexpr double kRequestsOfUnit = 1'000;  // of the history
constexpr double kSumOfPrior = 0.2;        // one error in a thousand at the widest clip

double rate_of(const Counts& counts) {
  return static_cast<double>(counts.errors) / static_cast<double>(counts.requests);
}

double clipped(double rate, double clip) { return std::min(rate, clip) / clip; }

double pays(double y, double hit, double miss) { return y * hit + (1 - y) * miss; }

// The canary may be a fourth larger: baseline_units puts units together to that.
bool no_larger(const Counts& canary, const BaselineUnits& units) {
  const std::int64_t enough = canary.requests - canary.requests / 5;
  for (int s = 0; s < units.number; ++s) {
    if (units.each[s].requests < enough) return false;
  }
  return true;
}

}  // namespace

BlockBets::BlockBets(double margin, const Counts& history) : margin_(margin) {
  if (history.requests <= 0) return;
  const double units =
      std::min(kHistoryUnitsMax, static_cast<double>(history.requests) / kRequestsOfUnit);
  for (std::size_t c = 0; c < kClips; ++c) {
    past_[c] = {units * clipped(rate_of(history), kClip[c]), units};
  }
}

void BlockBets::face(const BaselineUnits& units, const Counts& canary) {
  const bool clips = no_larger(canary, units);
  for (int s = 0; s < units.number; ++s) {
    unit_rates_[static_cast<std::size_t>(s)] = rate_of(units.each[s]);
  }
  for (std::size_t c = 0; c < kClips; ++c) {
    for (std::size_t i = 0; i < kBlockMultiples; ++i) {
      bets_[c * kBlockMultiples + i] = c == 0 || clips ? bet_of(c, kMultiples[i], units) : Bet();
    }
  }
}

BlockBets::Bet BlockBets::bet_of(std::size_t clip, double multiple,
                                 const BaselineUnits& units) const {
  const double q = (past_[clip].sum + kSumOfPrior) / (past_[clip].units + 200 * kClip[clip] + 1);
  const double margin = margin_ / kClip[clip];
  const double tolerated = q + margin;
  if (units.number == 0 || !(tolerated < kToleratedMax)) return {};
  const double odds = multiple * (tolerated / (1 - tolerated));
  const Rates rates{std::min(odds / (1 + odds), kRateMax), q};
  const Bracket bracket = bracket_of(rates, margin);
  if (!(rates.canary > tolerated) || bracket.empty()) return {};
  const double p = project(1.0 / (units.number + 1), rates, margin, bracket);
  const double c = p + margin;
  if (!(p > bracket.low && p < bracket.high)) return {};
  Bet bet{true, {rates.canary / c, (1 - rates.canary) / (1 - c)}, 0};
  const double hit = q / p;  // at least 10^-8, so that the product of all units stays a number
  const double miss = (1 - q) / (1 - p);
  double product = 1;
  for (int s = 0; s < units.number; ++s) {
    product *= pays(clipped(unit_rates_[static_cast<std::size_t>(s)], kClip[clip]), hit, miss);
  }
  bet.ln_baseline = ln(product);
  return bet;
}

std::array<double, kBlockHarms> BlockBets::ln_factors(const Counts& canary) const {
  std::array<double, kBlockHarms> out{};
  if (canary.requests == 0) return out;
  const double rate = rate_of(canary);
  for (std::size_t i = 0; i < kBlockHarms; ++i) {
    const Bet& bet = bets_[i];
    if (!bet.placed) continue;
    const double y = clipped(rate, kClip[i / kBlockMultiples]);
    out[i] = ln(pays(y, bet.canary.hit, bet.canary.miss)) + bet.ln_baseline;
  }
  return out;
}

void BlockBets::learn(const BaselineUnits& units) {
  for (std::size_t c = 0; c < kClips; ++c) {
    past_[c].sum *= kKept;
    past_[c].units *= kKept;
    for (int s = 0; s < units.number; ++s) {
      past_[c].sum += clipped(rate_of(units.each[s]), kClip[c]);
      past_[c].units += 1;
    }
  }
}

}  // namespace sluice::judge
