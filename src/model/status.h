// Status: what a person wants to know about a delivery now. Made by the engine, carried by the
// API, drawn by the CLI; decides nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/tick.h"
#include "model/reading.h"
#include "model/service.h"

namespace sluice {

// One arm of the comparison, over the current stage.
struct ArmStatus {
  Counts counts;
  std::optional<double> requests_per_second;  // lately; not known in the first second
  double error_low = 0;  // always-valid interval of the error rate, as fractions
  double error_high = 0;
  double over_target_low = 0;  // of the share of requests slower than the p99 target
  double over_target_high = 0;
  friend bool operator==(const ArmStatus&, const ArmStatus&) = default;
};

// Words before symbols: what the judge holds against the release and for it.
struct JudgeStatus {
  bool judged = false;           // the environment has traffic that is judged
  bool has_baseline = false;     // false: fixed targets, and the verdict says so
  double harm_odds = 1;          // evidence against the release, as odds to 1; capped at 1e18
  double harm_odds_line = 1000;  // rolled back at this
  std::string blame;             // which metric carries it
  double promotion_odds = 1;     // evidence for promotion, the weakest metric
  double promotion_odds_line = 20;
  std::string promotion_missing;  // "about 310 more requests of the canary"
  std::string groups;             // "5 canary servers, leave-one-out" or why it is off
  std::string latency;         // beside the baseline's, and what that says, or why it is not known
  std::string gauges;          // the same of the processes' gauges; empty: none are looked at
  std::string gauges_trouble;  // why no samples come now; empty: they do
  friend bool operator==(const JudgeStatus&, const JudgeStatus&) = default;
};

struct EnvironmentStatus {
  EnvironmentName name;
  Share share;  // of the canary, as last observed
  bool passed = false;
  bool current = false;
  friend bool operator==(const EnvironmentStatus&, const EnvironmentStatus&) = default;
};

struct Status {
  ServiceName service;
  Tick now;
  bool delivering = false;
  DeliveryId delivery;  // active or last; empty: none ever
  std::string release_id;
  std::string release_title;
  Digest release;
  Phase phase = Phase::done;
  Tick started;
  Tick ended;  // 0 while it goes on
  std::vector<EnvironmentStatus> environments;
  EnvironmentName environment;  // the current one
  std::uint32_t stage = 0;
  std::uint32_t stages = 0;
  std::string stage_name;
  Share stage_share;
  std::int64_t soak_left_ms = 0;
  Standing standing;
  bool never_gives_up = false;  // at the deadline people are called, and it goes on
  bool paused = false;
  Readings readings;
  ArmStatus canary;
  ArmStatus baseline;
  JudgeStatus judge;
  std::string burn;      // burn rates of the service, in words; empty: not looked at here
  std::string rollback;  // why it goes or went back; empty: it does not
  bool rollback_blocked = false;
  std::vector<std::string> resisting;  // effects that meet resistance, one line each
  DeliveryId requested;                // begins when this one has gone back; empty: none
  std::string adoption;                // empty, "running" or "failed: …"
  std::uint64_t last_seq = 0;          // of the ledger
  friend bool operator==(const Status&, const Status&) = default;
};

}  // namespace sluice
