// Gauge hearing: the gauges of an environment's processes, the canary's beside the baseline's, from
// one sample to the next. Where the plan says so, it takes the release back by the evidence of
// GaugeEvidence; else it only says what it found.
//
// What makes a canary differ by nature is not compared, and a sample that comes meanwhile says
// nothing:
// - its first minute with requests, in which caches are cold and code is compiled;
// - while it has more than half of the traffic: then it carries more load than the baseline;
// - while nobody knows which share is routed;
// - alone, at 100 % or without a baseline: there is nothing to compare it with.
//
// All gauges are one test: what decides is the average of their odds, so that more of them mean no
// more false alarms. The budget is its own, a part of false_rollback_probability (plan_settings.h).
//
// Pure; to be made anew for each environment and delivery. A restart of the engine forgets it,
// which delays a rollback and causes none.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/share.h"
#include "base/tick.h"
#include "judge/gauge_evidence.h"
#include "judge/plan_settings.h"
#include "model/gauge.h"
#include "model/service.h"

namespace sluice::judge {

// Where the canary stands, as far as it matters here.
struct GaugeFooting {
  Slot canary = Slot::b;
  bool concurrent = false;  // a baseline serves beside it
  double share = 0;         // that is routed to it; 0: unknown, or nothing
  bool met = false;         // a request has reached it
};

enum class GaugeStanding : std::uint8_t {
  alone,
  no_traffic,
  warming_up,
  share_unknown,
  unequal_load,
  compared,
};

class GaugeHearing {
 public:
  explicit GaugeHearing(const GaugeSettings& settings);

  // At every look, before anything that is heard at it.
  void follow(const GaugeFooting& footing, Tick now);
  // A sample that was not heard before. Values that are no numbers, and more processes than there
  // is room for, are as none.
  void hear(const GaugeSample& sample);

  // Whether samples would be compared: after the first minute with requests of a canary beside a
  // baseline, and until it has more than half of the traffic.
  [[nodiscard]] bool awaits_samples() const;

  // ln of the odds, of the average over the gauges.
  [[nodiscard]] double ln_worth() const { return ln_worth_; }
  // Only where gauges take back. Once breached, always breached.
  [[nodiscard]] bool breached() const { return breached_; }
  // Odds of ten and more, by this metric's part: enough to stop, as of every other.
  [[nodiscard]] bool suspected() const;
  // "requests waiting: 31 to 38 in 2 processes beside 2 to 5 in 5 processes of the baseline; odds
  // 120 : 1 against the release, line 20,000 : 1", of the gauge that speaks most against it; or why
  // nothing is compared.
  [[nodiscard]] std::string describe() const;

 private:
  // One gauge, and what the last sample that was compared said of it.
  struct Gauge {
    std::string name;
    std::vector<double> canary;
    std::vector<double> baseline;
    GaugeEvidence evidence;
  };
  void compare(const GaugeSample& sample, std::int64_t elapsed_ms);
  void decide();

  BaselineUse use_;
  double ln_line_;
  double ln_stop_;
  std::int64_t planned_ms_;
  std::vector<Gauge> gauges_;  // as the first sample had them
  std::size_t most_ = 0;       // that speaks most against the canary
  double ln_worth_ = 0;
  bool breached_ = false;
  bool compared_ = false;  // some sample was
  GaugeStanding standing_ = GaugeStanding::alone;
  GaugeFooting footing_;
  std::optional<Tick> met_at_;
  std::optional<Tick> sampled_at_;
};

}  // namespace sluice::judge
