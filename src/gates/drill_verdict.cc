#include "gates/drill_verdict.h"

#include <fmt/format.h>

#include "base/text.h"
#include "gates/findings.h"

namespace sluice::gates {
namespace {

// The clock of the ledger counts whole milliseconds.
std::string time_text(std::int64_t took_ms) {
  return took_ms <= 0 ? "within 1 ms" : "after " + duration_text(took_ms);
}

std::string what_was_done(const DrillEnded& drill, const RollbackPromise& promise) {
  const std::string where = drill.baseline.empty() ? "the fallback " + quoted(promise.fallback)
                                                   : "the baseline " + drill.baseline.brief();
  return fmt::format("rehearsed in {}: all traffic was back at {} {}",
                     quoted(drill.environment.text), where, time_text(drill.took_ms));
}

}  // namespace

ClauseVerdict drill_verdict(const DrillEnded& drill, const RollbackPromise& promise) {
  Findings findings(Clause::pre_rollback_tested);
  findings.looked_at(drill.baseline.empty() ? 1 : 2);  // the traffic; the baseline's health
  findings.rests_on(drill.evidence);
  const std::string done = what_was_done(drill, promise);
  if (promise.estimate_ms <= 0) {
    findings.fail(
        "no_estimate",
        done + ", and the contract promises no time to compare with; " + claim_text(promise.claim),
        "write the estimate in the section `Rollback Plan` as `< 5 minutes`");
  } else if (drill.took_ms > promise.estimate_ms) {
    findings.fail("over_estimate",
                  fmt::format("{}; the contract allows {}; {}", done,
                              duration_text(promise.estimate_ms), claim_text(promise.claim)),
                  "make the rollback faster, or promise what it takes; `sluice drill` measures it "
                  "again");
  }
  if (!drill.baseline.empty()) findings.note("the baseline is healthy after it");
  findings.note(claim_text(promise.claim));
  return findings.verdict(
      fmt::format("{}, the contract allows {}", done, duration_text(promise.estimate_ms)));
}

ClauseVerdict failed_drill(std::string_view code, std::string_view why) {
  Findings findings(Clause::pre_rollback_tested);
  findings.looked_at();
  findings.fail(code, "the rollback was rehearsed and failed: " + printable(why, 400),
                "find out why the way back does not work; `sluice drill` tries it again");
  return findings.verdict({});
}

std::string claim_text(std::string_view claim) {
  return fmt::format("of itself the contract says {}", quoted(claim.empty() ? "unclear" : claim));
}

}  // namespace sluice::gates
