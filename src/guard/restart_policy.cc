#include "guard/restart_policy.h"

#include <algorithm>

namespace sluice::guard {

RestartHistory after_run(RestartHistory history, Run run, const RestartPolicy& policy) {
  const bool calm = run.was_ready && run.good_ms >= policy.calm_ms;
  history.ended_in_row = calm ? 1 : history.ended_in_row + 1;
  history.failed_starts = run.was_ready ? 0 : history.failed_starts + 1;
  return history;
}

std::int64_t delay_ms(const RestartHistory& history, const RestartPolicy& policy) {
  if (history.ended_in_row == 0) return 0;
  std::int64_t delay = policy.first_ms;
  for (int i = 1; i < history.ended_in_row && delay < policy.longest_ms; ++i) delay *= 2;
  return std::min(delay, policy.longest_ms);
}

bool is_hopeless(const RestartHistory& history, bool slot_was_ready, const RestartPolicy& policy) {
  return !slot_was_ready && history.failed_starts >= policy.failed_starts_max;
}

}  // namespace sluice::guard
