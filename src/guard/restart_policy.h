// RestartPolicy: when a process that has ended is started again, and when that is given up.
// Pure: what happened is told, time is an argument.
#pragma once

#include <cstdint>

namespace sluice::guard {

struct RestartPolicy {
  std::int64_t first_ms = 100;  // before the first restart; doubles with each that follows
  std::int64_t longest_ms = 10'000;
  std::int64_t calm_ms = 10'000;  // a run that was good for this long starts the row afresh
  int failed_starts_max = 5;      // in a row; then it will not get there by waiting
};

// One run of a process, from its start to its end.
struct Run {
  bool was_ready = false;
  std::int64_t good_ms = 0;  // how long it had been ready (the engine: how long it ran)
};

struct RestartHistory {
  int ended_in_row = 0;   // runs since the last calm one
  int failed_starts = 0;  // runs in a row that never became ready
  friend bool operator==(const RestartHistory&, const RestartHistory&) = default;
};

[[nodiscard]] RestartHistory after_run(RestartHistory history, Run run,
                                       const RestartPolicy& policy);
// From the end of the last run to the next start.
[[nodiscard]] std::int64_t delay_ms(const RestartHistory& history, const RestartPolicy& policy);
// A slot that was ready once is never given up: it could serve, so it may serve again.
[[nodiscard]] bool is_hopeless(const RestartHistory& history, bool slot_was_ready,
                               const RestartPolicy& policy);

}  // namespace sluice::guard
