// TelemetrySource: counts of requests of one environment, by slot, from the same stream for both.
//
// Never blocks. Batches are cut by the caller's clock, never by what is in them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/tick.h"
#include "model/event.h"
#include "model/latency.h"
#include "model/slot.h"

namespace sluice {

// What one slot did since the last take(), split two ways for leave-one-group-out. Each split adds
// up to `total`.
struct SlotBatch {
  Counts total;
  std::vector<Counts> by_server;      // in the fixed order of the slot's servers
  std::array<Counts, 8> by_bucket{};  // of a client key; zero where the stream carries none
  // Of the requests that ended, each once, when it ends; split in the same two ways. All zero where
  // the source has no times.
  LatencyCounts latencies{};
  std::vector<LatencyCounts> latencies_by_server;
  std::array<LatencyCounts, 8> latencies_by_bucket{};
};

struct TelemetryBatch {
  std::array<SlotBatch, 2> slots;  // by slot
  // The stream is whole: the source can be read, and at most 1 % of the completed requests of
  // either slot are missing from it. When false, `trouble` says what is wrong.
  bool live = false;
  std::string trouble;
  bool has_buckets = false;  // the stream carries the client bucket
};

class TelemetrySource {
 public:
  virtual ~TelemetrySource() = default;

  // Called where nobody read for a while, on entering an environment, before anything else: what
  // completed until now is not counted, and what of it was lost is no loss of what is read next.
  // Later on a reader that comes late has lost what is missing, however late it comes.
  virtual void begin(Tick now) = 0;

  // From now on count only requests that began at or after `since`, in both slots alike: called at
  // each change of share, so that fast failures do not outrun slow successes in one arm only.
  virtual void restart_cohort(Tick since) = 0;

  // What completed since the last call. A request in flight that is older than the p99 target
  // counts once, as over target, when its age passes it.
  [[nodiscard]] virtual TelemetryBatch take(Tick now) = 0;
};

}  // namespace sluice
