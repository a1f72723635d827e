#include "app/system_clock.h"

#include <time.h>

namespace sluice::app {
namespace {

// BOOTTIME goes on while the machine sleeps: a deadline is a deadline.
Tick read(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return {std::int64_t{now.tv_sec} * 1'000 + now.tv_nsec / 1'000'000};
}

}  // namespace

SystemClock::SystemClock()
    : wall_at_start_(read(CLOCK_REALTIME)), monotonic_at_start_(read(CLOCK_BOOTTIME)) {}

Tick SystemClock::now() { return wall_at_start_ + (read(CLOCK_BOOTTIME) - monotonic_at_start_); }

}  // namespace sluice::app
