// Service: everything Sluice knows about what it delivers to, as the fold of the ledger.
// Plain values; only core/evolve.h makes new ones.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/event.h"

namespace sluice {

enum class Phase : std::uint8_t {
  deploying,     // the canary of the current environment is being started
  shifting,      // its share is being changed to that of the current stage
  soaking,       // standing at the stage
  smoking,       // smoke tests at the end of an environment that has no validation window
  drilling,      // the way back is rehearsed, in an environment before customers
  validating,    // production at 100 %, the old slot warm
  finishing,     // change log, roles, stopping the old slot
  rolling_back,  // going back; cannot be paused, aborted or superseded, and never gives up
  done,
  rolled_back,
  aborted,
};

[[nodiscard]] constexpr std::string_view to_text(Phase phase) {
  switch (phase) {
    case Phase::deploying: return "deploying";
    case Phase::shifting: return "shifting";
    case Phase::soaking: return "soaking";
    case Phase::smoking: return "smoking";
    case Phase::drilling: return "drilling";
    case Phase::validating: return "validating";
    case Phase::finishing: return "finishing";
    case Phase::rolling_back: return "rolling_back";
    case Phase::done: return "done";
    case Phase::rolled_back: return "rolled_back";
    case Phase::aborted: return "aborted";
  }
  return "?";
}

// Terminal phases are absorbing.
[[nodiscard]] constexpr bool is_terminal(Phase phase) {
  return phase == Phase::done || phase == Phase::rolled_back || phase == Phase::aborted;
}

// How far a rollback got. Traffic first; a slot is stopped only after its traffic was seen gone.
enum class WayBack : std::uint8_t {
  not_begun,
  waking,    // the baseline has no live server: it is started first
  shifting,  // the traffic is being put back
  stopping,  // the canary is drained and stopped
};

// An effect that was intended and has not been observed.
struct PendingEffect {
  std::uint64_t id = 0;
  std::uint64_t generation = 0;
  Effect effect;
  Tick since;
  std::string resistance;  // what stands in its way, when something does
  friend bool operator==(const PendingEffect&, const PendingEffect&) = default;
};

struct EnvironmentState {
  EnvironmentName name;
  Slot baseline = Slot::a;
  Digest baseline_release;            // empty: nothing to return to
  Share share;                        // of the canary, as last observed
  Counts history;                     // of the baseline
  Clustering clustering;              // of its bad events
  std::vector<MinuteCounts> minutes;  // of the whole service, in their order; for burn rates
  friend bool operator==(const EnvironmentState&, const EnvironmentState&) = default;
};

// How far a delivery got in one environment.
struct Progress {
  Slot canary = Slot::b;  // where the release goes; fixed for the whole delivery
  bool touched = false;   // an effect was intended here
  bool started = false;   // the canary's slot was observed ready
  bool passed = false;
  bool drilled = false;  // the way back was rehearsed here to the end
  std::optional<SmokeReported> smoke;
  BurnRecord burn;
  std::optional<AlertsNoted> alerts;  // that fired before it was touched; not asked yet: nothing
  friend bool operator==(const Progress&, const Progress&) = default;
};

// Why it stands still, and since when.
struct Standing {
  Reason reason = Reason::starting_canary;
  std::string detail;
  Tick since;
  Tick deadline;  // 0: this wait has none of its own
  friend bool operator==(const Standing&, const Standing&) = default;
};

// A rehearsal of the way back.
struct Drill {
  Digest baseline;
  Tick began;
  Tick back;                           // the router was read back; 0: not yet
  bool stopping = false;               // the canary is drained and stopped
  std::optional<SmokeReported> smoke;  // of the baseline, once everything is back
  std::string statement;               // what is kept as evidence; empty until it is known
  friend bool operator==(const Drill&, const Drill&) = default;
};

struct Delivery {
  DeliveryId id;
  Plan plan;
  Phase phase = Phase::deploying;
  Tick started;
  Tick phase_since;
  Tick validation_since;
  std::uint32_t environment = 0;   // index into plan.environments
  std::uint32_t stage = 0;         // index into its stages
  std::vector<Progress> progress;  // one per environment of the plan
  std::int64_t soaked_ms = 0;      // of this stage or validation, up to counted_until
  Tick counted_until;
  Tick share_since;            // when the share of the current environment was last decided
  bool share_cut = false;      // cut on suspicion, and not raised since
  Tick first_cut;              // of the current stage; 0: it was not cut
  std::optional<Drill> drill;  // under way, or the last
  Standing standing;
  std::optional<Paused> paused;
  Tick paused_since;
  std::optional<RollbackStarted> rollback;
  Tick rollback_since;
  WayBack way_back = WayBack::not_begun;
  bool rollback_blocked = false;
  bool roles_swapped = false;
  Digest replaced;  // the customer-facing baseline at the start
  std::map<Clause, ClauseVerdict> clauses;
  Tick ended;
  friend bool operator==(const Delivery&, const Delivery&) = default;
};

// A delivery that ended, for refusals and for `rollback` after *done*.
struct Outcome {
  DeliveryId delivery;
  Digest release;
  Digest contract_revision;
  Phase phase = Phase::done;
  Digest replaced;  // the customer-facing baseline before it
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

struct Service {
  ServiceName name;
  std::uint64_t generation = 0;  // raised by each delivery, each rollback, and by the guard
  std::uint64_t effects = 0;     // number of effects intended so far: the last id
  std::uint64_t deliveries = 0;  // number of deliveries started or requested so far
  std::vector<EnvironmentState> environments;
  std::vector<Release> releases;  // every release ever adopted or delivered
  std::vector<PendingEffect> pending;
  std::optional<AdoptionStarted> adoption;  // under way
  Tick adoption_since;
  std::optional<DeliveryRequested> requested;  // begins when the active one has gone back
  std::optional<Delivery> delivery;            // the active one, or the last that ended
  std::optional<Delivery> done;                // the last that ended *done*
  std::vector<Outcome> outcomes;
  std::vector<DrillEnded> drills;  // the newest last
  EvidenceBook evidence;
  std::vector<Approval> approvals;    // all that were ever given; whether they count is a gate's
  std::vector<Exception> exceptions;  // the same
  friend bool operator==(const Service&, const Service&) = default;

  [[nodiscard]] bool delivering() const { return delivery && !is_terminal(delivery->phase); }
  // Aborts when the environment is not known: the plan was checked against it.
  [[nodiscard]] const EnvironmentState& environment(const EnvironmentName& wanted) const;
  [[nodiscard]] const Release* release(const Digest& digest) const;
};

// What the current environment of a delivery looks like.
[[nodiscard]] const EnvironmentPlan& current_environment(const Delivery& delivery);
[[nodiscard]] const Stage& current_stage(const Delivery& delivery);

// A return that has traffic is a way back, whose deadlines call people and lead nowhere else. What
// speaks against the release that returns takes it back all the same, and so does a person's pause
// that nobody ends: who holds a return knows what is served meanwhile.
[[nodiscard]] bool never_gives_up(const Delivery& delivery, Reason reason);

}  // namespace sluice
