#include <algorithm>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/text.h"
#include "core/closing.h"
#include "core/moment.h"
#include "core/pacing.h"
#include "gates/change_log_line.h"
#include "gates/decisions.h"
#include "gates/findings.h"

namespace sluice::core {
namespace {

// Of this delivery: what an earlier one left to be done does not hold it.
bool anything_pending(const Moment& m) {
  return std::ranges::any_of(m.service.pending, [&](const PendingEffect& pending) {
    return pending.generation == m.service.generation;
  });
}

// How pre.flags was decided before the start: by the gate, or by a person.
const ClauseVerdict* flags_at_start(const Moment& m) {
  const auto found = m.delivery.clauses.find(Clause::pre_flags);
  return found == m.delivery.clauses.end() ? nullptr : &found->second;
}

// A person decided that it need not be known; that something is on is another matter.
bool flags_excepted(const Moment& m) {
  const ClauseVerdict* before = flags_at_start(m);
  const bool excepted = before != nullptr && before->code == gates::kByException;
  return excepted && m.seen.flags && m.seen.flags->verdict == Verdict::inconclusive;
}

// Somebody may have switched a flag on since the start: customers would get the feature at once.
std::optional<Decision> flags_hold(const Moment& m) {
  if (m.seen.flags && m.seen.flags->verdict == Verdict::pass) return std::nullopt;
  if (flags_excepted(m)) return std::nullopt;
  const Standing& standing = m.delivery.standing;
  const Tick since = standing.reason == Reason::flags_not_off ? standing.since : m.now;
  return stand(Reason::flags_not_off,
               m.seen.flags ? m.seen.flags->why : "the flag service has not answered yet",
               since + m.deadlines().evidence_ms);
}

std::vector<Event> flags_decided(const Moment& m) {
  if (!m.seen.flags || m.seen.flags->verdict != Verdict::pass) return {};
  ClauseVerdict again = *m.seen.flags;
  if (const ClauseVerdict* before = flags_at_start(m)) again.evidence = before->evidence;
  return {ClauseDecided{std::move(again)}};
}

Decision deploy(const Moment& m) {
  const EnvironmentName& name = m.environment().name;
  // A canary that a rehearsal has stopped is started again.
  if (!m.progress().started && !anything_pending(m)) {
    return {
        intend(m.service, {SetShare{name, m.baseline(), Share::none()},
                           StartSlot{name, m.progress().canary, m.delivery.plan.release.digest}})};
  }
  if (anything_pending(m)) {
    return stand(Reason::starting_canary, resistance(m.service),
                 m.delivery.phase_since + m.deadlines().deploy_ms);
  }
  if (m.seen.readings.of(Trigger::health_check).reading != Reading::healthy) {
    return stand(Reason::starting_canary, "no health check has passed yet",
                 m.delivery.phase_since + m.deadlines().deploy_ms);
  }
  const Share first = next_share(m);
  if (first == Share::none()) {
    return stand(Reason::starting_canary, "the traffic has not been measured yet",
                 m.delivery.phase_since + m.deadlines().deploy_ms);
  }
  Decision decision;
  if (m.environment().customer_facing && !m.delivery.plan.flags.empty()) {
    if (auto open = flags_hold(m)) return *open;
    decision.events = flags_decided(m);
  }
  std::ranges::move(intend(m.service, {SetShare{name, m.baseline(), first}}),
                    std::back_inserter(decision.events));
  return decision;
}

// A grace delays promotion, never a rollback.
std::int64_t soak_wanted(const Moment& m) {
  return std::max(current_stage(m.delivery).soak_ms, m.delivery.plan.parameters.grace_ms);
}

// A stage begins again when its share was cut, but has no more time for that than it would have had
// without: to reach the share, to stand there, and to gather evidence. Else a release that is
// suspected again and again would stay for ever.
Tick within_stage(const Moment& m, Tick deadline) {
  if (m.delivery.first_cut.unix_ms == 0) return deadline;
  const std::int64_t whole_ms = soak_wanted(m) + 2 * m.deadlines().evidence_ms;
  return std::min(deadline, m.delivery.first_cut + whole_ms);
}

// Up to the stage's share, in as many steps as the evidence wants. Only there the stage begins: its
// soak and its evidence are about that share and no smaller one.
Decision shift(const Moment& m) {
  const EnvironmentName& name = m.environment().name;
  // A share that was restored in the stage before, and waits still, is waited for from here.
  const Tick asked = std::max(m.delivery.share_since, m.delivery.phase_since);
  const Tick confirmed_by = asked + m.deadlines().shift_ms;
  const Tick reached_by = within_stage(m, m.delivery.phase_since + m.deadlines().evidence_ms);
  const bool pending = anything_pending(m);
  if (harm_suspected(m)) {
    return stand(Reason::harm_suspected, suspicion_words(m), pending ? confirmed_by : reached_by);
  }
  if (pending) return stand(Reason::shifting, resistance(m.service), confirmed_by);
  const Share now = m.service.environment(name).share;
  if (now == current_stage(m.delivery).share) {
    return {{StageEntered{name, m.delivery.stage, now}}};
  }
  const Share next = next_share(m);
  if (next == now) return stand(Reason::ramping, m.seen.pace.words, reached_by);
  return {intend(m.service, {SetShare{name, m.baseline(), next}})};
}

// What was asked of the canary under the load of its environment, and not shown yet; empty:
// nothing.
std::string unloaded(const Moment& m) {
  const std::int64_t wanted = m.environment().load_requests_min;
  if (!m.last_stage() || m.seen.canary.requests >= wanted) return {};
  return fmt::format("{} of {} requests under load", m.seen.canary.requests, wanted);
}

// The first reading that has nothing to say yet; empty when all have looked and found nothing.
std::string silent_reading(const Moment& m) {
  const EnvironmentPlan& environment = m.environment();
  for (const Trigger trigger : kTriggers) {
    const bool counted = trigger == Trigger::error_rate || trigger == Trigger::p99;
    if (counted && !environment.judged) continue;
    // What fires while a release returns is the incident that it answers.
    const bool alerts = environment.alerts && !m.delivery.plan.returns;
    if (trigger == Trigger::critical_alert && !alerts) continue;
    const TriggerReading& reading = m.seen.readings.of(trigger);
    if (reading.reading == Reading::healthy) continue;
    const std::string why = reading.evidence.empty() ? "nothing seen yet" : reading.evidence;
    return fmt::format("{}: {}", to_text(trigger), why);
  }
  return {};
}

Decision pass_stage(const Moment& m, std::string evidence) {
  StagePassed passed{.environment = m.environment().name,
                     .stage = m.delivery.stage,
                     .soaked_ms = m.soaked_ms(),
                     .readings = m.seen.readings,
                     .evidence = std::move(evidence),
                     .canary = m.seen.canary,
                     .baseline = m.seen.baseline};
  Decision decision;
  if (m.environment().judged) {
    decision.events.push_back(baseline_counted(m));
  }
  decision.events.push_back(std::move(passed));
  return decision;
}

// In a return: why nothing can be seen, and that it goes on all the same when that has lasted.
Decision go_on_unseen(const Moment& m, std::string silent) {
  const Tick until = m.delivery.phase_since + m.deadlines().silence_ms;
  if (m.now < until) return stand(Reason::no_data, std::move(silent), until);
  return pass_stage(m, "nothing could be seen of it here, but it served before; " + silent);
}

Decision soak(const Moment& m) {
  const std::int64_t soak_ms = soak_wanted(m);
  const bool validated_next = m.environment().customer_facing && m.last_stage();
  if (validated_next && soak_ms == 0) {
    return {{StagePassed{.environment = m.environment().name,
                         .stage = m.delivery.stage,
                         .evidence = "judged by the validation that follows"}}};
  }
  // What the stage had shown before the rehearsal stands.
  if (m.progress().drilled) {
    return {{StagePassed{.environment = m.environment().name,
                         .stage = m.delivery.stage,
                         .evidence = "passed before the drill"}}};
  }
  const Tick deadline =
      within_stage(m, m.delivery.phase_since + soak_ms + m.deadlines().evidence_ms);
  if (!m.seen.load_trouble.empty()) {
    return stand(Reason::load_missing, m.seen.load_trouble, deadline);
  }
  if (std::string silent = silent_reading(m); !silent.empty()) {
    if (m.delivery.plan.returns) return go_on_unseen(m, std::move(silent));
    return stand(Reason::no_data, std::move(silent), deadline);
  }
  if (harm_suspected(m)) return stand(Reason::harm_suspected, suspicion_words(m), deadline);
  if (m.soaked_ms() < soak_ms) return stand(Reason::soaking, {}, deadline);
  const bool shown_before = m.delivery.plan.returns;
  if (m.environment().judged && !m.seen.promotion.enough && !shown_before) {
    return stand(Reason::gathering_evidence, m.seen.promotion.words, deadline);
  }
  if (std::string missing = unloaded(m); !missing.empty()) {
    return stand(Reason::gathering_evidence, std::move(missing), deadline);
  }
  return pass_stage(m, m.environment().judged ? m.seen.promotion.words
                                              : m.seen.readings.of(Trigger::health_check).evidence);
}

Decision smoke(const Moment& m) {
  const EnvironmentName& name = m.environment().name;
  if (m.environment().customer_facing) {
    Decision decision{{ValidationStarted{name, m.delivery.plan.parameters.validation_window_ms}}};
    for (Event& event : intend(m.service, {RunSmoke{name}})) {
      decision.events.push_back(std::move(event));
    }
    return decision;
  }
  if (m.environment().drill && !m.progress().drilled) return begin_drill(m);
  if (anything_pending(m)) {
    return stand(Reason::smoke_running, resistance(m.service),
                 m.delivery.phase_since + m.deadlines().smoke_ms);
  }
  if (m.environment().smoke && !m.progress().smoke) {
    return {intend(m.service, {RunSmoke{name}})};
  }
  std::string evidence = "every stage passed";
  if (m.environment().load_requests_min > 0) evidence += " under load";
  if (const auto& smoke = m.progress().smoke) {
    evidence += ", " + gates::count_text(smoke->tests, "smoke test");
  }
  return {{EnvironmentPassed{name, m.delivery.plan.release.digest, evidence}}};
}

// What is missing at the end of the validation window; empty when nothing is.
std::string missing_evidence(const Moment& m) {
  if (!m.progress().smoke) return "the smoke tests have not reported";
  if (!m.window_was_watched()) {
    return fmt::format("only {} of the {} were watched with live telemetry",
                       duration_text(m.soaked_ms()),
                       duration_text(m.delivery.plan.parameters.validation_window_ms));
  }
  for (const Trigger trigger : kTriggers) {
    const TriggerReading& reading = m.seen.readings.of(trigger);
    if (reading.reading == Reading::healthy) continue;
    return fmt::format("{} is {}{}{}", to_text(trigger), to_text(reading.reading),
                       reading.evidence.empty() ? "" : ": ", reading.evidence);
  }
  return m.seen.promotion.enough ? std::string() : m.seen.promotion.words;
}

Decision validate(const Moment& m) {
  const Tick end = m.delivery.phase_since + m.delivery.plan.parameters.validation_window_ms;
  if (m.now < end) return stand(Reason::validating, m.seen.promotion.words, end);
  const std::string missing = missing_evidence(m);
  if (missing.empty()) return {post_verdicts(m, Verdict::pass, {}, true)};
  if (m.delivery.plan.keep_on_missing_validation)
    return {post_verdicts(m, Verdict::fail, missing, true)};
  Decision decision{post_verdicts(m, Verdict::fail, missing, false)};
  Decision turned = turn_back(m, back(m, Cause::evidence_missing, missing));
  std::ranges::move(turned.events, std::back_inserter(decision.events));
  return decision;
}

bool roles_are_swapped(const Moment& m) {
  const auto& plans = m.delivery.plan.environments;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    if (m.service.environment(plans[i].name).baseline != m.delivery.progress[i].canary)
      return false;
  }
  return true;
}

Decision finish(const Moment& m) {
  if (anything_pending(m)) {
    return stand(Reason::finishing, resistance(m.service),
                 m.delivery.phase_since + m.deadlines().finish_ms);
  }
  if (roles_are_swapped(m)) return {closing(m)};
  std::vector<Effect> effects{
      WriteChangeLog{m.delivery.id, gates::change_log_line(m.delivery, Phase::done)}};
  for (std::size_t i = 0; i < m.delivery.progress.size(); ++i) {
    effects.push_back(SetShare{m.delivery.plan.environments[i].name, m.delivery.progress[i].canary,
                               Share::none()});
  }
  return {intend(m.service, effects)};
}

}  // namespace

Decision go_forward(const Moment& m) {
  switch (m.delivery.phase) {
    case Phase::deploying: return deploy(m);
    case Phase::shifting: return shift(m);
    case Phase::soaking: return soak(m);
    case Phase::smoking: return smoke(m);
    case Phase::drilling: return drill(m);
    case Phase::validating: return validate(m);
    case Phase::finishing: return finish(m);
    case Phase::rolling_back:
    case Phase::done:
    case Phase::rolled_back:
    case Phase::aborted: break;
  }
  SLUICE_ASSERT(false);
  return {};
}

}  // namespace sluice::core
