// Clause: one line of the delivery policy, with the stable id that the CLI, the verdict, the docs
// and the tests call it by. The table in clause.cc is the policy's text.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sluice {

enum class Clause : std::uint8_t {
  progression_isolated,
  progression_order,
  progression_health,
  pre_quality_security,
  pre_quality_architecture,
  pre_quality_performance,
  pre_quality_observability,
  pre_contract,
  pre_observability_instrumentation,
  pre_observability_slo,
  pre_observability_dashboard,
  pre_observability_alerting,
  pre_rollback_documented,
  pre_rollback_tested,
  pre_flags,
  pre_migrations,
  plan_stages,
  plan_health_checks,
  plan_triggers,
  plan_window,
  plan_automated,
  post_health,
  post_error_rate,
  post_performance,
  post_telemetry_traces,
  post_telemetry_metrics,
  post_telemetry_logs,
  post_burn_rate,
  post_smoke,
  post_changelog,
  rollback_error_rate,
  rollback_p99,
  rollback_health_check,
  rollback_critical_alert,
  notes_written,
  notes_categorised,
  notes_breaking,
  notes_migration,
  emergency_justified,
  emergency_security,
  emergency_rollback_documented,
  emergency_evidence,
  emergency_signal,
  emergency_backfill,
};

// The seven rows of the policy's evaluation table, and the mandatory rest.
enum class Criterion : std::uint8_t {
  progression,
  rollout,
  rollback_plan,
  flags,
  post_deploy,
  release_notes,
  emergency,
  mandatory_rest,
};

// What an emergency may do with a clause.
enum class EmergencyRule : std::uint8_t { never, defer, not_affected };

struct ClauseInfo {
  Clause clause;
  std::string_view id;           // "pre.rollback.documented"
  std::string_view policy_says;  // the policy's own words, shortened
  Criterion criterion;
  EmergencyRule emergency;
  bool built;  // false: its verdict is INCONCLUSIVE, code not_built
};

// Every clause once, in the order of the policy.
[[nodiscard]] std::span<const ClauseInfo> all_clauses();
[[nodiscard]] const ClauseInfo& info(Clause clause);
[[nodiscard]] std::optional<Clause> find_clause(std::string_view id);
[[nodiscard]] std::string_view to_text(Clause clause);  // its id
[[nodiscard]] std::string_view to_text(Criterion criterion);

// Whose business a clause is: "security", "operations", … Who has this domain in sluice.yaml may
// decide an exception about it, and is named where something has to be done for it.
[[nodiscard]] std::string_view domain_of(Clause clause);

}  // namespace sluice
