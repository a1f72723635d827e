#include "gates/plan_of.h"

#include <algorithm>

#include <fmt/format.h>

#include "gates/before_start.h"
#include "gates/findings.h"
#include "gates/flags.h"

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
    plan.environments.push_back({.name = environment.name,
                                 .customer_facing = environment.customer_facing,
                                 .judged = environment.judged,
                                 .smoke = !environment.smoke.empty(),
                                 .alerts = environment.alerts.has_value(),
                                 .load_requests_min =
                                     environment.load ? environment.load->requests_min : 0,
                                 .stages = stages_of(environment, contract)});
  }
  return plan;
}

Planning plan_delivery(const Contract& contract, const Policy& policy, const Service& service,
                       const Release& release, Tick now, const FlagAnswers& flags) {
  Planning planning{.clauses =
                        evaluate_before_start(contract, policy, service, release, now, flags)};
  if (!holds_start(planning.clauses).empty()) return planning;
  planning.plan = make_plan(contract, policy, release);
  const bool all_have_baseline = std::ranges::all_of(
      policy.environments,
      [&](const EnvironmentSpec& environment) { return has_baseline(service, environment.name); });
  if (all_have_baseline) planning.plan->fallback.clear();
  return planning;
}

}  // namespace sluice::gates
