// Tick: an instant, as milliseconds since the Unix epoch, given by the engine.
//
// Within one ledger ticks never decrease: the engine advances them by a monotonic clock, so that a
// wall clock that jumps moves no deadline. Pure code receives ticks; it never asks for the time.
// Durations are plain std::int64_t with the unit in the name (soak_ms).
#pragma once

#include <compare>
#include <cstdint>

namespace sluice {

struct Tick {
  std::int64_t unix_ms = 0;

  friend constexpr auto operator<=>(const Tick&, const Tick&) = default;
  friend constexpr Tick operator+(Tick tick, std::int64_t ms) { return {tick.unix_ms + ms}; }
  friend constexpr std::int64_t operator-(Tick later, Tick earlier) {
    return later.unix_ms - earlier.unix_ms;
  }
};

inline constexpr std::int64_t kSecondMs = 1'000;
inline constexpr std::int64_t kMinuteMs = 60 * kSecondMs;
inline constexpr std::int64_t kHourMs = 60 * kMinuteMs;
inline constexpr std::int64_t kDayMs = 24 * kHourMs;

}  // namespace sluice
