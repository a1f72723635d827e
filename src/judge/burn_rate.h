// Burn rate: how many times faster than its objective allows a service fails, statistics notes 3.6.
//
// Two forms. By evidence: is the canary's error rate above 14.4 times what the objective leaves
// (TargetEvidence against burning_rate). By windows, as the SRE workbook pages: fast over an hour
// and five minutes, medium over six hours and half an hour, slow over three days and six hours. The
// windows are deterministic, are of the whole service, and say that something is wrong, not
// whose fault it is: they hold deliveries, and take a release back only together with odds against
// it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace sluice::judge {

inline constexpr double kBurnFast = 14.4;  // 2 % of thirty days' errors in an hour
inline constexpr double kBurnMedium = 6;   // 5 % in six hours
inline constexpr double kBurnSlow = 1;     // 10 % in three days
inline constexpr double kLnOddsWithBurn = 2.995732273553991;  // ln 20: taken back with these only

// The error rate at which a service with this objective burns 14.4 times too fast; at most 1. An
// objective is the part of requests that succeed, as 0.999.
[[nodiscard]] double burning_rate(double objective);

struct Burning {
  bool fast = false;
  bool medium = false;
  bool slow = false;
  friend bool operator==(const Burning&, const Burning&) = default;
};

class BurnWindows {
 public:
  // 0 < objective < 1.
  explicit BurnWindows(double objective) : objective_(objective) {}

  // Errors among requests since the last call, which was `elapsed_ms` ago; they are of the minute
  // in which the last call was.
  void add(std::int64_t errors, std::int64_t requests, std::int64_t elapsed_ms);

  // Of whole minutes that are over. Windows that reach back before the first call hold what there
  // is.
  [[nodiscard]] Burning burning() const;

  // Of the last minutes that are over, 1 to 4,320; 0 without requests.
  [[nodiscard]] double burn_rate(std::int64_t minutes) const;

 private:
  struct Minute {
    std::int64_t errors = 0;
    std::int64_t requests = 0;
  };
  static constexpr std::size_t kMinutes = 3 * 24 * 60;

  void end_minute();

  double objective_;
  std::int64_t in_minute_ms_ = 0;
  Minute now_;
  // Sums since the start, by minute, so that a window is a difference: the last and kMinutes
  // before.
  std::array<Minute, kMinutes + 1> sums_{};
  std::size_t last_ = 0;
};

}  // namespace sluice::judge
