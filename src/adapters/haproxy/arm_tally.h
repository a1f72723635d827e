// ArmTally: counts what one slot does, from log lines and statistics.
//
// Pure. A request belongs to the slot whose backend HAProxy chose for it, also when the way back
// served it in the end. A request that reached no server of the slot is spread over the slot's
// servers in turn, and one that is counted while in flight over the client buckets too, because
// nobody knows which it belongs to.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "adapters/haproxy/hang_watch.h"
#include "adapters/haproxy/log_line.h"
#include "adapters/haproxy/loss_watch.h"
#include "adapters/haproxy/runtime_reply.h"
#include "ports/telemetry_source.h"

namespace sluice::haproxy {

class ArmTally {
 public:
  // The names of the slot's servers, in their fixed order.
  ArmTally(std::vector<std::string> servers, std::int64_t target_ms);

  // Times are the wall clock's. `same_process`: of the HAProxy process that the statistics are of.
  void line(const LogLine& line, std::int64_t ended_ms, bool same_process);
  void sample(const BackendRow& row, std::int64_t now_ms);
  // Requests that began before since_ms are not counted from now on.
  void restart_cohort(std::int64_t since_ms);
  // HAProxy's counters began anew.
  void restart_statistics();
  // The wall clock was set, so the cohort's beginning moves along; samples with the old stamps are
  // forgotten.
  void clock_moved(std::int64_t by_ms);

  [[nodiscard]] SlotBatch take();
  [[nodiscard]] LossWatch::Window window(std::int64_t now_ms) const { return loss_.window(now_ms); }

 private:
  [[nodiscard]] SlotBatch empty() const;
  void count(std::size_t server, std::size_t bucket, const Counts& counts);
  void count_latency(std::size_t server, std::size_t bucket, std::size_t latency);
  void count_hanging(std::int64_t number, const BackendRow& row);
  [[nodiscard]] std::size_t server_of(std::string_view name);
  [[nodiscard]] std::size_t next_server();

  std::vector<std::string> servers_;
  std::int64_t target_ms_;
  std::int64_t since_ms_ = 0;
  HangWatch hang_;
  LossWatch loss_;
  SlotBatch batch_;
  std::size_t turn_ = 0;         // of spreading over servers
  std::size_t bucket_turn_ = 0;  // and over buckets
};

}  // namespace sluice::haproxy
