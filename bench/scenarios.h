// Scenarios: what the benchmark runs, statistics notes 5.1.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "judge/projection.h"

namespace sluice::bench {

inline constexpr std::uint64_t kMaster = 20240917;
inline constexpr double kShare = 0.05;
inline constexpr double kAlpha = 1e-3;
inline constexpr int kHorizonSeconds = 3'600;
inline constexpr int kWarmUpSeconds = 600;  // of the baseline alone

// How much worse a release is than the baseline.
struct Change {
  std::string_view name;
  double times = 1;
  double plus = 0;
  [[nodiscard]] double of(double error_rate) const;
  [[nodiscard]] bool severe() const { return plus >= 0.5; }
};

struct Cell {
  double error_rate = 0;  // of the baseline
  Change change;
  double requests_per_second = 0;
  [[nodiscard]] judge::Rates truth() const { return {change.of(error_rate), error_rate}; }
};

// Baseline's error rate x change x requests per second; without multiples of nothing.
[[nodiscard]] std::vector<Cell> grid();

// A question to be answered request by request.
struct Problem {
  double error_rate = 0;
  Change change;
  double margin = 0;
  [[nodiscard]] judge::Rates truth() const { return {change.of(error_rate), error_rate}; }
};

// The 39 of statistics notes 4.2.
[[nodiscard]] std::vector<Problem> problems();

}  // namespace sluice::bench
