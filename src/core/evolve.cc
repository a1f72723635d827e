#include "core/evolve.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/text.h"

namespace sluice::core {
namespace {

Delivery& active(Service& service) {
  SLUICE_ASSERT(service.delivering());
  return *service.delivery;
}

EnvironmentState& state_of(Service& service, const EnvironmentName& name) {
  const auto found = std::ranges::find(service.environments, name, &EnvironmentState::name);
  if (found != service.environments.end()) return *found;
  service.environments.push_back({.name = name});
  return service.environments.back();
}

Progress* progress_of(Delivery& delivery, const EnvironmentName& name) {
  const auto& plans = delivery.plan.environments;
  const auto found = std::ranges::find(plans, name, &EnvironmentPlan::name);
  return found == plans.end() ? nullptr : &delivery.progress[found - plans.begin()];
}

void remember(Service& service, const Release& release) {
  if (service.release(release.digest) == nullptr) service.releases.push_back(release);
}

// Time at the stage counts up to `at` when the delivery stood still for a reason that counts.
void count_soak(Delivery& delivery, Tick at) {
  if (counts_as_soak(delivery.standing.reason)) delivery.soaked_ms += at - delivery.counted_until;
  delivery.counted_until = at;
}

void enter(Delivery& delivery, Phase phase, Tick at) {
  delivery.phase = phase;
  delivery.phase_since = at;
  delivery.soaked_ms = 0;
  delivery.counted_until = at;
  delivery.standing = {.reason = Reason::shifting, .since = at};
}

// A share of the environment under delivery was decided.
void note_share(Delivery& delivery, const EnvironmentState& state, const SetShare& wanted,
                Tick at) {
  if (wanted.share > Share::none() && delivery.phase == Phase::deploying) {
    enter(delivery, Phase::shifting, at);
  }
  if (wanted.share > state.share) delivery.share_cut = false;
  BurnRecord& burn = delivery.progress[delivery.environment].burn;
  burn.advanced = burn.advanced || (burn.burning && wanted.share > state.share);
  delivery.share_since = at;
}

// The later count of a minute is the whole of it.
void keep_minutes(std::vector<MinuteCounts>& kept, const std::vector<MinuteCounts>& more) {
  for (const MinuteCounts& one : more) {
    const auto place =
        std::ranges::lower_bound(kept, one.minute, std::less<>(), &MinuteCounts::minute);
    if (place != kept.end() && place->minute == one.minute) {
      *place = one;
    } else {
      kept.insert(place, one);
    }
  }
  if (kept.empty()) return;
  const std::int64_t oldest = kept.back().minute - kBurnMinutesKept;
  std::erase_if(kept, [oldest](const MinuteCounts& one) { return one.minute <= oldest; });
}

void note_burn(BurnRecord& record, const Burn& seen, Tick at) {
  if (seen.burning && !record.burning) record.burning_since_ms = at.unix_ms;
  if (!seen.burning) record.burning_since_ms = 0;
  record.burning = seen.burning;
  record.held = record.held || seen.burning;
  record.objective = seen.objective;
  record.computed = seen.computed;
  record.at_ms = at.unix_ms;
  if (seen.highest < record.highest) return;
  record.highest = seen.highest;
  record.highest_minutes = seen.highest_minutes;
}

// A stage, or the validation, was left. What the burn rates were is noted in the same breath.
void leave_with_burn(BurnRecord& record, Tick at) {
  if (record.objective == 0) return;
  const bool computed = record.computed && record.at_ms == at.unix_ms;
  ++(computed ? record.left_computed : record.left_without);
}

// It is left at once, and judged by the validation that follows.
bool judged_by_validation(const Delivery& delivery) {
  const EnvironmentPlan& environment = current_environment(delivery);
  const bool last = delivery.stage + 1 == environment.stages.size();
  const bool soaks =
      std::max(current_stage(delivery).soak_ms, delivery.plan.parameters.grace_ms) > 0;
  return environment.customer_facing && last && !soaks;
}

// What a person held up does not count; but what began in the middle of the hold was held up from
// there on only.
void shift_by_hold(Tick& since, Tick held_since, Tick at) {
  since = since + (at - std::max(since, held_since));
}

void end(Service& service, Phase phase, Tick at) {
  Delivery& delivery = active(service);
  delivery.phase = phase;
  delivery.phase_since = at;
  delivery.ended = at;
  delivery.standing = {.reason = Reason::ended, .since = at};
  Outcome outcome{.delivery = delivery.id,
                  .release = delivery.plan.release.digest,
                  .contract_revision = delivery.plan.contract_revision,
                  .phase = phase,
                  .replaced = delivery.replaced};
  service.outcomes.push_back(std::move(outcome));
}

struct Fold {
  Service& service;
  Tick at;

