#include "cli/stored_status.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace sluice::cli {
namespace {

Share share_of(const Service& service, const EnvironmentName& name) {
  const auto found = std::ranges::find(service.environments, name, &EnvironmentState::name);
  return found == service.environments.end() ? Share::none() : found->share;
}

std::vector<EnvironmentStatus> environments_of(const Service& service, const Delivery& delivery) {
  std::vector<EnvironmentStatus> environments;
  for (std::size_t i = 0; i < delivery.plan.environments.size(); ++i) {
    const EnvironmentName& name = delivery.plan.environments[i].name;
    const bool passed = i < delivery.progress.size() && delivery.progress[i].passed;
    environments.push_back({name, share_of(service, name), passed, i == delivery.environment});
  }
  return environments;
}

void add_stage(const Delivery& delivery, Status& status) {
  const Stage& stage = current_stage(delivery);
  status.environment = current_environment(delivery).name;
  status.stage = delivery.stage;
  status.stages = static_cast<std::uint32_t>(current_environment(delivery).stages.size());
  status.stage_name = stage.name;
  status.stage_share = stage.share;
  const std::int64_t wanted_ms = delivery.phase == Phase::validating
                                     ? delivery.plan.parameters.validation_window_ms
                                     : stage.soak_ms;
  status.soak_left_ms = std::max<std::int64_t>(wanted_ms - delivery.soaked_ms, 0);
}

std::string rollback_of(const Delivery& delivery) {
  if (!delivery.rollback) return {};
  const RollbackStarted& rollback = *delivery.rollback;
  std::string out{to_text(rollback.cause)};
  if (rollback.cause == Cause::trigger) out += " " + std::string(to_text(rollback.trigger));
  out += fmt::format(" in {}, stage {}", rollback.environment.text, rollback.stage + 1);
  return rollback.detail.empty() ? out : out + ": " + rollback.detail;
}

void add_delivery(const Service& service, const Delivery& delivery, Status& status) {
  status.delivering = service.delivering();
  status.delivery = delivery.id;
  status.release_id = delivery.plan.release.id;
  status.release_title = delivery.plan.release.title;
  status.release = delivery.plan.release.digest;
  status.phase = delivery.phase;
  status.started = delivery.started;
  status.ended = delivery.ended;
  status.environments = environments_of(service, delivery);
  add_stage(delivery, status);
  status.standing = delivery.standing;
  status.never_gives_up = never_gives_up(delivery, delivery.standing.reason);
  status.paused = delivery.paused.has_value();
  status.rollback = rollback_of(delivery);
  status.rollback_blocked = delivery.rollback_blocked;
  if (delivery.rollback) {
    status.canary.counts = delivery.rollback->canary;
    status.baseline.counts = delivery.rollback->baseline;
  }
}

}  // namespace

Status stored_status(const Service& service, Tick now) {
  Status status;
  status.service = service.name;
  status.now = now;
  if (service.delivery) add_delivery(service, *service.delivery, status);
  for (const PendingEffect& effect : service.pending) {
    if (effect.resistance.empty()) continue;
    status.resisting.push_back(to_text(effect.effect) + ": " + effect.resistance);
  }
  if (service.requested) status.requested = service.requested->delivery;
  if (service.adoption) status.adoption = "running";
  return status;
}

}  // namespace sluice::cli
