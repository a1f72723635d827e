// Block bets: a test on the error rates of whole blocks of time, one number for each unit, so that
// what happens inside a block and unit may be as correlated as it likes. The slow companion of the
// margin factor: statistics notes 3.8 iii.
//
// The null says that the canary's rate in a block is expected to be at most that of a baseline unit
// plus the margin, given the past, and that units are independent of each other within a block.
// Payoffs are linear in the rate, or in the rate clipped at 30, 10, 3 or 1 %, which keeps a single
// outage from drowning what goes on below it. Clipping is concave: it is valid where the canary is
// no larger than the units, and not used where it is larger.
//
// Blocks end by the clock. Alternatives are made from earlier blocks alone. No allocation.
#pragma once

#include <array>
#include <cstddef>

#include "judge/baseline_units.h"
#include "model/event.h"

namespace sluice::judge {

inline constexpr std::size_t kClips = 5;
inline constexpr std::size_t kBlockMultiples = 6;
inline constexpr std::size_t kBlockHarms = kClips * kBlockMultiples;

class BlockBets {
 public:
  // `history` is the baseline as counted before; may be empty.
  BlockBets(double margin, const Counts& history);

  // Takes up what the units did in a block, for the factors of that block.
  void face(const BaselineUnits& units, const Counts& canary);

  // How much the block that is faced speaks for each alternative, if this was the canary: all of
  // it, or all but a group. Without requests: nothing.
  [[nodiscard]] std::array<double, kBlockHarms> ln_factors(const Counts& canary) const;

  // After the factors: the units become the past.
  void learn(const BaselineUnits& units);

 private:
  // Past units, clipped and divided by the clip.
  struct Past {
    double sum = 0;
    double units = 0;
  };
  // A coin with the mean q against one with the mean p: what its two sides pay.
  struct Payoff {
    double hit = 1;
    double miss = 1;
  };
  struct Bet {
    bool placed = false;
    Payoff canary;
    double ln_baseline = 0;
  };

  [[nodiscard]] Bet bet_of(std::size_t clip, double multiple, const BaselineUnits& units) const;

  double margin_;
  std::array<Past, kClips> past_{};
  std::array<Bet, kBlockHarms> bets_{};
  std::array<double, kUnitsMax> unit_rates_{};  // of the block that is faced
};

}  // namespace sluice::judge
