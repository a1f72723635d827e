#include "model/reason.h"

namespace sluice {

std::string_view sentence(Reason reason) {
  switch (reason) {
    case Reason::starting_canary: return "the canary is starting";
    case Reason::shifting: return "the router has not confirmed the new share";
    case Reason::ramping: return "the share grows only as fast as the evidence allows";
    case Reason::soaking: return "the stage's soak has not passed";
    case Reason::gathering_evidence: return "the evidence does not suffice for promotion yet";
    case Reason::harm_suspected: return "there is evidence that the release does harm";
    case Reason::no_data: return "there is no traffic to judge";
    case Reason::load_missing: return "the load of the environment does not run";
    case Reason::telemetry_error: return "the telemetry cannot be trusted";
    case Reason::probe_error: return "the health checks cannot be made";
    case Reason::alert_source_error: return "the alert source cannot be read";
    case Reason::preexisting_alert: return "a critical alert was firing before the delivery";
    case Reason::budget_burning: return "the service uses up its error budget too fast";
    case Reason::evidence_lost: return "evidence that a verdict rests on is not valid any more";
    case Reason::flags_not_off: return "a new feature's flag is not shown to be off for customers";
    case Reason::router_unreachable: return "the router cannot be reached";
    case Reason::baseline_unhealthy:
      return "the baseline fails its health checks while the canary passes; a person must decide";
    case Reason::paused: return "a person paused the delivery";
    case Reason::smoke_running: return "the smoke tests have not reported";
    case Reason::validating: return "the validation window has not passed";
    case Reason::finishing: return "the delivery is being closed";
    case Reason::waking_baseline: return "the baseline has no live server to return to";
    case Reason::shifting_back: return "the router has not confirmed that the traffic is back";
    case Reason::draining: return "requests are still in flight in the canary";
    case Reason::stopping_canary: return "the canary's processes are being stopped";
    case Reason::rollback_blocked: return "the rollback is past its deadline; retries go on";
    case Reason::verifying_baseline:
      return "the drill has gone back; the baseline has not shown yet that it is well";
    case Reason::ended: return "the delivery has ended";
  }
  return "?";
}

}  // namespace sluice
