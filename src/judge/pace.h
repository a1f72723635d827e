// Pace: how much traffic the canary may have, given what is known of it. Harm is what share and
// delay make of ignorance, so the share grows only as fast as evidence allows (statistics notes
// 3.9): at any moment a release that is as bad as the counts leave open fails about kHarmedMost
// requests before it can be found out and taken back.
//
// The excess is a heuristic upper bound, at about 95 %. It limits harm and decides nothing else, so
// it spends nothing of the false-rollback probability: the judge's tests hold at whatever shares.
//
// Pure, in constant time; elapsed time is an argument.
#pragma once

#include <cstdint>

#include "judge/batch.h"
#include "model/pace.h"

namespace sluice::judge {

// Failing requests that are worth knowing. Fewer would delay every good release, more would harm
// more customers than the judge needs to be sure.
inline constexpr double kHarmedMost = 5;

// From a failing request until no more is sent there: its log line, the engine's look every two
// milliseconds, the ledger, the router. A source that is polled needs its interval here.
inline constexpr std::int64_t kDelayMs = 10;

// By how much the canary's rate may exceed the baseline's, of `bad` among `requests`. 1 where
// nothing was counted; never below three in all requests, however few went wrong.
[[nodiscard]] double excess_left_open(std::int64_t bad, std::int64_t requests,
                                      double baseline_rate);

// kHarmedMost / (requests per second * delay * excess), rounded up to a basis point, at most all.
// `requests_per_second` are those of the whole environment. One basis point is given where less
// would be right: the router can set nothing finer, and without a request nothing is ever learnt.
[[nodiscard]] Share share_within(double requests_per_second, double excess,
                                 std::int64_t delay_ms = kDelayMs);

// Failing requests to be expected at this share before it is found out.
[[nodiscard]] double harmed_at(Share share, double requests_per_second, double excess,
                               std::int64_t delay_ms = kDelayMs);

// Counts of the canary since its first request in the environment, and the rate of all requests.
class Pacemaker {
 public:
  explicit Pacemaker(std::int64_t delay_ms = kDelayMs) : delay_ms_(delay_ms) {}

  void add(const Batch& counted);

  // `baseline`: everything known of it. Nothing is allowed before the traffic was measured, which
  // takes kMeasuringMs.
  [[nodiscard]] Pace pace(const Counts& baseline) const;

  // In words; made of the same numbers.
  [[nodiscard]] std::string describe(const Counts& baseline) const;

  static constexpr std::int64_t kMeasuringMs = 200;

 private:
  [[nodiscard]] double requests_per_second() const;
  [[nodiscard]] double excess(const Counts& baseline) const;

  std::int64_t delay_ms_;
  Counts canary_;
  std::int64_t window_requests_ = 0;
  std::int64_t window_ms_ = 0;
  double last_ = 0;  // of the last whole window
  bool measured_ = false;
};

}  // namespace sluice::judge