  void operator()(const AdoptionStarted& e) const {
    service.name = e.service;
    service.generation = e.generation;
    for (const EnvironmentName& name : e.environments) state_of(service, name);
    remember(service, e.release);
    service.adoption = e;
    service.adoption_since = at;
  }
  void operator()(const BaselineAdopted& e) const {
    SLUICE_ASSERT(service.adoption);
    for (const EnvironmentName& name : service.adoption->environments) {
      state_of(service, name).baseline_release = e.release;
    }
    service.adoption.reset();
  }
  void operator()(const AdoptionFailed&) const {
    service.adoption.reset();
    service.pending.clear();
  }
  void operator()(const EvidenceRecorded& e) const {
    SLUICE_ASSERT(service.evidence.find(e.evidence.id) == nullptr);
    service.evidence.records.push_back({e.evidence, std::nullopt});
  }
  void operator()(const EvidenceRevoked& e) const {
    for (KeptEvidence& kept : service.evidence.records) {
      if (kept.evidence.id == e.evidence) kept.revocation = Revocation{e.by, e.reason, at};
    }
  }
  void operator()(const ApprovalGiven& e) const { service.approvals.push_back(e.approval); }
  void operator()(const ExceptionMade& e) const { service.exceptions.push_back(e.exception); }

  void operator()(const DeliveryRefused&) const {}
  void operator()(const DeliveryStarted& e) const {
    SLUICE_ASSERT(!service.delivering());
    service.name = e.plan.service;
    service.generation = e.generation;
    const bool has_number = service.requested && service.requested->delivery == e.delivery;
    if (!has_number) ++service.deliveries;
    service.requested.reset();
    remember(service, e.plan.release);
    Delivery delivery{.id = e.delivery, .plan = e.plan, .started = at};
    delivery.progress.resize(e.plan.environments.size());
    for (std::size_t i = 0; i < e.plan.environments.size(); ++i) {
      const EnvironmentState& state = state_of(service, e.plan.environments[i].name);
      delivery.progress[i].canary = other(state.baseline);
      if (e.plan.environments[i].customer_facing) delivery.replaced = state.baseline_release;
    }
    for (const ClauseVerdict& verdict : e.clauses) delivery.clauses[verdict.clause] = verdict;
    enter(delivery, Phase::deploying, at);
    delivery.standing.reason = Reason::starting_canary;
    service.delivery = std::move(delivery);
  }

  void operator()(const DeliveryRequested& e) const {
    SLUICE_ASSERT(!service.requested);
    ++service.deliveries;
    remember(service, e.plan.release);
    service.requested = e;
  }
  void operator()(const RequestDropped&) const { service.requested.reset(); }
  void operator()(const AlertsNoted& e) const {
    if (Progress* progress = progress_of(active(service), e.environment)) progress->alerts = e;
  }

  void operator()(const EffectIntended& e) const {
    SLUICE_ASSERT(e.effect_id == service.effects + 1);
    service.effects = e.effect_id;
    const auto* share = std::get_if<SetShare>(&e.effect);
    if (share != nullptr) drop_pending_share(share->environment);
    service.pending.push_back({e.effect_id, e.generation, e.effect, at, {}});
    if (!service.delivering()) return;
    Delivery& delivery = *service.delivery;
    const EnvironmentName* name = environment_of(e.effect);
    Progress* progress = name == nullptr ? nullptr : progress_of(delivery, *name);
    if (progress != nullptr) progress->touched = true;
    if (delivery.phase == Phase::rolling_back) note_way_back(delivery, e.effect);
    if (delivery.phase == Phase::drilling) note_drill(delivery, e.effect);
    if (share != nullptr && share->environment == current_environment(delivery).name) {
      note_share(delivery, service.environment(share->environment), *share, at);
    }
  }
  // A routing is set as a whole: what was to be set before must not stand in the way of what is
  // now, of an older generation for ever.
  void drop_pending_share(const EnvironmentName& name) const {
    std::erase_if(service.pending, [&](const PendingEffect& pending) {
      const auto* share = std::get_if<SetShare>(&pending.effect);
      return share != nullptr && share->environment == name;
    });
  }
  static void note_way_back(Delivery& delivery, const Effect& effect) {
    if (std::holds_alternative<StartSlot>(effect)) delivery.way_back = WayBack::waking;
    if (std::holds_alternative<SetShare>(effect)) delivery.way_back = WayBack::shifting;
    if (std::holds_alternative<DrainSlot>(effect)) delivery.way_back = WayBack::stopping;
  }
  // A canary that is being stopped on purpose is not asked for its health any more.
  static void note_drill(Delivery& delivery, const Effect& effect) {
    if (const auto* kept = std::get_if<KeepEvidence>(&effect)) {
      delivery.drill->statement = kept->statement;
    }
    if (!std::holds_alternative<StopSlot>(effect)) return;
    delivery.drill->stopping = true;
    delivery.progress[delivery.environment].started = false;
  }
  void operator()(const EffectObserved& e) const {
    const auto found = std::ranges::find(service.pending, e.effect_id, &PendingEffect::id);
    SLUICE_ASSERT(found != service.pending.end());
    const Effect effect = found->effect;
    service.pending.erase(found);
    if (const auto* share = std::get_if<SetShare>(&effect)) {
      EnvironmentState& state = state_of(service, share->environment);
      state.baseline = share->baseline;
      state.share = share->share;
      note_traffic_back(*share);
    }
    const auto* start = std::get_if<StartSlot>(&effect);
    if (start == nullptr || !service.delivering()) return;
    if (Progress* progress = progress_of(*service.delivery, start->environment)) {
      progress->started = true;
    }
  }
  void note_traffic_back(const SetShare& share) const {
    if (!service.delivering() || service.delivery->phase != Phase::drilling) return;
    Drill& drill = *service.delivery->drill;
    const bool here = share.environment == current_environment(*service.delivery).name;
    if (here && drill.back.unix_ms == 0) drill.back = at;
  }
  void operator()(const EffectResisted& e) const {
    const auto found = std::ranges::find(service.pending, e.effect_id, &PendingEffect::id);
    SLUICE_ASSERT(found != service.pending.end());
    found->resistance = e.detail;
  }

