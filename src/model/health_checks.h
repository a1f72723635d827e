// Health checks of one slot that were answered, well or not, or not in time.
#pragma once

#include <cstdint>

namespace sluice {

struct HealthChecks {
  std::int64_t answered = 0;
  std::int64_t failed = 0;
  // Of these, where the same instance's check before was answered well: whether what was well has
  // failed. A failure that lasts is one of these and not many.
  std::int64_t after_good = 0;
  std::int64_t failed_after_good = 0;
  friend bool operator==(const HealthChecks&, const HealthChecks&) = default;
};

}  // namespace sluice
