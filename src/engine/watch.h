// Watch: looks at the environment under delivery, with every adapter it has, and turns what it sees
// into the readings that decide() knows.
//
// Holds the judge of the environment. A restart forgets it: evidence for promotion is then gathered
// anew, and evidence of harm as well, which delays a decision and never loosens one.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "engine/engine.h"
#include "judge/judge.h"
#include "judge/pace.h"
#include "model/observation.h"

namespace sluice::engine {

class Watch {
 public:
  explicit Watch(const Ports& ports) : ports_(ports) {}

  // Fills everything of an observation but effects, command and guard. Without an active delivery
  // it looks at nothing and returns an empty one.
  [[nodiscard]] Observation look(const Service& service, Tick now);

  // What the last look saw, for people.
  void describe(const Service& service, Status& status) const;

 private:
  struct Standpoint {  // what the judge's evidence is about
    DeliveryId delivery;
    std::uint32_t environment = 0;
    std::uint32_t stage = 0;
    bool entered = false;  // the stage's share was observed
    friend bool operator==(const Standpoint&, const Standpoint&) = default;
  };
  struct Rate {
    Tick since;
    std::int64_t requests = 0;
    double per_second = 0;
  };

  void follow(const Service& service, Tick now);
  void enter_environment(const Service& service, Tick now);
  void keep_clustering();
  void count(const Service& service, Tick now);
  void put_into_words(Tick now);
  void look_at_traffic(Observation& seen) const;
  void look_at_health(const Service& service, Observation& seen, Tick now);
  void look_at_alerts(const Service& service, Observation& seen, Tick now);
  void look_at_flags(const Service& service, Observation& seen, Tick now) const;
  void look_at_router(const Service& service, Observation& seen, Tick now);
  void check_routing(const Service& service, const Wiring& wiring, const RouterState& state);
  void measure(Rate& rate, std::int64_t requests, Tick now);

  const Ports& ports_;
  const Wiring* wiring_ = nullptr;  // of the environment under delivery
  Standpoint standpoint_;
  Slot canary_ = Slot::b;
  std::optional<judge::Judge> judge_;
  judge::Settings settings_;
  judge::Finding finding_;
  std::map<std::string, judge::Clustering> clusterings_;  // of earlier judges, by environment
  Suspicion suspicion_ = Suspicion::none;
  judge::Pacemaker pacemaker_;
  // Of the finding: made anew when it matters, not at every look.
  std::string error_words_;
  std::string slow_words_;
  std::string promotion_words_;
  std::string pace_words_;
  Tick words_due_;
  bool live_ = false;
  std::string trouble_;
  Tick counted_at_;
  Rate canary_rate_;
  Rate baseline_rate_;
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
