// Burn rate: how many times faster than its objective allows a service fails, statistics notes 3.6.
//
// Two forms. By evidence: is the canary's error rate above 14.4 times what the objective leaves
// (TargetEvidence against burning_rate). By windows, as the SRE workbook pages: fast over an hour
// and five minutes, medium over six hours and half an hour, slow over three days and six hours. The
// windows are deterministic, are of the whole service, and say that something is wrong, not
// whose fault it is: they hold deliveries and take none back.
//
// The notes would take a release back while the service burns at odds of 20 to 1 against it. That
// is not done: 20 to 1 alone comes up in up to 5 % of deliveries of harmless releases, and a
// service may burn for days, so no bound below 5 % could be promised. The line of every other
// rollback stays the line while the service burns, and the hold bounds the harm meanwhile.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/tick.h"
#include "model/burn.h"

namespace sluice::judge {

inline constexpr double kBurnFast = 14.4;  // 2 % of thirty days' errors in an hour
inline constexpr double kBurnMedium = 6;   // 5 % in six hours
inline constexpr double kBurnSlow = 1;     // 10 % in three days

// Fewer errors than this in the longer window of a pair are no burn: of ten requests one may fail.
inline constexpr std::int64_t kBurnErrorsMin = 5;

// The error rate at which a service with this objective burns 14.4 times too fast; at most 1. An
// objective is the part of requests that succeed, as 0.999.
[[nodiscard]] double burning_rate(double objective);

struct Burning {
  bool fast = false;
  bool medium = false;
  bool slow = false;
  [[nodiscard]] bool any() const { return fast || medium || slow; }
  friend bool operator==(const Burning&, const Burning&) = default;
};

// Windows over minutes of the clock, the last of which is the one that goes on. They hold what
// there is: the fast pair speaks from the first request on, the others when minutes with requests
// in the longer window are as many as the shorter one is long.
class BurnWindows {
 public:
  // 0 < objective < 1. `known`: minutes counted before, in their order; what is later than now, or
  // too long ago, is let go.
  BurnWindows(double objective, std::span<const MinuteCounts> known, Tick now);

  // Errors among requests since the last call. Constant time, but once a minute. A clock that went
  // back does not rewrite minutes: what comes meanwhile is of the last one.
  void add(std::int64_t errors, std::int64_t requests, Tick now);

  [[nodiscard]] double objective() const { return objective_; }
  [[nodiscard]] Burning burning() const;
  // It has burned for a second: a release that fails every request is gone by then, and nothing is
  // written down on the way there. What was known to burn at the start counts at once.
  [[nodiscard]] bool burns_on() const { return burns_on_; }
  // 5, 30, 60, 360 or 4,320 minutes; 0 without requests.
  [[nodiscard]] double burn_rate(std::int64_t minutes) const;
  // How many of these minutes had requests.
  [[nodiscard]] std::int64_t data_minutes(std::int64_t minutes) const;
  // The lower of an hour's and five minutes', which is what the fast pair compares.
  [[nodiscard]] double fast_rate() const;
  // Requests were answered in the last five minutes.
  [[nodiscard]] bool computed() const;

  // All but what is of the canary alone.
  [[nodiscard]] Burn burn() const;

 private:
  static constexpr std::array<std::int64_t, 5> kLengths{5, 30, 60, 360, kBurnMinutesKept};

  struct Sum {
    std::int64_t requests = 0;
    std::int64_t errors = 0;
    std::int64_t minutes = 0;  // with requests
  };

  void turn_to(std::int64_t minute);
  [[nodiscard]] Sum sum(std::size_t window) const;
  [[nodiscard]] Sum window_of(std::int64_t minutes) const;
  [[nodiscard]] double rate(const Sum& sum) const;
  [[nodiscard]] bool burns(double factor, std::size_t longer, std::size_t shorter) const;
  void note_highest();
  void note_burning(Tick now);

  double objective_;
  std::vector<MinuteCounts> minutes_;  // that are over, each at its number modulo their number
  std::array<Sum, kLengths.size()> over_{};
  MinuteCounts now_;
  std::optional<Tick> burning_since_;
  bool burns_on_ = false;
  double highest_ = 0;
  std::int64_t highest_minutes_ = 0;
  bool enough_ = false;  // there were ever requests enough to call a rate the highest
};

}  // namespace sluice::judge
