#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "engine/watch.h"
#include "judge/describe.h"
#include "judge/forecast.h"

namespace sluice::engine {
namespace {

constexpr double kOddsMax = 1e18;

double odds(double ln_evidence) { return std::min(kOddsMax, std::exp(ln_evidence)); }

ArmStatus arm(const Counts& counts, std::optional<double> per_second) {
  const judge::Interval errors = judge::rate_interval(counts.errors, counts.requests);
  const judge::Interval slow = judge::rate_interval(counts.over_target, counts.requests);
  return {counts, per_second, errors.low, errors.high, slow.low, slow.high};
}

}  // namespace

void Watch::describe(const Service& service, Status& status) const {
  status.readings = last_.readings;
  if (!hearing_ || hearing_->finding() == nullptr || !service.delivery) return;
  const judge::Finding& finding = *hearing_->finding();
  status.canary = arm(finding.canary, hearing_->canary_per_second());
  status.baseline = arm(finding.baseline, hearing_->baseline_per_second());
  JudgeStatus& judge = status.judge;
  judge.judged = true;
  judge.has_baseline = finding.concurrent;
  judge.harm_odds = odds(finding.ln_harm);
  judge.harm_odds_line = odds(finding.ln_harm_line);
  judge.blame = to_text(finding.blame);
  judge.promotion_odds = odds(std::min(finding.ln_promote_error, finding.ln_promote_slow));
  judge.promotion_odds_line = odds(finding.ln_promote_line);
  judge.promotion_missing =
      judge::describe_missing(finding) +
      judge::describe_time(finding, status.canary.requests_per_second.value_or(0));
  status.burn = hearing_->burn_words();
  judge.latency = hearing_->latency_words();
  judge.gauges = hearing_->gauge_words();
  if (!gauges_trouble_.empty()) {
    judge.gauges_trouble = "no samples come now: " + printable(gauges_trouble_);
  }
  judge.groups = judge::describe_groups(finding, hearing_->settings());
}

Status describe(const Service& service, const Watch& watch, Tick now) {
  Status status{.service = service.name, .now = now, .delivering = service.delivering()};
  if (service.adoption) status.adoption = "running";
  if (service.requested) status.requested = service.requested->delivery;
  if (!service.delivery) return status;
  const Delivery& delivery = *service.delivery;
  status.delivery = delivery.id;
  status.release_id = delivery.plan.release.id;
  status.release_title = delivery.plan.release.title;
  status.release = delivery.plan.release.digest;
  status.phase = delivery.phase;
  status.started = delivery.started;
  status.ended = delivery.ended;
  status.standing = delivery.standing;
  status.never_gives_up = never_gives_up(delivery, delivery.standing.reason);
  status.paused = delivery.paused.has_value();
  status.rollback_blocked = delivery.rollback_blocked;
  for (std::size_t i = 0; i < delivery.progress.size(); ++i) {
    const EnvironmentName& name = delivery.plan.environments[i].name;
    const EnvironmentState& state = service.environment(name);
    const bool swapped = state.baseline == delivery.progress[i].canary;
    status.environments.push_back({name, swapped ? Share::whole() : state.share,
                                   delivery.progress[i].passed, i == delivery.environment});
  }
  const EnvironmentPlan& environment = current_environment(delivery);
  const Stage& stage = current_stage(delivery);
  status.environment = environment.name;
  status.stage = delivery.stage;
  status.stages = static_cast<std::uint32_t>(environment.stages.size());
  status.stage_name = stage.name;
  status.stage_share = stage.share;
  const bool counting = counts_as_soak(delivery.standing.reason);
  const std::int64_t soaked = delivery.soaked_ms + (counting ? now - delivery.counted_until : 0);
  const bool validating = delivery.phase == Phase::validating;
  const std::int64_t whole =
      validating ? delivery.plan.parameters.validation_window_ms : stage.soak_ms;
  const bool soaks = delivery.phase == Phase::soaking || validating;
  status.soak_left_ms = soaks ? std::max<std::int64_t>(0, whole - soaked) : 0;
  if (delivery.rollback) {
    const RollbackStarted& back = *delivery.rollback;
    const std::string_view what =
        back.cause == Cause::trigger ? to_text(back.trigger) : to_text(back.cause);
    status.rollback = std::string(what) + ": " + printable(back.detail, 400);
  }
  watch.describe(service, status);
  // The watch has begun anew since; what counts is what made it go back.
  if (delivery.rollback && !status.delivering) {
    status.canary.counts = delivery.rollback->canary;
    status.baseline.counts = delivery.rollback->baseline;
  }
  return status;
}

}  // namespace sluice::engine