  void operator()(const StageEntered&) const { enter(active(service), Phase::soaking, at); }
  void operator()(const ShareCut& e) const {
    drop_pending_of_delivery();
    service.generation = e.generation;
    Delivery& delivery = active(service);
    enter(delivery, Phase::shifting, at);
    delivery.share_cut = true;
    if (delivery.first_cut.unix_ms == 0) delivery.first_cut = at;
  }
  void operator()(const StagePassed&) const {
    Delivery& delivery = active(service);
    BurnRecord& burn = delivery.progress[delivery.environment].burn;
    if (!judged_by_validation(delivery)) leave_with_burn(burn, at);
    burn.advanced = burn.advanced || burn.burning;
    if (delivery.stage + 1 < current_environment(delivery).stages.size()) {
      ++delivery.stage;
      delivery.first_cut = {};
      enter(delivery, Phase::shifting, at);
    } else {
      enter(delivery, Phase::smoking, at);
    }
  }
  void operator()(const SmokeReported& e) const {
    if (!service.delivering()) return;
    Delivery& delivery = *service.delivery;
    if (delivery.phase == Phase::drilling) {
      delivery.drill->smoke = e;  // of the baseline: it says nothing about the canary
    } else if (Progress* progress = progress_of(delivery, e.environment)) {
      progress->smoke = e;
    }
  }
  void operator()(const EnvironmentPassed&) const {
    Delivery& delivery = active(service);
    delivery.progress[delivery.environment].passed = true;
    leave_with_burn(delivery.progress[delivery.environment].burn, at);
    if (delivery.environment + 1 < delivery.plan.environments.size()) {
      ++delivery.environment;
      delivery.stage = 0;
      delivery.share_cut = false;
      delivery.first_cut = {};
      enter(delivery, Phase::deploying, at);
      delivery.standing.reason = Reason::starting_canary;
    } else {
      enter(delivery, Phase::finishing, at);
      delivery.standing.reason = Reason::finishing;
    }
  }
  void operator()(const DrillStarted& e) const {
    Delivery& delivery = active(service);
    enter(delivery, Phase::drilling, at);
    delivery.standing.reason = Reason::shifting_back;
    delivery.drill = Drill{.baseline = e.baseline, .began = at};
  }
  void operator()(const DrillEnded& e) const {
    Delivery& delivery = active(service);
    service.drills.push_back(e);
    delivery.progress[delivery.environment].drilled = true;
    if (delivery.plan.drill) return;
    enter(delivery, Phase::deploying, at);
    delivery.standing.reason = Reason::starting_canary;
  }
  void operator()(const ValidationStarted&) const {
    enter(active(service), Phase::validating, at);
    service.delivery->validation_since = at;
  }
  void operator()(const ClauseDecided& e) const {
    SLUICE_ASSERT(service.delivery);
    service.delivery->clauses[e.verdict.clause] = e.verdict;
  }

