#include "sim/rollout.h"

#include <algorithm>

#include "judge/judge.h"
#include "judge/pace.h"
#include "judge/plan_settings.h"

namespace sluice::sim {
namespace {

constexpr std::int64_t kTickLeastMs = judge::kDelayMs;
constexpr std::int64_t kTickPart = 20;
constexpr std::int64_t kHistoryRequests = 100'000;
constexpr std::size_t kIntervalsMost = 2'000;

Counts history_of(const ServiceModel& service, std::uint64_t seed) {
  Random random(~seed);
  return {kHistoryRequests, random.binomial(kHistoryRequests, service.error_rate), 0};
}

// One rollout under way. What has ended it is in `result`; nothing has while `running`.
class Way {
 public:
  Way(const Plan& plan, const EnvironmentPlan& environment, const ServiceModel& service,
      std::uint64_t seed)
      : plan_(plan),
        environment_(environment),
        world_(service, seed),
        judge_(told_apart(judge::settings_of(plan, environment)), history_of(service, seed)) {}

  Rollout go() {
    hear(world_.tick(0, kSecondMs));  // the traffic is known before a share is given away
    for (std::size_t i = 0; running_ && i < environment_.stages.size(); ++i) enter(i);
    if (running_ && environment_.customer_facing) validate();
    if (running_) end(Ending::promoted);
    return result_;
  }

 private:
  void enter(std::size_t index) {
    const bool last = index + 1 == environment_.stages.size();
    const Stage& stage = environment_.stages[index];
    stage_ms_ = 0;
    reach(stage.share);
    if (!running_) return;
    stage_ms_ = 0;
    judge_.enter_stage(share_ < Share::whole(), judge::alpha_promotion_of(plan_.parameters, last));
    const std::int64_t soak_ms = std::max(stage.soak_ms, plan_.parameters.grace_ms);
    if (last && environment_.customer_facing && soak_ms == 0) return;  // judged by the validation
    wait(soak_ms);
    const std::int64_t deadline_ms = soak_ms + plan_.deadlines.evidence_ms;
    while (running_ && !judge_.finding().promotable) {
      if (stage_ms_ >= deadline_ms) return end(Ending::no_evidence);
      tick(deadline_ms - stage_ms_);
    }
  }

  // Up to the stage's share, no faster than the evidence allows.
  void reach(Share cap) {
    if (!plan_.parameters.evidence_paced || !environment_.customer_facing) share_ = cap;
    std::int64_t stepped_ms = -kShareStepMs;
    while (running_ && share_ < cap) {
      const Share allowed = pacemaker_.pace(judge_.history()).allowed;
      const Share next = stepped_share(share_, allowed, cap, stage_ms_ - stepped_ms);
      if (next > share_) {
        share_ = next;
        judge_.expect_share(share_.fraction());
        stepped_ms = stage_ms_;
        continue;
      }
      if (stage_ms_ >= plan_.deadlines.evidence_ms) return end(Ending::no_evidence);
      tick(kTickLeastMs);
    }
  }

  void validate() {
    wait(stage_ms_ + plan_.parameters.validation_window_ms);
    const bool kept = plan_.keep_on_missing_validation || judge_.finding().promotable;
    if (running_ && !kept) end(Ending::no_evidence);
  }

  void wait(std::int64_t until_ms) {
    while (running_ && stage_ms_ < until_ms) tick(until_ms - stage_ms_);
  }

  void tick(std::int64_t most_ms) {
    const std::int64_t ms = std::min(most_ms, std::max(kTickLeastMs, stage_ms_ / kTickPart));
    const Counted counted = world_.tick(share_.fraction(), ms);
    stage_ms_ += ms;
    result_.took_ms += ms;
    if (!counted.seen) return;
    result_.requests += counted.canary.requests;
    result_.failed += counted.canary.errors;
    hear(counted);
    if (judge_.breached()) end(Ending::rolled_back);
  }

  void hear(const Counted& counted) {
    if (!counted.seen) return;
    const judge::Batch batch = batch_of(counted);
    judge_.add(batch);
    pacemaker_.add(batch);
  }

  void end(Ending ending) {
    running_ = false;
    result_.ending = ending;
  }

  const Plan& plan_;
  const EnvironmentPlan& environment_;
  World world_;
  judge::Judge judge_;
  judge::Pacemaker pacemaker_;
  Share share_;
  std::int64_t stage_ms_ = 0;  // or since the way to its share began
  bool running_ = true;
  Rollout result_;
};

// The share at every interval of the plan.
std::vector<Share> shares_of(const Plan& plan, const EnvironmentPlan& environment,
                             std::int64_t interval_ms) {
  std::vector<Share> shares;
  const auto stand = [&](Share share, std::int64_t ms) {
    const auto intervals = static_cast<std::size_t>((ms + interval_ms - 1) / interval_ms);
    shares.resize(std::min(shares.size() + intervals, kIntervalsMost), share);
  };
  for (const Stage& stage : environment.stages) stand(stage.share, stage.soak_ms);
  if (environment.customer_facing) stand(Share::whole(), plan.parameters.validation_window_ms);
  return shares;
}

}  // namespace

judge::Settings told_apart(judge::Settings settings, int units) {
  settings.groups = kCanaryHosts;
  settings.baseline_groups = units;
  settings.client_groups = kClientBuckets;
  return settings;
}

judge::Batch batch_of(const Counted& counted) {
  judge::Batch batch;
  batch.canary = counted.canary;
  batch.baseline = counted.baseline;
  std::ranges::copy(counted.canary_hosts, batch.canary_groups.begin());
  std::ranges::copy(counted.baseline_units, batch.baseline_groups.begin());
  std::ranges::copy(counted.canary_clients, batch.canary_groups.begin() + kCanaryHosts);
  std::ranges::copy(counted.baseline_clients, batch.baseline_groups.begin() + counted.units);
  batch.elapsed_ms = counted.elapsed_ms;
  return batch;
}

Rollout roll_out(const Plan& plan, const EnvironmentPlan& environment, const ServiceModel& service,
                 std::uint64_t seed) {
  return Way(plan, environment, service, seed).go();
}

Rollout roll_out_polled(const Plan& plan, const EnvironmentPlan& environment,
                        const ServiceModel& service, std::uint64_t seed, const FlaggerRule& rule) {
  const std::int64_t interval_ms = rule.interval_s * kSecondMs;
  World world(service, seed);
  std::vector<Second> intervals;
  for (const Share share : shares_of(plan, environment, interval_ms)) {
    const Counted counted = world.tick(share.fraction(), interval_ms);
    intervals.push_back(counted.seen ? second_of(counted) : Second{});
  }
  FlaggerRule each = rule;
  each.interval_s = each.window_s = 1;  // one interval is one entry
  const RolledBack back = flagger(intervals, each);
  Rollout out{.ending = back ? Ending::rolled_back : Ending::promoted};
  const auto until = static_cast<std::size_t>(back.value_or(static_cast<int>(intervals.size())));
  for (std::size_t i = 0; i < until; ++i) {
    out.requests += intervals[i].canary.requests;
    out.failed += intervals[i].canary.errors;
  }
  out.took_ms = static_cast<std::int64_t>(until) * interval_ms;
  return out;
}

}  // namespace sluice::sim
