// Watch: looks at the environment under delivery, with every adapter it has, and turns what it sees
// into the readings that decide() knows.
//
// Holds the hearings of the environment, with its judge. A restart forgets it: evidence for
// promotion is then gathered anew, and evidence of harm as well, which delays a decision and never
// loosens one. What was learnt of the baseline is the ledger's.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "engine/engine.h"
#include "judge/hearing.h"
#include "judge/latency_thresholds.h"
#include "judge/probe_hearing.h"
#include "model/observation.h"

namespace sluice::engine {

// What a hearing was told at one look. Everything else it knows is the service's.
struct Looked {
  bool looked = false;  // an active delivery was looked at
  bool begun = false;   // by a hearing that began with this look
  judge::Seating seating;
  std::optional<judge::Heard> heard;  // where telemetry was taken
  std::optional<GaugeSample> gauges;  // where a sample came
  std::uint64_t fingerprint = 0;      // of the finding after it
};

class Watch {
 public:
  explicit Watch(const Ports& ports) : ports_(ports) {}

  // Fills everything of an observation but effects, command and guard. Without an active delivery
  // it looks at nothing and returns an empty one.
  [[nodiscard]] Observation look(const Service& service, Tick now);

  // What the last look was told of the traffic, to be kept.
  [[nodiscard]] const Looked& looked() const { return looked_; }

  // What the last look saw, for people.
  void describe(const Service& service, Status& status) const;

 private:
  void follow(const Service& service, Tick now);
  void enter_environment(const Service& service, Tick now);
  void count(const Service& service, Tick now);
  void look_at_gauges(Tick now);
  void look_at_health(const Service& service, Observation& seen, Tick now);
  void look_at_alerts(const Service& service, Observation& seen, Tick now);
  std::string keep_load(const Wiring* where, Tick now);
  void look_at_flags(const Service& service, Observation& seen, Tick now) const;
  void look_at_router(const Service& service, Observation& seen, Tick now);
  void check_routing(const Service& service, const Wiring& wiring, const RouterState& state);

  const Ports& ports_;
  const Wiring* wiring_ = nullptr;  // of the environment under delivery
  DeliveryId delivery_;             // and the delivery, and where it stands
  std::uint32_t environment_ = 0;
  Slot canary_ = Slot::b;
  std::optional<judge::Hearing> hearing_;
  std::optional<judge::ProbeHearing> probes_;
  judge::LatencyThresholds thresholds_;  // drawn by what the baseline does here
  Tick counted_at_;
  Looked looked_;
  std::string gauges_trouble_;  // why no samples come; of no consequence but to be said
  Observation last_;

  Tick router_due_;
  bool router_reachable_ = true;
  int baseline_live_ = 1;
  std::map<std::string, std::string> identities_;  // of the routers, by environment
  std::optional<RoutingDrifted> drift_;
};

// Everything a person wants to know: the state from the ledger, the figures from the watch.
[[nodiscard]] Status describe(const Service& service, const Watch& watch, Tick now);

}  // namespace sluice::engine
