// Reason: why a delivery stands still. Every wait has exactly one, it is journalled when it
// changes, and `sluice explain`, the API and the live view show it with what ends the wait.
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice {

enum class Reason : std::uint8_t {
  starting_canary,     // its processes are not all ready, or the router does not see them yet
  shifting,            // the router has not been read back with the new share
  ramping,             // on the way to the stage's share, which grows only as fast as evidence
  soaking,             // the stage's time has not passed
  gathering_evidence,  // the time has passed, the evidence does not suffice yet
  harm_suspected,      // evidence against the release, too little to roll back, too much to go on
  no_data,             // live telemetry, but nothing to judge
  load_missing,        // the environment is judged under load, and the load does not run
  telemetry_error,     // the judge cannot see: lines lost, source gone
  probe_error,         // health checks could not be made
  alert_source_error,  // alerts cannot be read, so their absence means nothing
  preexisting_alert,   // a critical alert of the service was firing before the delivery
  budget_burning,      // the service fails more often than its objective allows, whoever it is
  evidence_lost,       // what a verdict rests on was revoked, or expired
  flags_not_off,       // before the first customers: a new feature's flag is not shown to be off
  router_unreachable,  // shares can neither be read nor set
  baseline_unhealthy,  // the baseline fails its probes, the canary passes: frozen, call people
  paused,              // by a person
  smoke_running,       // smoke tests have not reported
  validating,          // the validation window has not passed
  finishing,           // change log, roles, stopping the old slot
  waking_baseline,     // going back, but the baseline has no live server yet
  shifting_back,       // going back: the router has not been read back
  draining,            // going back: requests still in flight in the canary
  stopping_canary,     // going back: its processes are not gone
  rollback_blocked,    // going back, past the deadline; retries go on
  verifying_baseline,  // a drill has gone back; the baseline has not shown yet that it is well
  ended,               // nothing to wait for
};

[[nodiscard]] constexpr std::string_view to_text(Reason reason) {
  switch (reason) {
    case Reason::starting_canary: return "starting_canary";
    case Reason::shifting: return "shifting";
    case Reason::ramping: return "ramping";
    case Reason::soaking: return "soaking";
    case Reason::gathering_evidence: return "gathering_evidence";
    case Reason::harm_suspected: return "harm_suspected";
    case Reason::no_data: return "no_data";
    case Reason::load_missing: return "load_missing";
    case Reason::telemetry_error: return "telemetry_error";
    case Reason::probe_error: return "probe_error";
    case Reason::alert_source_error: return "alert_source_error";
    case Reason::preexisting_alert: return "preexisting_alert";
    case Reason::budget_burning: return "budget_burning";
    case Reason::evidence_lost: return "evidence_lost";
    case Reason::flags_not_off: return "flags_not_off";
    case Reason::router_unreachable: return "router_unreachable";
    case Reason::baseline_unhealthy: return "baseline_unhealthy";
    case Reason::paused: return "paused";
    case Reason::smoke_running: return "smoke_running";
    case Reason::validating: return "validating";
    case Reason::finishing: return "finishing";
    case Reason::waking_baseline: return "waking_baseline";
    case Reason::shifting_back: return "shifting_back";
    case Reason::draining: return "draining";
    case Reason::stopping_canary: return "stopping_canary";
    case Reason::rollback_blocked: return "rollback_blocked";
    case Reason::verifying_baseline: return "verifying_baseline";
    case Reason::ended: return "ended";
  }
  return "?";
}

// Supervised time with live telemetry: only this counts as soak.
[[nodiscard]] constexpr bool counts_as_soak(Reason reason) {
  return reason == Reason::soaking || reason == Reason::gathering_evidence ||
         reason == Reason::validating;
}

// Sluice cannot see or cannot steer. These share one deadline, so that changing from one kind of
// blindness to another does not prolong it.
[[nodiscard]] constexpr bool is_blind(Reason reason) {
  return reason == Reason::telemetry_error || reason == Reason::probe_error ||
         reason == Reason::alert_source_error || reason == Reason::router_unreachable;
}

// One sentence for people: what is missing.
[[nodiscard]] std::string_view sentence(Reason reason);

}  // namespace sluice
