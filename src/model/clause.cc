#include "model/clause.h"

#include <array>

#include "base/assert.h"

namespace sluice {
namespace {

using enum Clause;
using enum Criterion;
constexpr EmergencyRule kNever = EmergencyRule::never;
constexpr EmergencyRule kDefer = EmergencyRule::defer;

constexpr std::array<ClauseInfo, 44> kClauses{{
    {progression_isolated, "progression.isolated", "changes progress through isolated environments",
     progression, kDefer, true},
    {progression_order, "progression.order", "no environment may be skipped", progression, kDefer,
     true},
    {progression_health, "progression.health",
     "promotion requires evidence of health at the current stage", progression, kDefer, true},
    {pre_quality_security, "pre.quality.security", "security evaluation passed", mandatory_rest,
     kNever, true},
    {pre_quality_architecture, "pre.quality.architecture", "architecture evaluation passed",
     mandatory_rest, kDefer, true},
    {pre_quality_performance, "pre.quality.performance", "performance evaluation passed",
     mandatory_rest, kDefer, true},
    {pre_quality_observability, "pre.quality.observability", "observability evaluation passed",
     mandatory_rest, kDefer, true},
    {pre_contract, "pre.contract", "release contract completed", mandatory_rest, kDefer, true},
    {pre_observability_instrumentation, "pre.observability.instrumentation",
     "instrumentation active", mandatory_rest, kDefer, false},
    {pre_observability_slo, "pre.observability.slo", "SLOs configured", mandatory_rest, kDefer,
     false},
    {pre_observability_dashboard, "pre.observability.dashboard", "dashboard created",
     mandatory_rest, kDefer, false},
    {pre_observability_alerting, "pre.observability.alerting", "alerting with runbooks",
     mandatory_rest, kDefer, false},
    {pre_rollback_documented, "pre.rollback.documented", "rollback plan documented", rollback_plan,
     kNever, true},
    {pre_rollback_tested, "pre.rollback.tested", "rollback plan tested", rollback_plan, kDefer,
     true},
    {pre_flags, "pre.flags", "feature flags configured for new features", flags, kDefer, true},
    {pre_migrations, "pre.migrations", "database migrations backward-compatible", rollback_plan,
     kDefer, false},
    {plan_stages, "plan.stages", "progressive rollout plan defined", rollout, kDefer, true},
    {plan_health_checks, "plan.health_checks", "health checks defined and monitored at each stage",
     rollout, kNever, true},
    {plan_triggers, "plan.triggers", "automatic rollback triggers configured", rollout, kNever,
     true},
    {plan_window, "plan.window", "deployment window communicated to stakeholders", mandatory_rest,
     kDefer, false},
    {plan_automated, "plan.automated", "no manual steps in the deployment pipeline", rollout,
     EmergencyRule::not_affected, true},
    {post_health, "post.health", "health metrics validated within the window", post_deploy, kNever,
     true},
    {post_error_rate, "post.error_rate", "error rate within acceptable bounds", post_deploy, kNever,
     true},
    {post_performance, "post.performance", "performance metrics within target", post_deploy, kNever,
     true},
    {post_telemetry_traces, "post.telemetry.traces", "traces flowing correctly", post_deploy,
     kDefer, false},
    {post_telemetry_metrics, "post.telemetry.metrics", "metrics flowing correctly", post_deploy,
     kDefer, false},
    {post_telemetry_logs, "post.telemetry.logs", "logs flowing correctly", post_deploy, kDefer,
     false},
    {post_burn_rate, "post.burn_rate", "health target burn rate monitored during rollout",
     post_deploy, kDefer, true},
    {post_smoke, "post.smoke", "customer-facing functionality verified", post_deploy, kNever, true},
    {post_changelog, "post.changelog", "deployment recorded in change log", post_deploy, kNever,
     true},
    {rollback_error_rate, "rollback.error_rate",
     "automatic rollback: error rate above baseline by more than the limit", rollout, kNever, true},
    {rollback_p99, "rollback.p99", "automatic rollback: p99 latency exceeds target", rollout,
     kNever, true},
    {rollback_health_check, "rollback.health_check", "automatic rollback: health check failures",
     rollout, kNever, true},
    {rollback_critical_alert, "rollback.critical_alert",
     "automatic rollback: critical alert triggered", rollout, kNever, true},
    {notes_written, "notes.written", "customer-facing release notes written", release_notes, kDefer,
     false},
    {notes_categorised, "notes.categorised", "changes categorized", release_notes, kDefer, false},
    {notes_breaking, "notes.breaking", "breaking changes clearly highlighted", release_notes,
     kDefer, false},
    {notes_migration, "notes.migration", "migration instructions provided if applicable",
     release_notes, kDefer, false},
    {emergency_justified, "emergency.justified", "an active production incident", emergency, kNever,
     false},
    {emergency_security, "emergency.security", "security checks are never skippable", emergency,
     kNever, false},
    {emergency_rollback_documented, "emergency.rollback_documented",
     "rollback plan documented before deploying the fix", emergency, kNever, false},
    {emergency_evidence, "emergency.evidence", "health evidence within the window", emergency,
     kNever, false},
    {emergency_signal, "emergency.signal", "post-incident signal filed", emergency, kNever, false},
    {emergency_backfill, "emergency.backfill", "skipped validation tracked as a new mission",
     emergency, kNever, false},
}};

}  // namespace

std::span<const ClauseInfo> all_clauses() { return kClauses; }

const ClauseInfo& info(Clause clause) {
  const ClauseInfo& row = kClauses[static_cast<std::size_t>(clause)];
  SLUICE_ASSERT(row.clause == clause);
  return row;
}

std::optional<Clause> find_clause(std::string_view id) {
  for (const ClauseInfo& row : kClauses) {
    if (row.id == id) return row.clause;
  }
  return std::nullopt;
}

std::string_view to_text(Clause clause) { return info(clause).id; }

std::string_view to_text(Criterion criterion) {
  switch (criterion) {
    case progression: return "environment progression";
    case rollout: return "progressive rollout";
    case rollback_plan: return "rollback plan";
    case flags: return "feature flags";
    case post_deploy: return "post-deploy validation";
    case release_notes: return "release notes";
    case emergency: return "emergency deployment";
    case mandatory_rest: return "mandatory rest";
  }
  return "?";
}

std::string_view domain_of(Clause clause) {
  const std::string_view id = info(clause).id;
  struct Row {
    std::string_view beginning;
    std::string_view domain;
  };
  constexpr std::array<Row, 13> kDomains{{{"pre.quality.security", "security"},
                                          {"pre.quality.architecture", "architecture"},
                                          {"pre.quality.performance", "performance"},
                                          {"pre.quality.observability", "observability"},
                                          {"pre.observability.", "observability"},
                                          {"pre.migrations", "database"},
                                          {"pre.rollback.", "operations"},
                                          {"progression.", "operations"},
                                          {"plan.triggers", "operations"},
                                          {"plan.health_checks", "operations"},
                                          {"post.", "operations"},
                                          {"rollback.", "operations"},
                                          {"emergency.security", "security"}}};
  for (const Row& row : kDomains) {
    if (id.starts_with(row.beginning)) return row.domain;
  }
  return "release";
}

}  // namespace sluice
