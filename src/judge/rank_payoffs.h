// Rank payoffs: what the ranks of two groups of processes are worth, statistics notes 3.8 iv,
// for any number of processes in each.
//
// All processes of both groups are put in the order of their values. U counts the pairs in which
// the process of the baseline is worse: 0 where all of the canary's are worse than all of the
// baseline's (Mann, Whitney 1947). Where any order of the processes is as likely as any other, the
// mean of q^U over all orders is a Gaussian binomial coefficient divided by the number of orders
// (Andrews 1976, "The Theory of Partitions", chapter 3), so that q^U divided by it is on average 1.
// Equal values share what their orders would be worth. With one process in the canary that is the
// payoff of the notes, by its rank.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "model/gauge.h"

namespace sluice::judge {

inline constexpr std::size_t kRankSlopes = 5;  // q from nearly 1, gently, to nearly 0, steep

// One for each slope: at least 0.02, and at most kRankPayoffMost, on average 1 or less. Finite
// values, of which more is worse; each group has one to kGaugeUnitsMost.
[[nodiscard]] std::array<double, kRankSlopes> rank_payoffs(std::span<const double> canary,
                                                           std::span<const double> baseline);

// So that no single sample comes near the line at which a release goes back, however many processes
// were worse in it.
inline constexpr double kRankPayoffMost = 50;

}  // namespace sluice::judge
