// Event: something that happened, in the past tense. The ledger is a list of these; the state of a
// service is their fold (core/evolve.h). An event is never changed or removed once written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/tick.h"
#include "model/approval.h"
#include "model/burn.h"
#include "model/clustering.h"
#include "model/effect.h"
#include "model/evidence.h"
#include "model/plan.h"
#include "model/reading.h"
#include "model/reason.h"
#include "model/slot.h"
#include "model/verdict.h"

namespace sluice {

// Why a delivery goes back.
enum class Cause : std::uint8_t {
  trigger,           // one of the four; `trigger` says which
  person,            // `sluice rollback`, or `abort` after the first effect
  deadline,          // a wait lasted too long; the detail names the reason
  slot_failed,       // the canary could not be started
  smoke_failed,      // customer-facing function broken
  evidence_missing,  // validation window over without the evidence it needs
  engine_silent,     // the guard took the traffic back
  superseded,        // another delivery replaced this one
  drill_failed,      // the rehearsed rollback did not bring everything back as it was
  drill,             // `sluice drill` has ended as it should
};

[[nodiscard]] constexpr std::string_view to_text(Cause cause) {
  switch (cause) {
    case Cause::trigger: return "trigger";
    case Cause::person: return "person";
    case Cause::deadline: return "deadline";
    case Cause::slot_failed: return "slot_failed";
    case Cause::smoke_failed: return "smoke_failed";
    case Cause::evidence_missing: return "evidence_missing";
    case Cause::engine_silent: return "engine_silent";
    case Cause::superseded: return "superseded";
    case Cause::drill_failed: return "drill_failed";
    case Cause::drill: return "drill";
  }
  return "?";
}

// What was counted of one arm while something was decided.
struct Counts {
  std::int64_t requests = 0;
  std::int64_t errors = 0;
  std::int64_t over_target = 0;
  friend bool operator==(const Counts&, const Counts&) = default;
};

// `sluice adopt`: what runs now becomes the baseline, in slot a of every environment.
struct AdoptionStarted {
  ServiceName service;
  Release release;
  std::vector<EnvironmentName> environments;
  std::uint64_t generation = 0;
  std::int64_t deadline_ms = 0;  // for all of it; then it failed and may be tried again
  friend bool operator==(const AdoptionStarted&, const AdoptionStarted&) = default;
};
struct BaselineAdopted {
  Digest release;
  friend bool operator==(const BaselineAdopted&, const BaselineAdopted&) = default;
};
struct AdoptionFailed {
  std::string detail;
  friend bool operator==(const AdoptionFailed&, const AdoptionFailed&) = default;
};

// Its bytes are in the store, durably, before this is written.
struct EvidenceRecorded {
  Evidence evidence;
  friend bool operator==(const EvidenceRecorded&, const EvidenceRecorded&) = default;
};
// What rests on it falls with it, also what was decided long ago.
struct EvidenceRevoked {
  Digest evidence;
  std::string by;
  std::string reason;
  friend bool operator==(const EvidenceRevoked&, const EvidenceRevoked&) = default;
};
struct ApprovalGiven {
  Approval approval;
  friend bool operator==(const ApprovalGiven&, const ApprovalGiven&) = default;
};
struct ExceptionMade {
  Exception exception;
  friend bool operator==(const ExceptionMade&, const ExceptionMade&) = default;
};

// A contract that may not start. Nothing was done.
struct DeliveryRefused {
  std::string release_id;
  Digest contract_revision;
  std::vector<ClauseVerdict> clauses;  // those that are not PASS
  friend bool operator==(const DeliveryRefused&, const DeliveryRefused&) = default;
};
struct DeliveryStarted {
  DeliveryId delivery;
  std::uint64_t generation = 0;
  Plan plan;
  std::vector<ClauseVerdict> clauses;  // of every gate that was evaluated before the start
  friend bool operator==(const DeliveryStarted&, const DeliveryStarted&) = default;
};

// A delivery that takes the place of the one under way: that goes back first, then this begins, by
// the plan that was complete when it was asked for. It has its number from now on.
struct DeliveryRequested {
  DeliveryId delivery;
  std::string by;
  Plan plan;
  std::vector<ClauseVerdict> clauses;  // of every gate that was evaluated when it was asked for
  friend bool operator==(const DeliveryRequested&, const DeliveryRequested&) = default;
};
// It was taken back before it began. Its number is not given again.
struct RequestDropped {
  DeliveryId delivery;
  std::string by;
  friend bool operator==(const RequestDropped&, const RequestDropped&) = default;
};

struct EffectIntended {
  std::uint64_t effect_id = 0;
  std::uint64_t generation = 0;
  Effect effect;
  friend bool operator==(const EffectIntended&, const EffectIntended&) = default;
};
struct EffectObserved {
  std::uint64_t effect_id = 0;
  std::string detail;
  friend bool operator==(const EffectObserved&, const EffectObserved&) = default;
};
// Journalled when an effect first meets resistance, and when the resistance changes.
struct EffectResisted {
  std::uint64_t effect_id = 0;
  std::string detail;
  friend bool operator==(const EffectResisted&, const EffectResisted&) = default;
};

struct StageEntered {
  EnvironmentName environment;
  std::uint32_t stage = 0;
  Share share;
  friend bool operator==(const StageEntered&, const StageEntered&) = default;
};
// Too much evidence of harm to leave the share as it was, too little to roll back. What was pending
// is replaced, under a new generation; the stage begins again.
struct ShareCut {
  EnvironmentName environment;
  std::uint32_t stage = 0;
  Share from;
  Share to;
  std::string detail;  // the evidence
  std::uint64_t generation = 0;
  friend bool operator==(const ShareCut&, const ShareCut&) = default;
};
struct StagePassed {
  EnvironmentName environment;
  std::uint32_t stage = 0;
  std::int64_t soaked_ms = 0;
  Readings readings;
  std::string evidence;
  Counts canary;
  Counts baseline;
  friend bool operator==(const StagePassed&, const StagePassed&) = default;
};
struct SmokeReported {
  EnvironmentName environment;
  bool passed = false;
  std::uint32_t tests = 0;
  std::string detail;
  friend bool operator==(const SmokeReported&, const SmokeReported&) = default;
};
// The same digest was seen healthy in this environment.
struct EnvironmentPassed {
  EnvironmentName environment;
  Digest release;
  std::string evidence;
  friend bool operator==(const EnvironmentPassed&, const EnvironmentPassed&) = default;
};
// The way back is rehearsed from here: the time counts from now until the router is read back.
struct DrillStarted {
  EnvironmentName environment;
  Digest baseline;  // the release that it goes back to; empty: the fallback
  friend bool operator==(const DrillStarted&, const DrillStarted&) = default;
};
// Everything was back, and the baseline well. Whether it was fast enough is a gate's to say.
struct DrillEnded {
  EnvironmentName environment;
  Digest release;
  Digest baseline;
  std::int64_t took_ms = 0;  // from DrillStarted until the router was read back
  Digest evidence;
  friend bool operator==(const DrillEnded&, const DrillEnded&) = default;
};
struct ValidationStarted {
  EnvironmentName environment;
  std::int64_t window_ms = 0;
  friend bool operator==(const ValidationStarted&, const ValidationStarted&) = default;
};
// What became known about one clause; a later one about the same clause replaces it.
struct ClauseDecided {
  ClauseVerdict verdict;
  friend bool operator==(const ClauseDecided&, const ClauseDecided&) = default;
};

// The delivery stands still for a new reason. deadline.unix_ms 0: this wait has none of its own.
struct StoodStill {
  Reason reason = Reason::soaking;
  std::string detail;
  Tick deadline;
  friend bool operator==(const StoodStill&, const StoodStill&) = default;
};
// A checkpoint of supervised time, so that a restart loses at most a minute of soak.
struct SoakCounted {
  friend bool operator==(const SoakCounted&, const SoakCounted&) = default;
};
struct Paused {
  std::string by;
  friend bool operator==(const Paused&, const Paused&) = default;
};
struct Resumed {
  std::string by;
  friend bool operator==(const Resumed&, const Resumed&) = default;
};

struct RollbackStarted {
  Cause cause = Cause::person;
  Trigger trigger = Trigger::error_rate;  // meaningful where cause is trigger
  EnvironmentName environment;
  std::uint32_t stage = 0;
  std::string detail;  // the evidence, or who, or which wait
  std::uint64_t generation = 0;
  Counts canary;
  Counts baseline;
  friend bool operator==(const RollbackStarted&, const RollbackStarted&) = default;
};
struct RollbackBlocked {
  std::string detail;
  friend bool operator==(const RollbackBlocked&, const RollbackBlocked&) = default;
};
// One firing of an alert. `started` is the alert source's own time: compared with itself only,
// never with a clock of ours.
struct NotedAlert {
  std::string fingerprint;
  Tick started;
  std::string name;
  friend bool operator==(const NotedAlert&, const NotedAlert&) = default;
};
// What was firing before the delivery touched the environment, seen by our own asking.
struct AlertsNoted {
  EnvironmentName environment;
  std::vector<NotedAlert> alerts;
  friend bool operator==(const AlertsNoted&, const AlertsNoted&) = default;
};
// Somebody else changed the routing, or the router lost it.
struct RoutingDrifted {
  EnvironmentName environment;
  std::string expected;
  std::string found;
  // A newer generation than ours that nobody may have set: ours is raised to it, else the router
  // would refuse what we want. 0: none.
  std::uint64_t generation = 0;
  friend bool operator==(const RoutingDrifted&, const RoutingDrifted&) = default;
};
// The engine was silent; the guard put traffic back under a generation of its own.
struct GuardTookOver {
  std::uint64_t generation = 0;
  Tick at;
  std::string detail;
  friend bool operator==(const GuardTookOver&, const GuardTookOver&) = default;
};
// A new engine reads this ledger. Time since the last event does not count as soak.
struct SupervisionResumed {
  friend bool operator==(const SupervisionResumed&, const SupervisionResumed&) = default;
};

// The canary is the baseline now, in every environment of the plan.
struct RolesSwapped {
  friend bool operator==(const RolesSwapped&, const RolesSwapped&) = default;
};
// Baseline history of an environment, and how its bad events cluster, and what the whole service
// answered by the minute; carries over to later deliveries, and to an engine that takes over.
struct BaselineCounted {
  EnvironmentName environment;
  Counts counts;
  Clustering clustering;
  Burn burn;
  friend bool operator==(const BaselineCounted&, const BaselineCounted&) = default;
};
struct DeliveryDone {
  friend bool operator==(const DeliveryDone&, const DeliveryDone&) = default;
};
struct DeliveryRolledBack {
  friend bool operator==(const DeliveryRolledBack&, const DeliveryRolledBack&) = default;
};
struct DeliveryAborted {
  std::string by;
  friend bool operator==(const DeliveryAborted&, const DeliveryAborted&) = default;
};

using Event =
    std::variant<AdoptionStarted, BaselineAdopted, AdoptionFailed, DeliveryRefused, DeliveryStarted,
                 DeliveryRequested, RequestDropped, AlertsNoted, EffectIntended, EffectObserved,
                 EffectResisted, StageEntered, ShareCut, StagePassed, SmokeReported,
                 EnvironmentPassed, ValidationStarted, ClauseDecided, StoodStill, SoakCounted,
                 Paused, Resumed, RollbackStarted, RollbackBlocked, RoutingDrifted, GuardTookOver,
                 SupervisionResumed, RolesSwapped, BaselineCounted, DeliveryDone,
                 DeliveryRolledBack, DeliveryAborted, EvidenceRecorded, EvidenceRevoked,
                 ApprovalGiven, ExceptionMade, DrillStarted, DrillEnded>;

// A line of the ledger, before it is chained.
struct Record {
  std::uint64_t seq = 0;  // 1, 2, 3, … without a gap
  Tick at;
  Event event;
  friend bool operator==(const Record&, const Record&) = default;
};

// "stage_entered": the stable name of the kind of event, in ledger and API.
[[nodiscard]] std::string_view name_of(const Event& event);
// One line for transcripts and `sluice log`: the name and what matters.
[[nodiscard]] std::string to_text(const Event& event);

}  // namespace sluice
