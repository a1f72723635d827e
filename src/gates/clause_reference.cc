#include "gates/clause_reference.h"

#include <algorithm>
#include <array>

#include "base/assert.h"

namespace sluice::gates {
namespace {

using enum Clause;

struct Known {
  Clause clause;
  std::string_view how;
};

// In the words of whoever reads the reference: what is looked at, or, for a clause that is not
// built, what will be.
constexpr std::array kHowKnown{
    Known{
        progression_isolated,
        "no two environments of `sluice.yaml` share an entrance, a process port, a HAProxy socket, "
        "the HAProxy process that answers there, a map file, a log port, a database, or the state "
        "that the commands and variables of their "
        "processes name; addresses and databases are compared however they are written, and "
        "symbolic links are followed; each has its own deployer and probe"},
    Known{progression_order,
          "the contract skips no environment of `sluice.yaml`, at least two of them, one a "
          "staging, come before customers; at the end the ledger shows the same digest healthy in "
          "each earlier environment"},
    Known{progression_health,
          "each environment has a probe, and smoke tests or judged traffic; the traffic of a "
          "staging is judged, under the load that `sluice.yaml` names; at the end each of them has "
          "shown health"},
    Known{pre_quality_security,
          "a scan by an allowed tool that really ran and found nothing at or above `fails_at`, and "
          "an evaluation with PASS, both fresh, about this digest, by evaluators of `sluice.yaml` "
          "who are no authors"},
    Known{pre_quality_architecture,
          "an evaluation with PASS, fresh, about this digest, by a trusted evaluator who is not "
          "the author"},
    Known{pre_quality_performance,
          "an evaluation with PASS, fresh, about this digest, by a trusted evaluator who is not "
          "the author"},
    Known{pre_quality_observability,
          "an evaluation with PASS, fresh, about this digest, by a trusted evaluator who is not "
          "the author"},
    Known{pre_contract,
          "the status is `approved`; required sections are there; no placeholder is left; the "
          "release id is well-formed; every commit of the range that it names is covered by a "
          "change, and no change names a commit that does not exist; the artifacts can be read and "
          "are the pinned ones; this revision was not rolled back before; the approvals that "
          "`sluice.yaml` asks for are given, for exactly this, by people who are not its authors"},
    Known{pre_observability_instrumentation, "series exist for the service in staging"},
    Known{pre_observability_slo, "an SLO file or rule is found"},
    Known{pre_observability_dashboard, "the dashboard resolves and mentions the service"},
    Known{pre_observability_alerting, "every alert has a runbook that resolves"},
    Known{pre_rollback_documented,
          "mechanism, readable estimate and data rollback are in the contract, and each "
          "environment has a baseline or `sluice.yaml` a fallback"},
    Known{pre_rollback_tested, "a drill of this digest in staging, measured against the estimate"},
    Known{pre_flags,
          "every change of type *feature* names a flag, which the flag service of production "
          "(OFREP, Unleash, a flagd file) knows and has off for everybody, before the start and "
          "again right before the first customers; where no change is a feature, every commit of "
          "the contract's range is covered by a change"},
    Known{pre_migrations, "the SQL is parsed and checked rule by rule"},
    Known{plan_stages,
          "at least two production stages, rising, ending at 100 %, the first at most "
          "`first_stage_max`; the stages of other environments rise to 100 %, too"},
    Known{plan_health_checks,
          "each environment has a probe that can fail, and the customer-facing one is judged"},
    Known{plan_triggers, "all four triggers have a live source in the customer-facing environment"},
    Known{plan_window,
          "inside an open window, outside every freeze; notices acknowledged before the start"},
    Known{plan_automated,
          "no row of the rollout plan waits for a person; stopping, holding and reversing are no "
          "steps"},
    Known{post_health, "probes over the validation window, on the new version"},
    Known{post_error_rate, "the judge's reading over the validation window, for the new version"},
    Known{post_performance,
          "the judge's reading of p99 over the validation window, for the new version"},
    Known{post_telemetry_traces, "traces seen from the new version after the deployment"},
    Known{post_telemetry_metrics, "metrics seen from the new version after the deployment"},
    Known{post_telemetry_logs,
          "logs seen from the new version after the deployment, correlated by trace id"},
    Known{
        post_burn_rate,
        "burn rates of service and canary, by the objective `availability`, computed from the "
        "requests of customers at every stage and in the validation, over the windows that have "
        "data: more than 14.4 in 1 h and 5 min, 6 in 6 h and 30 min, or 1 in 3 d and 6 h holds "
        "the delivery (`budget_burning`) and takes nothing back; the canary goes back by evidence "
        "against it at the usual line alone, because odds of 20 to 1, which come up in up to 5 % "
        "of harmless releases, would break `false_rollback_probability`"},
    Known{post_smoke, "smoke tests against production's own entrance"},
    Known{post_changelog,
          "the entry in the ledger, and the line in the change log file written from it"},
    Known{rollback_error_rate,
          "a sequential test against the concurrent baseline, armed until the delivery ended"},
    Known{rollback_p99,
          "a sequential test of the share of requests over target, armed until the delivery ended"},
    Known{rollback_health_check,
          "probes, with the policy's number of consecutive failures, and evidence that they fail "
          "more "
          "often than one in fifty where the baseline's do not; armed until the delivery ended"},
    Known{rollback_critical_alert,
          "the alert source, matched to service and environment, armed until the delivery ended"},
    Known{notes_written,
          "the contract's notes against commits and changes: customer-facing, no internal wording"},
    Known{notes_categorised, "every change is in a category"},
    Known{notes_breaking, "nothing breaking is hidden"},
    Known{notes_migration, "every breaking change has instructions"},
    Known{emergency_justified,
          "the named incident is open, an alert of the service fires, or a second person confirms"},
    Known{emergency_security,
          "the security clauses ran and passed; a configuration that would skip them is refused"},
    Known{emergency_rollback_documented,
          "`pre.rollback.documented`, checked before the first effect"},
    Known{emergency_evidence, "an obligation with a deadline"},
    Known{emergency_signal,
          "a file in `work/signals/`, well-formed and linked; an obligation until the incident is "
          "resolved"},
    Known{emergency_backfill, "one mission in `work/missions/` that lists every deferred clause"},
};

// Every line below "Mandatory Requirements" that is no heading, without its list marker.
const std::vector<PolicyLine>& lines() {
  static const std::vector<PolicyLine> kLines{
      {"All changes must progress through isolated environments before reaching production. Each "
       "environment serves a distinct validation purpose:",
       {progression_isolated, progression_order}},
      {"**Development** — Where code is first deployed and tested by the authoring team",
       {progression_order}},
      {"**Staging** — Pre-production validation under production-like conditions",
       {progression_order, progression_health}},
      {"**Production** — Customer-facing, reached only after successful staging validation",
       {progression_order, progression_health}},
      {"Promotion between environments requires evidence of health at the current stage. No "
       "environment may be skipped except during emergency deployments (see Emergency / Hotfix "
       "below).",
       {progression_health, progression_order}},
      {"All quality policy evaluations passed (security, architecture, performance, "
       "**observability**)",
       {pre_quality_security, pre_quality_architecture, pre_quality_performance,
        pre_quality_observability}},
      {"Release contract completed (`work/releases/_TEMPLATE-release-contract.md`)",
       {pre_contract}},
      {"Observability verified: instrumentation active, SLOs configured, dashboard created, "
       "alerting with runbooks (see `policies/observability.md`)",
       {pre_observability_instrumentation, pre_observability_slo, pre_observability_dashboard,
        pre_observability_alerting}},
      {"Rollback plan documented and tested", {pre_rollback_documented, pre_rollback_tested}},
      {"Feature flags configured for new features", {pre_flags}},
      {"Database migrations backward-compatible", {pre_migrations}},
      {"Progressive rollout plan defined (e.g., 5% → 25% → 50% → 100%)", {plan_stages}},
      {"Health checks defined and monitored at each stage", {plan_health_checks}},
      {"Automatic rollback triggers configured", {plan_triggers}},
      {"Deployment window communicated to stakeholders", {plan_window}},
      {"No manual steps in the deployment pipeline (fully automated)", {plan_automated}},
      {"Health metrics validated within {{POST_DEPLOY_VALIDATION_WINDOW}} of deployment",
       {post_health}},
      {"Error rate within acceptable bounds", {post_error_rate}},
      {"Performance metrics within target", {post_performance}},
      {"Telemetry verified: traces, metrics, and logs flowing correctly after deployment",
       {post_telemetry_traces, post_telemetry_metrics, post_telemetry_logs}},
      {"Health target burn rate monitored during rollout", {post_burn_rate}},
      {"Customer-facing functionality verified (smoke tests)", {post_smoke}},
      {"Deployment recorded in change log", {post_changelog}},
      {"Automatic rollback if any of:",
       {rollback_error_rate, rollback_p99, rollback_health_check, rollback_critical_alert}},
      {"Error rate increases > {{MAX_ERROR_RATE_INCREASE}} above baseline", {rollback_error_rate}},
      {"p99 latency exceeds target", {rollback_p99}},
      {"Health check failures", {rollback_health_check}},
      {"Critical alert triggered", {rollback_critical_alert}},
      {"Customer-facing release notes written", {notes_written}},
      {"Changes categorized (new feature, improvement, fix, deprecation)", {notes_categorised}},
      {"Breaking changes clearly highlighted", {notes_breaking}},
      {"Migration instructions provided if applicable", {notes_migration}},
      {"When an active production incident requires an immediate fix:", {emergency_justified}},
      {"Non-critical validation stages may be compressed or skipped (direct to target environment)",
       {emergency_justified, emergency_backfill}},
      {"**Security checks are never skippable** — all security policy requirements remain "
       "mandatory",
       {emergency_security, pre_quality_security}},
      {"A rollback plan must be documented before deploying the fix",
       {emergency_rollback_documented, pre_rollback_documented}},
      {"Post-deployment health evidence must be provided within {{POST_DEPLOY_VALIDATION_WINDOW}}",
       {emergency_evidence}},
      {"A post-incident signal must be filed in `work/signals/` after resolution",
       {emergency_signal}},
      {"Follow-up work to backfill any skipped validation must be tracked as a new mission",
       {emergency_backfill}},
  };
  return kLines;
}

}  // namespace

std::string_view how_known(Clause clause) {
  const auto found = std::ranges::find(kHowKnown, clause, &Known::clause);
  SLUICE_ASSERT(found != kHowKnown.end());
  return found->how;
}

std::span<const PolicyLine> policy_lines() { return lines(); }

}  // namespace sluice::gates