  void operator()(const StoodStill& e) const {
    Delivery& delivery = active(service);
    count_soak(delivery, at);
    const bool still_blind = is_blind(delivery.standing.reason) && is_blind(e.reason);
    const Tick since = still_blind ? delivery.standing.since : at;
    delivery.standing = {e.reason, e.detail, since, e.deadline};
  }
  void operator()(const SoakCounted&) const { count_soak(active(service), at); }
  void operator()(const Paused& e) const {
    Delivery& delivery = active(service);
    delivery.paused = e;
    delivery.paused_since = at;
  }
  void operator()(const Resumed&) const {
    Delivery& delivery = active(service);
    shift_by_hold(delivery.phase_since, delivery.paused_since, at);
    shift_by_hold(delivery.share_since, delivery.paused_since, at);
    if (delivery.first_cut.unix_ms != 0) {
      shift_by_hold(delivery.first_cut, delivery.paused_since, at);
    }
    delivery.paused.reset();
  }

  void operator()(const RollbackStarted& e) const {
    Delivery& delivery = active(service);
    drop_pending_of_delivery();
    service.generation = e.generation;
    enter(delivery, Phase::rolling_back, at);
    delivery.standing.reason = Reason::shifting_back;
    delivery.paused.reset();
    delivery.rollback = e;
    delivery.rollback_since = at;
  }
  void operator()(const RollbackBlocked&) const { active(service).rollback_blocked = true; }
  // Only what is this delivery's moves on: what an earlier one left keeps what tells it apart.
  void raise_generation(std::uint64_t generation) const {
    if (generation <= service.generation) return;
    for (PendingEffect& pending : service.pending) {
      if (pending.generation == service.generation) pending.generation = generation;
    }
    service.generation = generation;
  }
  void operator()(const RoutingDrifted& e) const { raise_generation(e.generation); }
  void operator()(const GuardTookOver& e) const { raise_generation(e.generation); }
  void operator()(const SupervisionResumed&) const {
    if (!service.delivering()) return;
    service.delivery->counted_until = at;
    if (service.delivery->phase == Phase::validating) restart_window(*service.delivery);
  }
  // What was seen so far died with the engine: the window begins again, but only once over.
  void restart_window(Delivery& delivery) const {
    const std::int64_t window_ms = delivery.plan.parameters.validation_window_ms;
    delivery.phase_since = std::min(at, delivery.validation_since + window_ms);
    delivery.soaked_ms = 0;
  }

  void operator()(const RolesSwapped&) const {
    Delivery& delivery = active(service);
    delivery.roles_swapped = true;
    for (const EnvironmentPlan& plan : delivery.plan.environments) {
      state_of(service, plan.name).baseline_release = delivery.plan.release.digest;
    }
  }
  void operator()(const BaselineCounted& e) const {
    EnvironmentState& state = state_of(service, e.environment);
    state.history = e.counts;
    state.clustering = e.clustering;
    keep_minutes(state.minutes, e.burn.minutes);
    Progress* progress =
        service.delivering() ? progress_of(*service.delivery, e.environment) : nullptr;
    if (progress != nullptr && e.burn.objective > 0) note_burn(progress->burn, e.burn, at);
  }
  void operator()(const DeliveryDone&) const {
    end(service, Phase::done, at);
    service.done = service.delivery;
  }
  void operator()(const DeliveryRolledBack&) const { end(service, Phase::rolled_back, at); }
  // What an earlier delivery left to be done, its line in the change log say, is still owed.
  void drop_pending_of_delivery() const {
    std::erase_if(service.pending, [this](const PendingEffect& pending) {
      return pending.generation == service.generation;
    });
  }
  void operator()(const DeliveryAborted&) const {
    drop_pending_of_delivery();
    end(service, Phase::aborted, at);
  }
};

}  // namespace

void evolve(Service& service, const Event& event, Tick at) { std::visit(Fold{service, at}, event); }

Service replay(std::span<const Record> records) {
  Service service;
  for (const Record& record : records) evolve(service, record.event, record.at);
  return service;
}

Result<Service> replay_to_end_of(std::span<const Record> records, const DeliveryId& delivery) {
  Service service;
  for (const Record& record : records) {
    const bool ours = service.delivery && service.delivery->id == delivery;
    if (ours && std::holds_alternative<DeliveryStarted>(record.event)) return service;
    evolve(service, record.event, record.at);
  }
  if (service.delivery && service.delivery->id == delivery) return service;
  const bool waits = service.requested && service.requested->delivery == delivery;
  if (waits) {
    return fail(ErrorCode::not_found,
                fmt::format("delivery {} has not begun: it waits for {} to go back", delivery.text,
                            service.delivery->id.text));
  }
  return fail(ErrorCode::not_found, "there is no delivery " + printable(delivery.text, 40));
}

}  // namespace sluice::core
