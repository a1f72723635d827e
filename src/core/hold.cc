// What holds a delivery: everything that forbids a step forward without leading back.
#include "core/hold.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/pacing.h"

namespace sluice::core {
namespace {

// Its processes are ready; the next step forward is its first share.
bool about_to_get_traffic(const Moment& m) {
  return m.delivery.phase == Phase::deploying && m.progress().started;
}

std::optional<Reason> blindness(const Moment& m, std::string& detail) {
  if (!m.seen.router_reachable) return Reason::router_unreachable;
  // Before that only the alert source matters: old alerts are asked for before anything is touched.
  const bool early = m.delivery.phase == Phase::deploying && !about_to_get_traffic(m);
  const auto bad = [&](Trigger trigger) {
    if (early && trigger != Trigger::critical_alert) return false;
    const TriggerReading& reading = m.seen.readings.of(trigger);
    if (!applies(m, trigger) || reading.reading != Reading::error) return false;
    detail = reading.evidence;
    return true;
  };
  if (bad(Trigger::error_rate) || bad(Trigger::p99)) return Reason::telemetry_error;
  if (bad(Trigger::health_check)) return Reason::probe_error;
  if (bad(Trigger::critical_alert)) return Reason::alert_source_error;
  return std::nullopt;
}

struct Lost {
  std::string words;
  Tick since;
};

// The clause whose PASS was the first to lose what it rests on. Since then it is waited for: what
// else stands in the way meanwhile does not prolong that.
std::optional<Lost> lost_evidence(const Moment& m) {
  std::optional<Lost> first;
  for (const auto& [clause, verdict] : m.delivery.clauses) {
    if (verdict.verdict != Verdict::pass) continue;
    const std::string why = why_not_valid(m.service.evidence, verdict.evidence, m.now);
    if (why.empty()) continue;
    const Tick since =
        std::max(m.delivery.started, not_valid_since(m.service.evidence, verdict.evidence, m.now));
    if (first && first->since <= since) continue;
    first = Lost{fmt::format("{} rests on {}", to_text(clause), why), since};
  }
  return first;
}

// A return goes to what served before because what serves now does harm. To see nothing holds it
// for a while at its first share, in soak(), and never leads back to what was taken away: silence
// says nothing against the release that returns, and there is something to be said against the
// other.
bool held_by_blindness(const Moment& m) {
  return !m.delivery.plan.returns || m.delivery.phase == Phase::validating;
}

// Whoever it is that fails: the budget is no release's to spend. What speaks against this one, too
// little to take it back, is told beside it.
Decision hold_while_burning(const Moment& m) {
  const std::int64_t since = m.progress().burn.burning_since_ms;
  std::string words = m.seen.burn_words;
  if (harm_suspected(m)) words += "; " + suspicion_words(m);
  return stand(Reason::budget_burning, std::move(words),
               Tick{since > 0 ? since : m.now.unix_ms} + m.deadlines().evidence_ms);
}

}  // namespace

bool applies(const Moment& m, Trigger trigger) {
  // What fires while a release returns is the incident that it answers.
  if (trigger == Trigger::critical_alert) return !m.delivery.plan.returns;
  const bool counted = trigger == Trigger::error_rate || trigger == Trigger::p99;
  return !counted || m.environment().judged;
}

bool burning(const Moment& m) {
  return m.environment().customer_facing && m.seen.burn.burning && !m.delivery.plan.returns;
}

bool frozen(const Moment& m) {
  return m.seen.baseline_probes_failing && !m.seen.canary_probes_failing && m.progress().started;
}

std::optional<Decision> held(const Moment& m) {
  // A person who brings the release before back has decided already that the baseline is the
  // incident: neither that nor its alerts may stand in the way.
  const bool returns = m.delivery.plan.returns;
  if (frozen(m) && !returns) return stand(Reason::baseline_unhealthy, {}, {});
  std::string detail;
  if (const auto blind = blindness(m, detail); blind && held_by_blindness(m)) {
    const Standing& standing = m.delivery.standing;
    const Tick since = is_blind(standing.reason) ? standing.since : m.now;
    return stand(*blind, detail, since + m.deadlines().silence_ms);
  }
  if (m.delivery.paused) {
    return stand(Reason::paused, "by " + m.delivery.paused->by,
                 m.delivery.paused_since + m.deadlines().pause_ms);
  }
  const bool untouched = m.delivery.phase == Phase::deploying && !m.progress().touched;
  const bool raising = m.delivery.phase == Phase::shifting || m.delivery.phase == Phase::soaking ||
                       about_to_get_traffic(m);
  if (!m.seen.preexisting_alert.empty() && !returns && (untouched || raising)) {
    return stand(Reason::preexisting_alert, m.seen.preexisting_alert,
                 m.delivery.phase_since + m.deadlines().evidence_ms);
  }
  if (raising && burning(m)) return hold_while_burning(m);
  // What a return rests on is that it served before, not who let through what it takes away.
  if (returns || !(untouched || raising)) return std::nullopt;
  if (auto lost = lost_evidence(m)) {
    return stand(Reason::evidence_lost, std::move(lost->words),
                 lost->since + m.deadlines().evidence_ms);
  }
  return std::nullopt;
}

}  // namespace sluice::core
