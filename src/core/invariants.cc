#include "core/invariants.h"

#include <algorithm>

#include "core/evolve.h"

namespace sluice::core {
namespace {

bool raises_traffic(const Service& service, const Effect& effect) {
  const auto* share = std::get_if<SetShare>(&effect);
  if (share == nullptr) return false;
  const auto& known = service.environments;
  const auto found = std::ranges::find(known, share->environment, &EnvironmentState::name);
  return found != known.end() && share->baseline == found->baseline && share->share > found->share;
}

bool within_plan(const Delivery& delivery, const SetShare& share) {
  if (share.share == Share::none()) return true;
  const EnvironmentPlan& environment = current_environment(delivery);
  return environment.name == share.environment && share.share <= current_stage(delivery).share;
}

}  // namespace

std::string broken_invariant(const Service& service) {
  for (std::size_t i = 0; i < service.pending.size(); ++i) {
    const PendingEffect& pending = service.pending[i];
    if (pending.id > service.effects) return "a pending effect has an id that was never given";
    if (i > 0 && pending.id <= service.pending[i - 1].id) return "pending effects are out of order";
    if (pending.generation > service.generation) return "a pending effect is from the future";
  }
  if (!service.delivery) return {};
  const Delivery& delivery = *service.delivery;
  if (delivery.progress.size() != delivery.plan.environments.size()) {
    return "progress and plan differ in environments";
  }
  if (delivery.environment >= delivery.plan.environments.size()) return "no such environment";
  if (delivery.stage >= current_environment(delivery).stages.size()) return "no such stage";
  for (std::size_t i = 0; i < delivery.environment; ++i) {
    if (!delivery.progress[i].passed) return "an environment was skipped";
    if (delivery.plan.environments[i].drill && !delivery.progress[i].drilled) {
      return "an environment was left without its drill";
    }
  }
  if (delivery.phase == Phase::drilling && !delivery.drill) return "a drill that never began";
  const bool going_back =
      delivery.phase == Phase::rolling_back || delivery.phase == Phase::rolled_back;
  if (going_back && !delivery.rollback) return "it goes back without a cause";
  if (going_back && delivery.paused) return "a rollback is paused";
  if (delivery.phase == Phase::done && !delivery.roles_swapped) return "done without a swap";
  return {};
}

std::string broken_invariant(const Service& before, const Service& after, const Event& event) {
  if (after.generation < before.generation) return "the generation went back";
  if (after.effects < before.effects) return "effect ids went back";
  if (before.delivery && is_terminal(before.delivery->phase) && after.delivery &&
      after.delivery->id == before.delivery->id &&
      after.delivery->phase != before.delivery->phase) {
    return "a terminal phase was left";
  }
  const auto* cut = std::get_if<ShareCut>(&event);
  if (cut != nullptr && (cut->to > cut->from || cut->generation <= before.generation)) {
    return "a cut raises traffic";
  }
  const auto* entered = std::get_if<StageEntered>(&event);
  if (entered != nullptr &&
      before.environment(entered->environment).share != current_stage(*before.delivery).share) {
    return "a stage begins below its share";
  }
  const auto* intended = std::get_if<EffectIntended>(&event);
  if (intended == nullptr || !before.delivering()) return {};
  const Delivery& delivery = *before.delivery;
  if (!raises_traffic(before, intended->effect)) return {};
  if (delivery.phase == Phase::rolling_back) return "traffic is raised on the way back";
  if (delivery.paused) return "traffic is raised while paused";
  if (delivery.progress[delivery.environment].burn.burning && !delivery.plan.returns) {
    return "traffic is raised while the service burns its error budget";
  }
  if (!within_plan(delivery, std::get<SetShare>(intended->effect))) {
    return "traffic is raised beyond the plan";
  }
  return {};
}

}  // namespace sluice::core
