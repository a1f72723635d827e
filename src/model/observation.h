// Observation: everything that decide() may know about the world at one moment, gathered by the
// engine. What is not in it does not influence a decision.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/burn.h"
#include "model/event.h"
#include "model/pace.h"
#include "model/reading.h"

namespace sluice {

enum class CommandKind : std::uint8_t { pause, resume, rollback, abort };

struct Command {
  CommandKind kind = CommandKind::pause;
  std::string by;       // who: "ana (uid 1000)"
  DeliveryId delivery;  // which one is meant; empty: whichever is active
};

enum class EffectProgress : std::uint8_t {
  running,   // asked for, not observed yet
  observed,  // the world is as the effect wants it
  resisted,  // an attempt failed; retries go on
  failed,    // will not happen: the canary crashed on start, say
};

struct EffectReport {
  std::uint64_t effect_id = 0;
  EffectProgress progress = EffectProgress::running;
  std::string detail;
  std::optional<SmokeReported> smoke;  // of a RunSmoke that was observed
};

// Evidence for promotion of the current stage, by the judge. Never true without positive evidence.
struct Promotion {
  bool enough = false;
  std::string words;  // "error rate: 310 of 440 requests; p99: enough"
};

struct GuardReport {
  std::uint64_t generation = 0;
  Tick at;
  std::string detail;
};

struct Observation {
  // Of the environment under delivery. Where it is not judged, error_rate and p99 are ignored.
  Readings readings;
  Promotion promotion;
  Pace pace;
  Suspicion suspicion = Suspicion::none;
  std::string suspicion_words;  // "5.1 % of 412 requests failed …; odds 23 : 1 against …"
  Counts canary;                // counted in this stage, for the record
  Counts baseline;
  Counts history;         // of the environment's baseline, with everything seen before
  Clustering clustering;  // the same of how its bad events cluster
  Burn burn;              // of the whole service
  std::string burn_words;
  std::vector<EffectReport> effects;
  std::optional<Command> command;
  std::optional<RoutingDrifted> drift;  // the router shows another routing than was set
  std::optional<GuardReport> guard;
  std::string load_trouble;  // why the load that is wanted does not run
  bool router_reachable = true;
  int baseline_live_servers = 1;         // as the router sees them
  bool baseline_probes_failing = false;  // of every instance
  bool baseline_probes_passing = false;  // of every instance, seen by our own asking
  bool canary_probes_failing = false;
  // The canary's health checks fail too often to go on, but not often enough to go back; empty: no.
  std::string flaky_probes;
  // The same of its gauges beside the baseline's.
  std::string worse_gauges;
  std::string preexisting_alert;  // a critical alert that fired before anything was touched
  // What fires in the environment, from a source that is live.
  std::optional<AlertsNoted> alerts;
  // What pre.flags is now, asked for right before the first customers; nothing: no answer yet.
  std::optional<ClauseVerdict> flags;
};

}  // namespace sluice
