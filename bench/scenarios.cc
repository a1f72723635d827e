#include "bench/scenarios.h"

#include <algorithm>
#include <array>

namespace sluice::bench {
namespace {

constexpr std::array<Change, 6> kChanges{{{"x2", 2, 0},
                                          {"x5", 5, 0},
                                          {"+1 %", 1, 0.01},
                                          {"+5 %", 1, 0.05},
                                          {"+50 %", 1, 0.5},
                                          {"100 %", 1, 1}}};
constexpr std::array kErrorRates{0.0, 1e-4, 1e-3, 1e-2};
constexpr std::array kRates{1.0, 10.0, 100.0, 1'000.0, 10'000.0};
constexpr double kTooSmall = 1e-4;  // twice this takes 191,000 requests at best

}  // namespace

double Change::of(double error_rate) const { return std::min(1.0, times * error_rate + plus); }

std::vector<Cell> grid() {
  std::vector<Cell> cells;
  for (const double error_rate : kErrorRates) {
    for (const Change& change : kChanges) {
      if (change.of(error_rate) <= error_rate) continue;
      for (const double rate : kRates) cells.push_back({error_rate, change, rate});
    }
  }
  return cells;
}

std::vector<Problem> problems() {
  std::vector<Problem> out;
  for (const double margin : {0.0, 0.005}) {
    for (const double error_rate : kErrorRates) {
      for (const Change& change : kChanges) {
        const double rate = change.of(error_rate);
        if (rate <= error_rate + margin || rate <= 2 * kTooSmall) continue;
        out.push_back({error_rate, change, margin});
      }
    }
  }
  return out;
}

}  // namespace sluice::bench
