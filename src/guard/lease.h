// Lease: the engine's promise that it supervises, and LeaseKeeper: who notices when it is broken.
//
// Pure: time is an argument, in milliseconds of a clock that stands still while the machine sleeps
// (CLOCK_MONOTONIC), because engine and guard sleep together.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "model/policy.h"
#include "model/slot.h"

namespace sluice::guard {

// Where traffic of one environment goes when the engine is silent.
struct RescueTarget {
  EnvironmentName environment;
  HaproxySpec haproxy;  // socket, map and backend_prefix are what counts
  Slot baseline = Slot::a;
  friend bool operator==(const RescueTarget& one, const RescueTarget& two) {
    return one.environment == two.environment && one.baseline == two.baseline &&
           one.haproxy.socket == two.haproxy.socket && one.haproxy.map == two.haproxy.map &&
           one.haproxy.backend_prefix == two.haproxy.backend_prefix &&
           one.haproxy.log_listen == two.haproxy.log_listen &&
           one.haproxy.sticky == two.haproxy.sticky;
  }
};

struct Lease {
  int pid = 0;  // of the engine
  std::uint64_t generation = 0;
  std::int64_t valid_ms = 5'000;
  bool active = false;    // a delivery is under way; otherwise its end means nothing
  bool given_up = false;  // by an engine that cannot act: over as soon as it is granted
  std::vector<RescueTarget> rescue;
  friend bool operator==(const Lease&, const Lease&) = default;
};

class LeaseKeeper {
 public:
  // `rejected` for a generation older than one seen: an engine that was taken for dead.
  [[nodiscard]] Result<void> renew(const Lease& lease, std::int64_t now_ms);

  // True once the active lease has run out or was given up; it stays so until rearm(), end() or a
  // renewal. To be called often: time in which it was not called for longer than kStallMs does not
  // count, because then the guard itself stood still and renewals may lie unread in its socket.
  [[nodiscard]] bool expired(std::int64_t now_ms);

  // Traffic was taken back under this generation: the lease is over, older engines are refused.
  void end(std::uint64_t generation);
  // Not all traffic could be taken back: the lease counts afresh, under this generation.
  void rearm(std::uint64_t generation, std::int64_t now_ms);

  [[nodiscard]] const std::optional<Lease>& lease() const { return lease_; }
  [[nodiscard]] std::uint64_t generation() const { return generation_; }
  [[nodiscard]] std::int64_t left_ms(std::int64_t now_ms) const;  // 0 without an active lease
  // What an earlier guard knew; an active lease counts afresh from now.
  void restore(std::optional<Lease> lease, std::uint64_t generation, std::int64_t now_ms);

  static constexpr std::int64_t kStallMs = 300;

 private:
  std::optional<Lease> lease_;
  std::uint64_t generation_ = 0;  // newest seen
  std::int64_t ends_ms_ = 0;
  std::int64_t looked_ms_ = 0;
};

}  // namespace sluice::guard
