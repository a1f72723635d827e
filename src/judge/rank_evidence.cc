#include "judge/rank_evidence.h"

#include "judge/exp_log.h"

namespace sluice::judge {
namespace {

constexpr std::array<double, kRankSlopes> kSlopes{0.05, 0.15, 0.5, 1.5, 50};
constexpr double kKept = 0.02;  // not bet, so that one good rank loses no more than all but this

}  // namespace

std::array<double, kRankSlopes> rank_payoffs(int worse, int equal, int units) {
  std::array<double, kRankSlopes> out{};
  for (std::size_t i = 0; i < kRankSlopes; ++i) {
    double all = 0;
    double mine = 0;
    for (int rank = 0; rank <= units; ++rank) {
      const double weight = exp(-kSlopes[i] * rank);
      all += weight;
      if (rank >= worse && rank <= worse + equal) mine += weight;
    }
    out[i] = kKept + (1 - kKept) * (units + 1) * mine / (all * (equal + 1));
  }
  return out;
}

void RankEvidence::add(double canary, std::span<const double> units, std::int64_t elapsed_ms) {
  mass_.pass(elapsed_ms);
  int worse = 0;
  int equal = 0;
  for (const double unit : units) {
    if (unit != unit) return;
    worse += unit > canary ? 1 : 0;
    equal += unit == canary ? 1 : 0;
  }
  if (units.empty() || canary != canary) return;
  if (const double money = mass_.take(); money > 0) test_.stake(ln(money));
  std::array<double, kRankSlopes> factors =
      rank_payoffs(worse, equal, static_cast<int>(units.size()));
  for (double& factor : factors) factor = ln(factor);
  test_.multiply(factors);
}

double RankEvidence::ln_worth() const { return ln_add(test_.ln_worth(), ln(mass_.unstaked())); }

}  // namespace sluice::judge
