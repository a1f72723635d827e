// Rank persistence: how long the processes of the baseline keep their ranks among each other.
//
// A test of ranks takes each sample as news. It is not where one process always has the largest
// memory, or a queue that is long now is long a minute later: then one sample says most of what the
// next ones say. How many samples are worth one is seen in the baseline alone: ranks are summed
// over windows of 1, 2, 4, … samples, and how far the processes' sums spread is compared with how
// far they would, were the samples independent (statistics notes 3.8 i does that with counts). For
// differences that last, the result grows with the samples, so that they never add up.
//
// Pure, without allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "model/gauge.h"

namespace sluice::judge {

class RankPersistence {
 public:
  // One sample: finite values of at least two processes, the same ones in the same order as before.
  void add(std::span<const double> units);

  // So many samples are worth one: 1 or more.
  [[nodiscard]] double value() const;

 private:
  static constexpr std::size_t kScales = 12;  // windows of 2 to 4,096 samples
  struct Scale {
    std::array<double, kGaugeUnitsMost> sums{};  // of the window that goes on, for each process
    double variance = 0;                         // of all of them, were the samples independent
    std::int64_t samples = 0;
    double spread_before = 0;  // the same of the windows before
    double variance_before = 0;
    std::int64_t windows_before = 0;
  };
  [[nodiscard]] double value(const Scale& scale) const;

  std::array<Scale, kScales> scales_{};
  std::size_t units_ = 0;
};

}  // namespace sluice::judge
