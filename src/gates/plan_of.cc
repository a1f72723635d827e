#include "gates/plan_of.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/assert.h"
#include "gates/before_start.h"
#include "gates/environments.h"
#include "gates/findings.h"
#include "gates/flags.h"
#include "gates/start_gates.h"

namespace sluice::gates {
namespace {

std::vector<Stage> promised_stages(const Contract& contract) {
  std::vector<Stage> stages;
  for (const PlannedStage& planned : contract.stages) {
    if (!planned.share) continue;
    stages.push_back({planned.name, *planned.share, planned.soak_ms.value_or(0)});
  }
  return stages;
}

std::vector<Stage> stages_of(const EnvironmentSpec& environment, const Contract& contract) {
  return environment.customer_facing ? promised_stages(contract) : environment.stages;
}

bool rises_to_whole(const std::vector<Stage>& stages) {
  Share before = Share::none();
  for (const Stage& stage : stages) {
    if (stage.share <= before) return false;
    before = stage.share;
  }
  return before == Share::whole();
}

bool has_baseline(const Service& service, const EnvironmentName& name) {
  const auto found = std::ranges::find(service.environments, name, &EnvironmentState::name);
  return found != service.environments.end() && !found->baseline_release.empty();
}

}  // namespace

std::string plan_obstacle(const Contract& contract, const Policy& policy) {
  if (policy.environments.empty()) return "the policy has no environment";
  const bool readable = std::ranges::all_of(
      contract.stages, [](const PlannedStage& stage) { return stage.share.has_value(); });
  if (!readable) return "a stage of the contract has no share";
  for (const EnvironmentSpec& environment : policy.environments) {
    if (!rises_to_whole(stages_of(environment, contract))) {
      return fmt::format("the stages of {} do not rise to 100 %", quoted(environment.name.text));
    }
  }
  return {};
}

Plan make_plan(const Contract& contract, const Policy& policy, const Release& release) {
  Plan plan{.service = policy.service,
            .release = release,
            .contract_file = contract.file,
            .contract_revision = contract.revision_digest,
            .policy_digest = policy.digest,
            .parameters = policy.parameters,
            .deadlines = policy.deadlines,
            .keep_on_missing_validation = policy.keep_on_missing_validation,
            .fallback = policy.fallback,
            .notify = !policy.notify.command.empty(),
            .flags = flags_of_features(contract)};
  for (const EnvironmentSpec& environment : policy.environments) {
    plan.environments.push_back(
        {.name = environment.name,
         .customer_facing = environment.customer_facing,
         .judged = environment.judged,
         .smoke = !environment.smoke.empty(),
         .alerts = environment.alerts.has_value(),
         .load_requests_min = environment.load ? environment.load->requests_min : 0,
         .stages = stages_of(environment, contract),
         .gauges = environment.judged && environment.prometheus &&
                   !environment.prometheus->gauges.empty()});
  }
  return plan;
}

// The environment rehearses the rollback; the plan carries what that is measured against.
void add_drill(Plan& plan, const Contract& contract, const Policy& policy) {
  const EnvironmentSpec* place = drill_place(policy);
  if (place == nullptr) return;
  const auto found = std::ranges::find(plan.environments, place->name, &EnvironmentPlan::name);
  SLUICE_ASSERT(found != plan.environments.end());
  found->drill = true;
  plan.rollback_estimate_ms = contract.rollback.estimate_ms.value_or(0);
  plan.rollback_claim = to_text(contract.rollback.tested);
  plan.drill_valid_ms = policy.drill_valid_ms;
}

bool is_drilled_on_the_way(const std::vector<ClauseVerdict>& clauses) {
  const auto found =
      std::ranges::find(clauses, Clause::pre_rollback_tested, &ClauseVerdict::clause);
  return found != clauses.end() && found->code == kDrilledInStaging;
}

Planning plan_delivery(const Contract& contract, const Policy& policy, const Service& service,
                       const Release& release, Tick now, const FlagAnswers& flags,
                       const RunningRouters& routers) {
  Planning planning{
      .clauses = evaluate_before_start(contract, policy, service, release, now, flags, routers)};
  if (!holds_start(planning.clauses).empty()) return planning;
  planning.plan = make_plan(contract, policy, release);
  if (is_drilled_on_the_way(planning.clauses)) add_drill(*planning.plan, contract, policy);
  const bool all_have_baseline = std::ranges::all_of(
      policy.environments,
      [&](const EnvironmentSpec& environment) { return has_baseline(service, environment.name); });
  if (all_have_baseline) planning.plan->fallback.clear();
  return planning;
}

Planning plan_drill(const Contract& contract, const Policy& policy, const Service& service,
                    const Release& release, Tick now, const RunningRouters& routers) {
  const Facts facts{contract, policy, service, release, now, nullptr, &routers};
  Planning planning;
  for (ClauseVerdict& one : found_before_start(facts)) {
    const bool needed = one.clause == Clause::progression_isolated ||
                        one.clause == Clause::pre_rollback_documented ||
                        one.clause == Clause::pre_rollback_tested;
    if (needed) planning.clauses.push_back(std::move(one));
  }
  ClauseVerdict& tested = planning.clauses.back();
  SLUICE_ASSERT(tested.clause == Clause::pre_rollback_tested);
  // What an earlier drill showed is no reason not to perform another.
  if (drill_place(policy) != nullptr) {
    tested = {.clause = Clause::pre_rollback_tested,
              .code = std::string(kDrilledInStaging),
              .why = "the drill is under way, or did not get to its end"};
  }
  if (!holds_start(planning.clauses).empty()) return planning;
  planning.plan = make_plan(contract, policy, release);
  Plan& plan = *planning.plan;
  add_drill(plan, contract, policy);
  std::erase_if(plan.environments, [](const EnvironmentPlan& one) { return !one.drill; });
  plan.drill = true;
  if (has_baseline(service, plan.environments.front().name)) plan.fallback.clear();
  // Bound to this very drill: how it ends is not held against the contract.
  plan.contract_revision =
      sha256(fmt::format("drill {} {}", service.deliveries + 1, contract.revision_digest.hex));
  return planning;
}

}  // namespace sluice::gates
