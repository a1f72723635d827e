#include "core/closing.h"

#include <fmt/format.h>

#include "base/text.h"
#include "gates/findings.h"

namespace sluice::core {
namespace {

// One post.* clause: its own reading decides; where that is healthy, what else was missing does.
ClauseVerdict decided(const Moment& m, Clause clause, Trigger trigger, const std::string& missing) {
  const TriggerReading& reading = m.seen.readings.of(trigger);
  ClauseVerdict verdict{.clause = clause, .verdict = Verdict::pass, .code = "ok", .looked_at = 1};
  verdict.why = reading.evidence.empty() ? std::string(to_text(reading.reading)) : reading.evidence;
  const bool evidence_missing = !m.seen.promotion.enough && trigger != Trigger::health_check;
  if (reading.reading != Reading::healthy || evidence_missing || !m.window_was_watched()) {
    verdict.verdict = Verdict::fail;
    verdict.code = "evidence_missing";
    verdict.why = "missing at the end of the validation window";
    if (!missing.empty()) verdict.why += ": " + missing;
    if (m.delivery.plan.returns) {
      verdict.why += "; it stays: silence never leads back to what was taken away";
    } else if (m.delivery.plan.keep_on_missing_validation) {
      verdict.why += "; the release stays in spite of it: on_missing_validation is `keep`";
    }
    verdict.remedy = "give the service traffic and live telemetry within the validation window";
  }
  return verdict;
}

ClauseVerdict smoke_verdict(const Moment& m) {
  ClauseVerdict verdict{.clause = Clause::post_smoke,
                        .verdict = Verdict::fail,
                        .code = "evidence_missing",
                        .why = "the smoke tests have not reported",
                        .remedy = "make the customer-facing entrance answer the smoke tests"};
  if (const auto& smoke = m.progress().smoke; smoke && smoke->passed) {
    verdict = {.clause = Clause::post_smoke,
               .verdict = Verdict::pass,
               .code = "ok",
               .why = fmt::format("{} passed against {}'s entrance",
                                  gates::count_text(smoke->tests, "smoke test"),
                                  m.environment().name.text),
               .looked_at = static_cast<int>(smoke->tests)};
  }
  return verdict;
}

}  // namespace

std::vector<Event> post_verdicts(const Moment& m, Verdict verdict, const std::string& missing,
                                 bool pass_environment) {
  std::vector<Event> events;
  events.push_back(ClauseDecided{decided(m, Clause::post_health, Trigger::health_check, missing)});
  events.push_back(
      ClauseDecided{decided(m, Clause::post_error_rate, Trigger::error_rate, missing)});
  events.push_back(ClauseDecided{decided(m, Clause::post_performance, Trigger::p99, missing)});
  events.push_back(ClauseDecided{smoke_verdict(m)});
  if (!pass_environment) return events;
  events.push_back(baseline_counted(m));
  events.push_back(EnvironmentPassed{
      m.environment().name, m.delivery.plan.release.digest,
      verdict == Verdict::pass ? m.seen.promotion.words : "kept without evidence: " + missing});
  return events;
}

std::vector<Event> closing(const Moment& m) {
  ClauseVerdict recorded{.clause = Clause::post_changelog,
                         .verdict = Verdict::pass,
                         .code = "ok",
                         .why = "the line is in the change log, the entry in the ledger",
                         .looked_at = 1};
  std::vector<Event> events{ClauseDecided{recorded}, RolesSwapped{}};
  std::vector<Effect> effects;
  for (std::size_t i = m.delivery.progress.size(); i-- > 0;) {
    effects.push_back(
        StopSlot{m.delivery.plan.environments[i].name, other(m.delivery.progress[i].canary)});
  }
  for (Event& event : intend(m.service, effects)) events.push_back(std::move(event));
  events.push_back(DeliveryDone{});
  return events;
}

}  // namespace sluice::core
