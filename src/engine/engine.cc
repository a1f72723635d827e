#include "engine/engine.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/text.h"
#include "core/decide.h"
#include "core/evolve.h"
#include "core/invariants.h"
#include "engine/parts.h"
#include "gates/plan_of.h"

namespace sluice::engine {
namespace {

// Within one step an effect may be observed, and lead to the next one, this often.
constexpr int kRoundsMax = 8;
// Evidence may be missing while nobody can steer or see: then no share is raised, not even one that
// was decided before.
bool may_raise(const Service& service) {
  if (!service.delivering()) return true;
  const Reason reason = service.delivery->standing.reason;
  return !service.delivery->paused && !is_blind(reason) && reason != Reason::baseline_unhealthy &&
         reason != Reason::preexisting_alert && reason != Reason::evidence_lost &&
         reason != Reason::flags_not_off && reason != Reason::harm_suspected &&
         reason != Reason::budget_burning;
}

bool takes_back(const std::vector<Event>& events) {
  return std::ranges::any_of(
      events, [](const Event& event) { return std::holds_alternative<RollbackStarted>(event); });
}

// A person who names a delivery means that one and no other.
std::unexpected<Error> unknown_delivery(const DeliveryId& meant, const Service& service) {
  return fail(ErrorCode::invalid_input,
              fmt::format("the active delivery is {}, not {}; nothing was done",
                          service.delivery->id.text, printable(meant.text, 40)));
}

}  // namespace

const Wiring* Ports::find(const EnvironmentName& name) const {
  const auto found = std::ranges::find(environments, name, &Wiring::name);
  return found == environments.end() ? nullptr : &*found;
}

const Wiring& Ports::wiring(const EnvironmentName& name) const {
  const Wiring* found = find(name);
  SLUICE_ASSERT(found != nullptr);
  return *found;
}

// Durable first; only then it is true.
Result<void> Engine::Parts::journal(const std::vector<Event>& events, Tick at) {
  if (events.empty()) return {};
  std::vector<Record> records;
  for (const Event& event : events) {
    records.push_back({last_seq + records.size() + 1, at, event});
  }
  const auto written = ports.journal->append(records);
  rollback_unwritten = !written && (rollback_unwritten || takes_back(events));
  if (!written) return std::unexpected(written.error().in("writing the ledger"));
  for (const Record& record : records) {
    core::evolve(service, record.event, at);
    if (std::holds_alternative<BaselineAdopted>(record.event)) adoption.clear();
    if (std::holds_alternative<DeliveryStarted>(record.event)) adoption.clear();
    if (const auto* failed = std::get_if<AdoptionFailed>(&record.event)) {
      adoption = "failed: " + failed->detail;
    }
  }
  const std::string broken = core::broken_invariant(service);
  SLUICE_ASSERT(broken.empty());
  last_seq = records.back().seq;
  last_at = at;
  return {};
}

// Decides once on what was seen; true when something happened, so that acting at once is worth it.
Result<bool> Engine::Parts::round(Observation& seen, Tick at) {
  const core::Decision decision = core::decide(service, seen, at);
  const bool happened = !decision.events.empty();
  recorder.note(service, watch.looked(), seen, happened, at, last_seq);
  SLUICE_TRY(journal(decision.events, at));
  return happened;
}

Result<void> Engine::step() {
  Parts& parts = *parts_;
  Tick at;
  for (int i = 0; i < kRoundsMax; ++i) {
    const std::optional<GuardReport> guard = std::exchange(parts.guard, std::nullopt);
    std::vector<EffectReport> effects;
    // What the guard did is journalled before anything else is tried.
    if (!guard) effects = parts.runner.run(parts.service, may_raise(parts.service), parts.now());
    // Trying takes time, and what it showed is known only now: a drill is timed by that.
    at = parts.now();
    Observation seen = parts.watch.look(parts.service, at);
    seen.command = std::exchange(parts.command, std::nullopt);
    seen.guard = guard;
    seen.effects = std::move(effects);
    const bool happened = SLUICE_TRY(parts.round(seen, at));
    if (!happened) break;
  }
  return parts.journal_recorded(at);
}

// What was looked at and has become evidence.
Result<void> Engine::Parts::journal_recorded(Tick at) {
  if (!service.delivering()) recorder.end();
  if (service.delivering() && service.delivery->phase == Phase::rolling_back) return {};
  SLUICE_TRY(journal(recorder.recorded(service, at), at));
  recorder.forget();
  return {};
}

// A delivery under way keeps its plan, and what one that has ended left to be done is done; so
// sluice.yaml must still say where their environments are.
Result<void> Engine::Parts::check_environments() const {
  if (service.delivering()) {
    SLUICE_TRY(check_environments(service.delivery->plan, service.delivery->id));
  }
  for (const PendingEffect& pending : service.pending) {
    const EnvironmentName* name = environment_of(pending.effect);
    if (name == nullptr || ports.find(*name) != nullptr) continue;
    return fail(ErrorCode::invalid_input,
                fmt::format("sluice.yaml has no environment {} any more, but `{}` is still to be "
                            "done in it; put it back until that is done",
                            name->text, to_text(pending.effect)));
  }
  if (!service.requested) return {};
  return check_environments(service.requested->plan, service.requested->delivery);
}

Result<void> Engine::Parts::check_environments(const Plan& plan, const DeliveryId& id) const {
  for (const EnvironmentPlan& environment : plan.environments) {
    if (ports.find(environment.name) != nullptr) continue;
    return fail(ErrorCode::invalid_input,
                fmt::format("sluice.yaml has no environment {} any more, but delivery {} is under "
                            "way in it; put it back until the delivery has ended",
                            environment.name.text, id.text));
  }
  return {};
}

Result<gates::Planning> Engine::Parts::plan_for(const DeliveryRequest& request) {
  const RunningRouters routers = look_at_routers();
  if (request.drill) {
    return gates::plan_drill(request.contract, policy, service, request.release, now(), routers);
  }
  FlagAnswers flags = ask_about_flags(request.contract);
  SLUICE_TRY(record(flags, request.release));
  return gates::plan_delivery(request.contract, policy, service, request.release, now(), flags,
                              routers);
}

RunningRouters Engine::Parts::look_at_routers() const {
  RunningRouters routers;
  for (const Wiring& wiring : ports.environments) {
    const auto seen = wiring.router->observe();
    routers.push_back({wiring.name, seen ? seen->identity : std::string()});
  }
  return routers;
}

Result<Admission> Engine::Parts::admit(const DeliveryRequest& request) {
  const gates::Planning planning = SLUICE_TRY(plan_for(request));
  Admission admission{.clauses = planning.clauses};
  if (!planning.plan) {
    const DeliveryRefused refused{request.release.id, request.contract.revision_digest,
                                  admission.clauses};
    SLUICE_TRY(journal({refused}, now()));
  } else if (service.delivering()) {
    const DeliveryRequested requested{core::next_delivery_id(service), request.by, *planning.plan,
                                      admission.clauses};
    SLUICE_TRY(journal({requested}, now()));
    admission.delivery = requested.delivery;
  } else {
    admission.delivery = SLUICE_TRY(start(*planning.plan, admission.clauses));
  }
  return admission;
}

Result<DeliveryId> Engine::Parts::start(const Plan& plan,
                                        const std::vector<ClauseVerdict>& clauses) {
  std::vector<Event> events = core::start_delivery(service, plan, clauses);
  const DeliveryId id = std::get<DeliveryStarted>(events.front()).delivery;
  SLUICE_TRY(journal(events, now()));
  return id;
}

Result<std::unique_ptr<Engine>> Engine::open(Ports ports, Policy policy) {
  auto parts = std::make_unique<Parts>(std::move(ports), std::move(policy));
  const std::vector<Record> records = SLUICE_TRY(parts->ports.journal->read());
  parts->service = core::replay(records);
  if (!records.empty()) {
    parts->last_seq = records.back().seq;
    parts->last_at = records.back().at;
    parts->clock_behind_ms = std::max<std::int64_t>(0, parts->last_at - parts->ports.clock->now());
  }
  SLUICE_TRY(parts->check_environments());
  const bool under_way = parts->service.delivering() || parts->service.adoption;
  if (under_way) SLUICE_TRY(parts->journal({SupervisionResumed{}}, parts->now()));
  return std::unique_ptr<Engine>(new Engine(std::move(parts)));
}

Engine::Engine(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Engine::~Engine() = default;

bool Engine::busy() const { return parts_->under_way() || parts_->recorder.busy(); }

bool Engine::Parts::under_way() const {
  return service.delivering() || service.adoption || !service.pending.empty() ||
         service.requested || guard;
}

Result<void> Engine::adopt(const Release& release) {
  Parts& parts = *parts_;
  if (parts.under_way()) return fail(ErrorCode::conflict, "a delivery or an adoption is under way");
  for (const EnvironmentState& state : parts.service.environments) {
    if (state.baseline_release.empty() || state.baseline_release == release.digest) continue;
    return fail(ErrorCode::conflict,
                fmt::format("{} has a baseline already, release {}; another one is delivered, not "
                            "adopted",
                            state.name.text, state.baseline_release.brief()));
  }
  std::vector<EnvironmentName> names;
  for (const EnvironmentSpec& environment : parts.policy.environments) {
    names.push_back(environment.name);
  }
  parts.adoption = "running";
  return parts.journal(core::start_adoption(parts.service, parts.policy.service, release, names,
                                            parts.policy.deadlines.deploy_ms),
                       parts.now());
}

Result<void> Engine::may_deliver(bool supersede) const {
  const Parts& parts = *parts_;
  if (parts.service.adoption) return fail(ErrorCode::conflict, "an adoption is under way");
  if (const auto& next = parts.service.requested) {
    return fail(ErrorCode::conflict,
                fmt::format("{} waits already for the active delivery to go back; `sluice abort "
                            "{}` drops it",
                            next->delivery.text, next->delivery.text));
  }
  if (!parts.service.delivering() || supersede) return {};
  return fail(ErrorCode::conflict,
              "delivery " + parts.service.delivery->id.text +
                  " is under way; wait for it, `sluice abort` it, or deliver with --supersede");
}

Result<Admission> Engine::deliver(const DeliveryRequest& request) {
  Parts& parts = *parts_;
  SLUICE_TRY(may_deliver(request.supersede && !request.drill));
  if (parts.service.delivering() &&
      parts.service.delivery->plan.contract_revision == request.contract.revision_digest) {
    return fail(ErrorCode::conflict, "this revision of the contract is under way as delivery " +
                                         parts.service.delivery->id.text);
  }
  const Admission admission = SLUICE_TRY(parts.admit(request));
  if (parts.service.requested) SLUICE_TRY(step());
  return admission;
}

// After *done*: a delivery of the release that was replaced.
Result<void> Engine::Parts::take_back_done(const Command& given) {
  const Plan plan = SLUICE_TRY(core::plan_of_return(service, given.delivery));
  SLUICE_TRY(check_environments(plan, core::next_delivery_id(service)));
  SLUICE_TRY(start(plan, core::clauses_of_return(service)));
  return {};
}

Result<void> Engine::Parts::drop_request(const Command& given) {
  if (given.kind != CommandKind::abort && given.kind != CommandKind::rollback) {
    return fail(ErrorCode::conflict,
                given.delivery.text + " has not begun; only `sluice abort` applies to it");
  }
  return journal({RequestDropped{given.delivery, given.by}}, now());
}

Result<void> Engine::command(const Command& command) {
  Parts& parts = *parts_;
  const Service& service = parts.service;
  if (service.requested && service.requested->delivery == command.delivery) {
    return parts.drop_request(command);
  }
  const bool at_rest = !service.delivering() && !service.adoption && !service.requested;
  if (command.kind == CommandKind::rollback && at_rest) return parts.take_back_done(command);
  if (!service.delivering()) return fail(ErrorCode::conflict, "no delivery is under way");
  if (!command.delivery.empty() && command.delivery != service.delivery->id) {
    return unknown_delivery(command.delivery, service);
  }
  const Delivery& delivery = *service.delivery;
  const bool going_back = delivery.phase == Phase::rolling_back;
  if (going_back && command.kind != CommandKind::rollback) {
    return fail(ErrorCode::conflict, delivery.id.text +
                                         " is going back; a rollback cannot be paused, resumed or "
                                         "aborted");
  }
  // Asked for twice, a return must not be turned round: that would bring the harm back.
  if (command.kind == CommandKind::rollback && delivery.plan.returns && command.delivery.empty()) {
    return fail(ErrorCode::conflict,
                fmt::format("{} brings the release before back already; nothing was done. To take "
                            "that back, name it: `sluice rollback {}`",
                            delivery.id.text, delivery.id.text));
  }
  if (command.kind == CommandKind::resume && !delivery.paused) {
    return fail(ErrorCode::conflict, delivery.id.text + " is not paused");
  }
  // Obeyed, and in the ledger, before it is answered.
  parts.command = command;
  auto obeyed = step();
  if (obeyed || !parts.rollback_unwritten || !delivery.plan.returns) return obeyed;
  return fail(obeyed.error().code,
              fmt::format("{}; nothing was done: {} brings the release before back, and the guard "
                          "turns no return round; make room on that disk, then ask again",
                          obeyed.error().message, delivery.id.text));
}

Result<void> Engine::take_guard_report(const GuardReport& report) {
  parts_->guard = report;
  return {};
}

bool Engine::leaves_to_guard() const {
  return parts_->rollback_unwritten && !parts_->service.delivery->plan.returns;
}

const Service& Engine::service() const { return parts_->service; }

Status Engine::status() const {
  Parts& parts = *parts_;
  Status status = describe(parts.service, parts.watch, parts.now());
  status.resisting = parts.runner.resisting(parts.service);
  status.adoption = parts.adoption;
  status.last_seq = parts.last_seq;
  return status;
}

}  // namespace sluice::engine
