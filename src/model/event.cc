#include "model/event.h"

#include <fmt/format.h>

#include "base/text.h"

namespace sluice {
namespace {

struct Name {
  std::string_view operator()(const AdoptionStarted&) const { return "adoption_started"; }
  std::string_view operator()(const BaselineAdopted&) const { return "baseline_adopted"; }
  std::string_view operator()(const AdoptionFailed&) const { return "adoption_failed"; }
  std::string_view operator()(const DeliveryRefused&) const { return "delivery_refused"; }
  std::string_view operator()(const DeliveryStarted&) const { return "delivery_started"; }
  std::string_view operator()(const DeliveryRequested&) const { return "delivery_requested"; }
  std::string_view operator()(const RequestDropped&) const { return "request_dropped"; }
  std::string_view operator()(const AlertsNoted&) const { return "alerts_noted"; }
  std::string_view operator()(const EffectIntended&) const { return "effect_intended"; }
  std::string_view operator()(const EffectObserved&) const { return "effect_observed"; }
  std::string_view operator()(const EffectResisted&) const { return "effect_resisted"; }
  std::string_view operator()(const StageEntered&) const { return "stage_entered"; }
  std::string_view operator()(const ShareCut&) const { return "share_cut"; }
  std::string_view operator()(const StagePassed&) const { return "stage_passed"; }
  std::string_view operator()(const SmokeReported&) const { return "smoke_reported"; }
  std::string_view operator()(const EnvironmentPassed&) const { return "environment_passed"; }
  std::string_view operator()(const ValidationStarted&) const { return "validation_started"; }
  std::string_view operator()(const ClauseDecided&) const { return "clause_decided"; }
  std::string_view operator()(const StoodStill&) const { return "stood_still"; }
  std::string_view operator()(const SoakCounted&) const { return "soak_counted"; }
  std::string_view operator()(const Paused&) const { return "paused"; }
  std::string_view operator()(const Resumed&) const { return "resumed"; }
  std::string_view operator()(const RollbackStarted&) const { return "rollback_started"; }
  std::string_view operator()(const RollbackBlocked&) const { return "rollback_blocked"; }
  std::string_view operator()(const RoutingDrifted&) const { return "routing_drifted"; }
  std::string_view operator()(const GuardTookOver&) const { return "guard_took_over"; }
  std::string_view operator()(const SupervisionResumed&) const { return "supervision_resumed"; }
  std::string_view operator()(const RolesSwapped&) const { return "roles_swapped"; }
  std::string_view operator()(const BaselineCounted&) const { return "baseline_counted"; }
  std::string_view operator()(const DeliveryDone&) const { return "delivery_done"; }
  std::string_view operator()(const DeliveryRolledBack&) const { return "delivery_rolled_back"; }
  std::string_view operator()(const DeliveryAborted&) const { return "delivery_aborted"; }
  std::string_view operator()(const EvidenceRecorded&) const { return "evidence_recorded"; }
  std::string_view operator()(const EvidenceRevoked&) const { return "evidence_revoked"; }
  std::string_view operator()(const ApprovalGiven&) const { return "approval_given"; }
  std::string_view operator()(const ExceptionMade&) const { return "exception_made"; }
  std::string_view operator()(const DrillStarted&) const { return "drill_started"; }
  std::string_view operator()(const DrillEnded&) const { return "drill_ended"; }
};

std::string clause_list(const std::vector<ClauseVerdict>& clauses) {
  std::string out;
  for (const ClauseVerdict& one : clauses) {
    if (one.verdict == Verdict::pass || one.code == kNotBuilt) continue;
    out += fmt::format(" {}={}", to_text(one.clause), to_text(one.verdict));
  }
  return out;
}

// What follows the name; empty where the name says it all.
struct Detail {
  std::string operator()(const AdoptionStarted& e) const {
    return fmt::format("{} {}", e.release.id, e.release.digest.brief());
  }
  std::string operator()(const BaselineAdopted& e) const { return e.release.brief(); }
  std::string operator()(const AdoptionFailed& e) const { return e.detail; }
  std::string operator()(const DeliveryRefused& e) const {
    return e.release_id + clause_list(e.clauses);
  }
  std::string operator()(const DeliveryStarted& e) const {
    return fmt::format("{} {} {}", e.delivery.text, e.plan.release.id,
                       e.plan.release.digest.brief());
  }
  std::string operator()(const DeliveryRequested& e) const {
    return fmt::format("{} {} by {}", e.delivery.text, e.plan.release.id, e.by);
  }
  std::string operator()(const RequestDropped& e) const {
    return fmt::format("{} by {}", e.delivery.text, e.by);
  }
  std::string operator()(const AlertsNoted& e) const {
    std::string text = e.environment.text + ":";
    if (e.alerts.empty()) text += " none";
    for (const NotedAlert& alert : e.alerts) text += " " + alert.name;
    return text;
  }
  std::string operator()(const EffectIntended& e) const {
    return fmt::format("#{} {}", e.effect_id, to_text(e.effect));
  }
  std::string operator()(const EffectObserved& e) const {
    return fmt::format("#{}{}{}", e.effect_id, e.detail.empty() ? "" : " ", e.detail);
  }
  std::string operator()(const EffectResisted& e) const {
    return fmt::format("#{} {}", e.effect_id, e.detail);
  }
  std::string operator()(const StageEntered& e) const {
    return fmt::format("{} {} at {}", e.environment.text, e.stage + 1, to_text(e.share));
  }
  std::string operator()(const ShareCut& e) const {
    return fmt::format("{} {} from {} to {}: {}", e.environment.text, e.stage + 1, to_text(e.from),
                       to_text(e.to), e.detail);
  }
  std::string operator()(const StagePassed& e) const {
    return fmt::format("{} {} after {}: {}", e.environment.text, e.stage + 1,
                       duration_text(e.soaked_ms), e.evidence);
  }
  std::string operator()(const SmokeReported& e) const {
    return fmt::format("{} {} of {} tests{}{}", e.environment.text, e.passed ? "passed" : "failed",
                       e.tests, e.detail.empty() ? "" : ": ", e.detail);
  }
  std::string operator()(const EnvironmentPassed& e) const {
    return fmt::format("{}: {}", e.environment.text, e.evidence);
  }
  std::string operator()(const ValidationStarted& e) const {
    return fmt::format("{} for {}", e.environment.text, duration_text(e.window_ms));
  }
  std::string operator()(const ClauseDecided& e) const {
    return fmt::format("{} {}: {}", to_text(e.verdict.clause), to_text(e.verdict.verdict),
                       e.verdict.why);
  }
  std::string operator()(const StoodStill& e) const {
    return fmt::format("{}{}{}", to_text(e.reason), e.detail.empty() ? "" : ": ", e.detail);
  }
  std::string operator()(const SoakCounted&) const { return {}; }
  std::string operator()(const Paused& e) const { return "by " + e.by; }
  std::string operator()(const Resumed& e) const { return "by " + e.by; }
  std::string operator()(const RollbackStarted& e) const {
    const std::string_view what = e.cause == Cause::trigger ? to_text(e.trigger) : to_text(e.cause);
    return fmt::format("{} {}: {}", e.environment.text, what, e.detail);
  }
  std::string operator()(const RollbackBlocked& e) const { return e.detail; }
  std::string operator()(const RoutingDrifted& e) const {
    return fmt::format("{}: expected {}, found {}", e.environment.text, e.expected, e.found);
  }
  std::string operator()(const GuardTookOver& e) const { return e.detail; }
  std::string operator()(const SupervisionResumed&) const { return {}; }
  std::string operator()(const RolesSwapped&) const { return {}; }
  std::string operator()(const BaselineCounted& e) const {
    return fmt::format("{} {} requests, {} errors{}", e.environment.text, e.counts.requests,
                       e.counts.errors,
                       e.burn.burning ? ", and its service burns its error budget" : "");
  }
  std::string operator()(const DeliveryDone&) const { return {}; }
  std::string operator()(const DeliveryRolledBack&) const { return {}; }
  std::string operator()(const DeliveryAborted& e) const { return "by " + e.by; }
  std::string operator()(const EvidenceRecorded& e) const {
    return fmt::format("{} {} about {} by {} from {}", evidence_name(e.evidence.id),
                       to_text(e.evidence.kind), e.evidence.about.brief(), e.evidence.by,
                       e.evidence.source);
  }
  std::string operator()(const EvidenceRevoked& e) const {
    return fmt::format("{} by {}: {}", evidence_name(e.evidence), e.by, e.reason);
  }
  std::string operator()(const ApprovalGiven& e) const {
    return fmt::format("{} of {} for {} by {}, {}", evidence_name(e.approval.evidence),
                       e.approval.release.brief(), e.approval.environment.text, e.approval.name,
                       e.approval.user);
  }
  std::string operator()(const ExceptionMade& e) const {
    return fmt::format("{} of {} for {} by {}, {}: {}", evidence_name(e.exception.evidence),
                       e.exception.release.brief(), to_text(e.exception.clause), e.exception.name,
                       e.exception.user, e.exception.reason);
  }
  std::string operator()(const DrillStarted& e) const {
    return fmt::format("{} back to {}", e.environment.text,
                       e.baseline.empty() ? "the fallback" : e.baseline.brief());
  }
  std::string operator()(const DrillEnded& e) const {
    return fmt::format("{} of {}: traffic back after {}, {}", e.environment.text, e.release.brief(),
                       duration_text(e.took_ms), evidence_name(e.evidence));
  }
};

}  // namespace

std::string_view name_of(const Event& event) { return std::visit(Name{}, event); }

std::string to_text(const Event& event) {
  const std::string detail = std::visit(Detail{}, event);
  std::string text(name_of(event));
  if (!detail.empty()) text += " " + printable(detail, 400);
  return text;
}

}  // namespace sluice
