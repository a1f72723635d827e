// HaproxyTelemetry: counts of requests by slot, from HAProxy's log stream (UDP) and, ten times a
// second, its statistics (runtime API).
//
// The lines say what became of each request, within milliseconds. The statistics say which requests
// are in flight and how many lines should have come: when more than 1 % of the last ten seconds are
// missing in either slot, or the statistics cannot be read, the stream is not live.
//
// take() returns at once unless a poll is due; a poll takes a fraction of a millisecond, and 225 ms
// at most when HAProxy does not answer, after which it is asked once a second.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/haproxy/arm_tally.h"
#include "adapters/haproxy/clock_step.h"
#include "adapters/haproxy/runtime_reply.h"
#include "base/result.h"
#include "model/policy.h"
#include "net/udp_receiver.h"
#include "ports/telemetry_source.h"

namespace sluice::haproxy {

struct TelemetrySpec {
  HaproxySpec haproxy;
  std::array<int, 2> servers{};  // processes of each slot
  std::int64_t p99_target_ms = 0;
};

class HaproxyTelemetry final : public TelemetrySource {
 public:
  // `conflict` when something else listens where the lines should arrive.
  [[nodiscard]] static Result<std::unique_ptr<HaproxyTelemetry>> open(TelemetrySpec spec);

  void begin(Tick now) override;
  void restart_cohort(Tick since) override;
  [[nodiscard]] TelemetryBatch take(Tick now) override;

 private:
  HaproxyTelemetry(TelemetrySpec spec, std::unique_ptr<net::UdpReceiver> lines);
  void follow_wall_clock();
  void read_lines();
  void read_line(std::string_view text, std::int64_t wall_ms);
  void poll();
  void use(const Statistics& statistics, std::int64_t wall_ms);
  void note_failure(const std::string& why);
  [[nodiscard]] std::string missing_server(const Statistics& statistics) const;
  [[nodiscard]] std::string loss(Slot slot, std::int64_t wall_ms) const;

  TelemetrySpec spec_;
  std::unique_ptr<net::UdpReceiver> lines_;
  std::array<std::string, 2> backends_;
  std::array<ArmTally, 2> arms_;
  ProcessInfo process_;
  ClockStep clock_step_;
  std::int64_t wall_ahead_ms_ = 0;  // wall clock less the engine's ticks
  Tick next_poll_;
  Tick now_;
  int failures_ = 0;
  bool has_buckets_ = false;
  std::string trouble_ = "HAProxy's statistics have not been read yet";
};

}  // namespace sluice::haproxy
