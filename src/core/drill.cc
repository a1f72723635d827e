// The rehearsal: the way back, performed on purpose where no customer is, and timed.
//
// Shift the traffic back; observe that (this is the time that counts); drain and stop the canary;
// then the baseline has to be well: its health checks pass, and the smoke tests of the
// environment's entrance. Only then something is recorded, and it is bound to the release and to
// the baseline. Whatever comes between (a trigger, a person, the guard, a deadline) leads back for
// good and leaves no evidence. In a delivery the canary is started again afterwards, and goes on
// where it was.
#include <iterator>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/text.h"
#include "core/evolve.h"
#include "core/moment.h"
#include "gates/drill_verdict.h"

namespace sluice::core {
namespace {

Tick stopped_by(const Moment& m) {
  return m.delivery.phase_since + m.deadlines().rollback_ms + m.deadlines().drain_ms +
         m.deadlines().finish_ms;
}
Tick well_by(const Moment& m) { return stopped_by(m) + m.deadlines().smoke_ms; }

std::int64_t took_ms(const Drill& run) { return run.back - run.began; }

// What is kept: enough to say what was done, of what, where, and how long it took. The names come
// from files of the user, so each is a line of its own without line breaks in it.
std::string statement_of(const Moment& m) {
  const Drill& run = *m.delivery.drill;
  const std::string back_to =
      run.baseline.empty() ? "fallback " + printable(m.delivery.plan.fallback) : run.baseline.hex;
  const std::string smoke =
      run.smoke ? fmt::format("{} passed", run.smoke->tests) : std::string("none configured");
  return fmt::format(
      "sluice drill 1\ndelivery {}\nenvironment {}\nrelease {}\nback to {}\nbegan {}\n"
      "traffic back {}\ntook_ms {}\nsmoke tests of the baseline: {}\n",
      printable(m.delivery.id.text), printable(m.environment().name.text),
      m.delivery.plan.release.digest.hex, back_to, run.began.unix_ms, run.back.unix_ms,
      took_ms(run), smoke);
}

Evidence evidence_of(const Moment& m) {
  const Plan& plan = m.delivery.plan;
  Evidence evidence{
      .kind = EvidenceKind::drill,
      .about = plan.release.digest,
      .by = "sluice",
      .source = fmt::format("{} in {}", m.delivery.id.text, m.environment().name.text),
      .observed = m.now,
      .bytes = sha256(m.delivery.drill->statement)};
  if (plan.drill_valid_ms > 0) evidence.valid_until = m.now + plan.drill_valid_ms;
  evidence.id = evidence_id(evidence);
  return evidence;
}

// Evidence, verdict and what follows are journalled together: none of them is true alone.
Decision record(const Moment& m) {
  const Plan& plan = m.delivery.plan;
  const Drill& run = *m.delivery.drill;
  const Evidence evidence = evidence_of(m);
  const DrillEnded ended{m.environment().name, plan.release.digest, run.baseline, took_ms(run),
                         evidence.id};
  const ClauseVerdict verdict =
      gates::drill_verdict(ended, {plan.rollback_estimate_ms, plan.rollback_claim, plan.fallback});
  Decision decision{{EvidenceRecorded{evidence}, ended, ClauseDecided{verdict}}};
  const bool passed = verdict.verdict == Verdict::pass;
  if (passed && !plan.drill) return decision;
  Decision turned = turn_back(m, back(m, passed ? Cause::drill : Cause::drill_failed, verdict.why));
  std::ranges::move(turned.events, std::back_inserter(decision.events));
  return decision;
}

// Everything is back: is it as it was?
Decision verify(const Moment& m) {
  const Drill& run = *m.delivery.drill;
  if (pending<RunSmoke>(m)) {
    return stand(Reason::verifying_baseline, "the smoke tests have not reported", well_by(m));
  }
  const bool fallback = run.baseline.empty();  // it promises nothing but to be there
  if (!fallback && m.environment().smoke && !run.smoke) {
    return {intend(m.service, {RunSmoke{m.environment().name}})};
  }
  if (run.smoke && !run.smoke->passed) {
    return drill_failed(m, "smoke_failed",
                        "after it, smoke tests of the baseline fail: " + run.smoke->detail);
  }
  if (!fallback && m.seen.baseline_probes_failing) {
    return drill_failed(m, "baseline_unhealthy", "after it, the baseline fails its health checks");
  }
  if (!fallback && !m.seen.baseline_probes_passing) {
    return stand(Reason::verifying_baseline, "not every health check of the baseline has passed",
                 well_by(m));
  }
  if (run.statement.empty()) return {intend(m.service, {KeepEvidence{statement_of(m)}})};
  if (pending<KeepEvidence>(m)) {
    const std::string resisting = resistance(m.service);
    return stand(Reason::verifying_baseline,
                 resisting.empty() ? "the evidence is being kept" : resisting, well_by(m));
  }
  return record(m);
}

}  // namespace

Decision begin_drill(const Moment& m) {
  const EnvironmentName& name = m.environment().name;
  const DrillStarted started{name, m.service.environment(name).baseline_release};
  Service next = m.service;
  evolve(next, started, m.now);
  Decision decision{{started}};
  std::ranges::move(intend(next, {SetShare{name, m.baseline(), Share::none()}}),
                    std::back_inserter(decision.events));
  return decision;
}

Decision drill(const Moment& m) {
  const EnvironmentName& name = m.environment().name;
  SLUICE_ASSERT(m.delivery.drill);
  if (pending<SetShare>(m)) {
    return stand(Reason::shifting_back, resistance(m.service),
                 m.delivery.phase_since + m.deadlines().rollback_ms);
  }
  if (!m.delivery.drill->stopping) {
    const Slot canary = m.progress().canary;
    return {intend(m.service, {DrainSlot{name, canary}, StopSlot{name, canary}})};
  }
  if (pending<DrainSlot>(m)) return stand(Reason::draining, resistance(m.service), stopped_by(m));
  if (pending<StopSlot>(m)) {
    return stand(Reason::stopping_canary, resistance(m.service), stopped_by(m));
  }
  return verify(m);
}

Decision drill_failed(const Moment& m, std::string_view code, std::string why) {
  Decision decision{{ClauseDecided{gates::failed_drill(code, why)}}};
  Decision turned = turn_back(m, back(m, Cause::drill_failed, std::move(why)));
  std::ranges::move(turned.events, std::back_inserter(decision.events));
  return decision;
}

}  // namespace sluice::core
