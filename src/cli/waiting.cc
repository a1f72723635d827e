#include "cli/waiting.h"

#include <fmt/format.h>

#include "base/text.h"

namespace sluice::cli {

std::string_view what_ends(Reason reason) {
  switch (reason) {
    case Reason::starting_canary:
      return "every process of the canary is ready and the router sees it live";
    case Reason::shifting: return "the router is read back with the new share";
    case Reason::ramping: return "requests of the canary that go well; the more, the faster";
    case Reason::soaking: return "the rest of the soak, under supervision and without a trigger";
    case Reason::gathering_evidence: return "enough requests to show that the release is no worse";
    case Reason::harm_suspected:
      return "odds of harm below 10 to 1; at the line the release is rolled back";
    case Reason::no_data: return "traffic that can be judged; silence is not health";
    case Reason::load_missing: return "a load that runs; sluice.yaml names its command";
    case Reason::telemetry_error: return "telemetry that is whole and live again";
    case Reason::probe_error: return "health checks that can be made again";
    case Reason::alert_source_error: return "an alert source that answers again";
    case Reason::preexisting_alert: return "the end of the alert that was firing before";
    case Reason::budget_burning:
      return "burn rates below the factor again; whose fault it is, the other readings say";
    case Reason::evidence_lost:
      return "nothing by itself: revoked or expired evidence stays so; a new delivery needs new "
             "one";
    case Reason::flags_not_off:
      return "flags that are off for every customer, and a flag service that says so";
    case Reason::router_unreachable: return "a router that answers again";
    case Reason::baseline_unhealthy:
      return "a person: `sluice rollback` goes back, a healthy baseline goes on";
    case Reason::paused: return "`sluice resume`";
    case Reason::smoke_running: return "the report of the smoke tests";
    case Reason::validating: return "the end of the validation window";
    case Reason::finishing: return "the change log written and the roles swapped";
    case Reason::waking_baseline: return "a live server of the baseline";
    case Reason::shifting_back: return "the router read back with all traffic on the baseline";
    case Reason::draining: return "no request left in the canary";
    case Reason::stopping_canary: return "no process of the canary left";
    case Reason::rollback_blocked: return "a rollback that gets through; it is tried without end";
    case Reason::verifying_baseline:
      return "health checks and smoke tests of the baseline that pass after the drill";
    case Reason::ended: return "nothing: the delivery has ended";
  }
  return "?";
}

std::string_view at_deadline(const Status& status) {
  const Reason reason = status.standing.reason;
  const bool of_drill = reason == Reason::shifting_back || reason == Reason::draining ||
                        reason == Reason::stopping_canary || reason == Reason::verifying_baseline;
  if (status.phase == Phase::drilling && of_drill) {
    return "the drill has failed, and the release is rolled back";
  }
  if (status.never_gives_up && status.phase != Phase::rolling_back) {
    return "people are called; the return goes on";
  }
  switch (reason) {
    case Reason::starting_canary:
    case Reason::shifting:
    case Reason::ramping:
    case Reason::soaking:
    case Reason::gathering_evidence:
    case Reason::harm_suspected:
    case Reason::no_data:
    case Reason::load_missing:
    case Reason::telemetry_error:
    case Reason::probe_error:
    case Reason::alert_source_error:
    case Reason::preexisting_alert:
    case Reason::budget_burning:
    case Reason::evidence_lost:
    case Reason::flags_not_off:
    case Reason::router_unreachable:
    case Reason::paused:
    case Reason::smoke_running:
    case Reason::verifying_baseline:
    case Reason::finishing: return "the release is rolled back";
    case Reason::validating: return "the evidence of the window decides";
    case Reason::draining: return "the canary is stopped all the same";
    case Reason::waking_baseline:
    case Reason::shifting_back:
    case Reason::stopping_canary: return "the second way back is used; retries go on";
    case Reason::baseline_unhealthy:
    case Reason::rollback_blocked:
    case Reason::ended: return "nothing changes: this wait has no deadline";
  }
  return "?";
}

std::string time_left(const Status& status) {
  const Standing& standing = status.standing;
  if (standing.deadline.unix_ms == 0) return {};
  const std::int64_t left_ms = standing.deadline - status.now;
  if (left_ms <= 0) return fmt::format("deadline reached: {}", at_deadline(status));
  const std::string when = fmt::format("in {} {}", duration_text(left_ms), at_deadline(status));
  return standing.reason == Reason::validating ? when : "otherwise " + when;
}

std::string detail_of(const Status& status) {
  const Reason reason = status.standing.reason;
  const bool counted = reason == Reason::validating || reason == Reason::gathering_evidence;
  const JudgeStatus& judge = status.judge;
  if (!counted || !judge.judged) return status.standing.detail;
  if (!judge.promotion_missing.empty()) return "needed: " + judge.promotion_missing;
  const bool enough = judge.promotion_odds >= judge.promotion_odds_line;
  return enough ? "there is enough evidence" : status.standing.detail;
}

std::string_view in_words(Phase phase) {
  switch (phase) {
    case Phase::deploying: return "starting the canary";
    case Phase::shifting: return "shifting traffic";
    case Phase::soaking: return "soaking";
    case Phase::smoking: return "smoke tests";
    case Phase::drilling: return "rehearsing the rollback";
    case Phase::validating: return "validating";
    case Phase::finishing: return "finishing";
    case Phase::rolling_back: return "rolling back";
    case Phase::done: return "done";
    case Phase::rolled_back: return "rolled back";
    case Phase::aborted: return "aborted";
  }
  return "?";
}

}  // namespace sluice::cli
