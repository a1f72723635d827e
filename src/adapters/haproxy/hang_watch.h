// HangWatch: how many requests of one slot are in flight and older than the p99 target, though no
// line has told of them yet.
//
// HAProxy logs a request when it ends; one that never ends is seen only in its statistics. What was
// in flight at a sample, less the lines since of requests that began before it, is still in flight.
//
// Pure; times are milliseconds of the wall clock. In doubt it counts fewer: a request that is
// missed here is counted when its line arrives.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

namespace sluice::haproxy {

class HangWatch {
 public:
  explicit HangWatch(std::int64_t target_ms) : target_ms_(target_ms) {}

  // Counts only requests that began after the first sample at or after since_ms.
  void restart(std::int64_t since_ms);
  // True when the request was counted already, while it was in flight.
  [[nodiscard]] bool line(std::int64_t began_ms);
  // Returns how many requests have now passed the target that were not counted before.
  [[nodiscard]] std::int64_t sample(std::int64_t now_ms, std::int64_t in_flight);

 private:
  void forget_lost(std::int64_t now_ms, std::int64_t in_flight);

  struct Sample {
    std::int64_t at_ms = 0;
    std::int64_t in_flight = 0;
    std::int64_t ended = 0;  // lines since, of requests that began before
    [[nodiscard]] std::int64_t left() const { return in_flight > ended ? in_flight - ended : 0; }
  };
  std::int64_t target_ms_;
  std::int64_t since_ms_ = 0;
  std::deque<Sample> samples_;   // the first is the youngest that is older than the target
  std::optional<Sample> first_;  // of the cohort: what was in flight then does not belong to it
  std::int64_t counted_ = 0;     // and still in flight
  std::int64_t counted_until_ms_ = 0;
  std::optional<std::int64_t> too_many_since_ms_;  // more are counted than are in flight
};

}  // namespace sluice::haproxy
