// Probe hearing: health checks of the canary that fail now and then, never often enough in a row to
// be the policy's trigger. Takes the release back by the evidence of ProbeEvidence.
//
// What counts is whether an instance that was well fails its next check: a failure that lasts
// counts once, for how long one may last is what the policy's number of failures in a row says.
// Checks come in rounds of a second, and one round, of however many instances, is one check. A
// round is judged when the next one has ended, and left out where the baseline failed a check in
// it, just before or just after, or where Sluice itself was away: then it is the machine's trouble,
// or everybody's, and not the canary's.
//
// The budget is its own, a part of false_rollback_probability (plan_settings.h), because there are
// checks where nothing else is judged. Pure; to be made anew for each environment and delivery. A
// restart of the engine forgets it, which delays a rollback and causes none.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/tick.h"
#include "judge/plan_settings.h"
#include "judge/probe_evidence.h"
#include "model/health_checks.h"

namespace sluice::judge {

class ProbeHearing {
 public:
  ProbeHearing(const ProbeSettings& settings, Tick now);

  // What was answered since the last call, of both slots.
  void hear(const HealthChecks& canary, const HealthChecks& baseline, Tick now);

  // Once breached, always breached.
  [[nodiscard]] bool breached() const { return breached_; }
  // Odds of ten and more, by this metric's part: enough to stop, as of every other.
  [[nodiscard]] bool suspected() const;
  // "14 of its 40 health checks failed, never for long; odds 70,000 : 1 …, line 60,000 : 1"
  [[nodiscard]] std::string describe() const;

 private:
  struct Round {
    HealthChecks canary;
    bool left_out = false;  // the baseline failed too, or nobody looked
  };

  void end_round();

  double ln_line_;
  double ln_stop_;
  ProbeEvidence evidence_;
  // The last that was judged, the one that waits, and the one that goes on.
  std::array<Round, 3> rounds_{};
  std::int64_t answered_ = 0;  // in rounds that counted
  std::int64_t failed_ = 0;
  bool breached_ = false;
  Tick round_began_;
  Tick heard_at_;
};

}  // namespace sluice::judge
