// Hearing: one environment of one delivery before the judge: what telemetry counted goes in, and
// what an observation says of it comes out, in numbers and in words.
//
// Holds the judge, the pacemaker, and the words, which are made anew when they matter and not at
// every look. Everything it says follows from what it was told, and from nothing else: the same
// service, counts and ticks give the same bits. `sluice replay` rests on that.
//
// Pure. To be made anew for each environment and each delivery, and by each engine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "judge/burn_rate.h"
#include "judge/gauge_hearing.h"
#include "judge/judge.h"
#include "judge/lasting_suspicion.h"
#include "judge/pace.h"
#include "model/observation.h"
#include "model/service.h"

namespace sluice::judge {

// What a hearing has to know of how an environment is wired.
struct Seating {
  int servers = 0;       // processes of a slot
  bool sticky = false;   // a client's requests all go to the same slot
  bool counted = false;  // telemetry is there
  bool gauges = false;   // a source of gauges is
  friend bool operator==(const Seating&, const Seating&) = default;
};

// Groups are servers where there are enough of them, with buckets of clients beside them; else
// they are the buckets.
[[nodiscard]] bool grouped_by_server(const Seating& seating);
inline constexpr int kBuckets = 8;

// Where the environment is judged at all.
[[nodiscard]] Settings settings_of(const Plan& plan, const EnvironmentPlan& environment,
                                   const Seating& seating);

// What telemetry said at one look.
struct Heard {
  Batch batch;  // its elapsed_ms is not used
  // What its latencies were counted over; kNoThresholds: they were not.
  OverMs over_ms = kNoThresholds;
  bool live = false;
  std::string trouble;
};

class Hearing {
 public:
  // Of the environment that the delivery stands at. What is known of its baseline is the service's.
  Hearing(const Service& service, const Seating& seating, Tick now);

  // Keeps the judge at the stage that the delivery stands at; to be called at every look, before
  // anything else. True: a stage's share was observed, and from now on only requests that begin
  // later are to be counted.
  bool follow(const Service& service, Tick now);

  // Whether telemetry is to be taken and heard now.
  [[nodiscard]] bool counts(const Service& service) const;
  void hear(const Service& service, const Heard& heard, Tick now);

  // Whether samples of gauges are to be taken and heard, each once.
  [[nodiscard]] bool wants_gauges() const { return gauges_.has_value(); }
  // After hear(), where both come at one look.
  void hear_gauges(const GaugeSample& sample);
  // Whether it matters now that none come.
  [[nodiscard]] bool awaits_gauges() const { return gauges_ && gauges_->awaits_samples(); }

  // Fills what an observation says of the counts. Nothing where the environment is not judged.
  void tell(Observation& seen) const;

  // Burn rates in words; empty where none are looked at.
  [[nodiscard]] const std::string& burn_words() const { return burn_words_; }

  // For people: rates of requests per second over the last second or so; not known in the first
  // second of a stage.
  [[nodiscard]] const Finding* finding() const { return judge_ ? &finding_ : nullptr; }
  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] std::optional<double> canary_per_second() const { return canary_rate_.per_second; }
  [[nodiscard]] std::optional<double> baseline_per_second() const {
    return baseline_rate_.per_second;
  }

  // Latency beside the baseline's, in words.
  [[nodiscard]] std::string latency_words() const;

  // Gauges beside the baseline's, in words; empty where none are looked at.
  [[nodiscard]] const std::string& gauge_words() const { return gauge_words_; }

  // A number that differs, almost surely, where anything that the judge found differs in a bit.
  [[nodiscard]] std::uint64_t fingerprint() const;

 private:
  struct Standpoint {
    std::uint32_t stage = 0;
    bool entered = false;  // the stage's share was observed
    friend bool operator==(const Standpoint&, const Standpoint&) = default;
  };
  struct Rate {
    Tick since;
    std::int64_t requests = 0;
    std::optional<double> per_second;
    void measure(std::int64_t more, Tick now);
  };

  void follow_gauges(const Service& service, Tick now);
  void hear_burn(const Batch& batch, bool has_baseline, Tick now);
  void put_into_words(Tick now);
  [[nodiscard]] double canary_burn_rate() const;
  void tell_burn(Observation& seen) const;
  void tell_gauges(Observation& seen) const;
  [[nodiscard]] std::string words_on_p99() const;

  EnvironmentName environment_;
  std::optional<Standpoint> standpoint_;
  std::optional<Judge> judge_;
  std::optional<BurnWindows> burn_;  // where customers are
  std::optional<GaugeHearing> gauges_;
  bool canary_met_ = false;  // a request has reached it
  bool cut_ = false;         // the share was cut, and its stage has not been entered again
  Settings settings_;
  Finding finding_;
  LastingSuspicion lasting_suspicion_;
  OverMs over_ms_ = kNoThresholds;
  Suspicion suspicion_ = Suspicion::none;
  Pacemaker pacemaker_;
  std::string error_words_;
  std::string slow_words_;
  std::string promotion_words_;
  std::string pace_words_;
  std::string burn_words_;
  std::string gauge_words_;
  Tick words_due_;
  bool live_ = false;
  std::string trouble_ = "the log stream has not been read yet";
  Tick counted_at_;
  Rate canary_rate_;
  Rate baseline_rate_;
};

}  // namespace sluice::judge
