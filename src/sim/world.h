// World: traffic and errors of one service while a release is delivered to it, tick by tick.
//
// Five hosts of the canary beside a fleet, of a hundred hosts in all if nothing else is said.
// Requests come as a Poisson process and are divided by
// the share that the caller sets for each tick; which of them fail is said by the rates and by a
// Trouble. Clients are in eight buckets of equal size, and send to every host. Deterministic: one
// seed, one service and one sequence of ticks give the same counts. Counts are exact; nothing here
// knows a judge.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "model/event.h"
#include "sim/random.h"
#include "sim/trouble.h"

namespace sluice::sim {

inline constexpr int kCanaryHosts = 5;
inline constexpr int kBaselineUnits = 19;  // at most
inline constexpr int kClientBuckets = 8;   // as the engine has them

// The baseline's hosts, in units that are told apart.
struct Fleet {
  int units = kBaselineUnits;
  int hosts_in_unit = 5;  // so each is as large as the canary at 5 %

  [[nodiscard]] int hosts() const { return kCanaryHosts + units * hosts_in_unit; }
};
// What the engine has of a service of five processes: as many in each slot, each told apart.
inline constexpr Fleet kFiveBesideFive{5, 1};

inline constexpr std::int64_t kCourseStepMs = 10'000;

struct ServiceModel {
  double requests_per_second = 1'000;
  double error_rate = 1e-3;          // of the baseline
  double canary_error_rate = 1e-3;   // from the onset on; like the baseline's before it
  double over_target = 0;            // part of requests over the p99 target
  double canary_over_target = 0;     // from the onset on
  std::int64_t onset_ms = 0;         // after the canary's first tick with a share
  const Trouble* trouble = nullptr;  // null: errors are independent
  // The error rate of both arms as a multiple of what it is above, each for kCourseStepMs, over and
  // over. Empty: as it is.
  std::span<const double> course;
  Fleet fleet;
};

// What was counted in one tick, or since the last one that was not lost.
struct Counted {
  Counts canary;
  Counts baseline;
  std::array<Counts, kCanaryHosts> canary_hosts{};
  std::array<Counts, kBaselineUnits> baseline_units{};  // as many as the fleet has
  int units = kBaselineUnits;
  // The same requests by client.
  std::array<Counts, kClientBuckets> canary_clients{};
  std::array<Counts, kClientBuckets> baseline_clients{};
  std::int64_t elapsed_ms = 0;
  bool seen = true;  // false: the scrape was lost; these counts come again with the next
};

class World {
 public:
  World(const ServiceModel& service, std::uint64_t seed);

  // `share` is the canary's part of the requests, 0 to 1.
  [[nodiscard]] Counted tick(double share, std::int64_t ms);

  [[nodiscard]] std::int64_t now_ms() const { return now_ms_; }

 private:
  struct Burst {
    bool canary = false;
    int unit = 0;    // host of the canary, or unit of the baseline
    int client = 0;  // bucket
    std::int64_t errors_left = 0;
    std::int64_t ms_left = 0;
  };
  struct Episode {
    int host = 0;
    std::int64_t began_ms = 0;
    std::int64_t lasts_ms = 0;
    double rate = 0;
    Course course = Course::level;
  };
  // Chance that a request fails, in each unit.
  struct Rates {
    std::array<double, kCanaryHosts> canary{};
    std::array<double, kBaselineUnits> baseline{};
    void add(int host, double rate, const Fleet& fleet);
  };
  // One arm in one tick: of each unit, requests that are of whichever client.
  struct Arm {
    std::span<Counts> units;
    std::span<Counts> clients;
    std::span<const double> rates;
    double requests = 0;  // expected
    double over_target = 0;
    PoissonTable* table = nullptr;
  };

  void begin_bursts(double requests, double error_rate, double share, std::int64_t ms);
  void begin_episodes(std::int64_t ms);
  void begin_incidents(std::int64_t ms);
  void strike(const Incidents& incident);
  void draw_gamma();
  [[nodiscard]] double season(double amplitude) const;
  [[nodiscard]] double background() const;
  [[nodiscard]] double canary_addition(double share) const;
  [[nodiscard]] Rates rates(double share);
  void begin_resets(std::int64_t ms);
  void count_traffic(double requests, double share, const Rates& rates, Counted& tick);
  void count_arm(const Arm& arm, std::span<const bool> reset);
  void draw_errors(const Arm& arm, double expected);
  void divide_by_client(const Arm& arm);
  void count_bursts(std::int64_t ms, Counted& tick);
  void count_burst(Burst& burst, std::int64_t errors, Counted& tick);

  ServiceModel service_;
  Trouble trouble_;
  Random random_;
  std::int64_t now_ms_ = 0;
  std::int64_t canary_ms_ = -1;  // since its first tick with a share; -1: none yet
  std::int64_t one_incident_ms_ = -1;
  std::int64_t gamma_due_ms_ = 0;
  double canary_gamma_ = 1;
  std::array<double, kBaselineUnits> baseline_gamma_{};
  std::vector<Burst> bursts_;
  std::vector<Episode> episodes_;
  PoissonTable canary_requests_;
  PoissonTable baseline_requests_;
  std::array<bool, kCanaryHosts> canary_reset_{};  // in this tick, so that nothing of it is seen
  std::array<bool, kBaselineUnits> baseline_reset_{};
  Counted lost_;
};

}  // namespace sluice::sim
