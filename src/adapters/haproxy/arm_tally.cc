#include "adapters/haproxy/arm_tally.h"

#include <algorithm>
#include <utility>

namespace sluice::haproxy {
namespace {

void add(Counts& to, const Counts& counts) {
  to.requests += counts.requests;
  to.errors += counts.errors;
  to.over_target += counts.over_target;
}

}  // namespace

ArmTally::ArmTally(std::vector<std::string> servers, std::int64_t target_ms)
    : servers_(std::move(servers)), target_ms_(target_ms), hang_(target_ms) {
  batch_ = empty();
}

SlotBatch ArmTally::empty() const {
  return {.by_server = std::vector<Counts>(servers_.size()),
          .latencies_by_server = std::vector<LatencyCounts>(servers_.size())};
}

void ArmTally::line(const LogLine& line, std::int64_t ended_ms, bool same_process) {
  const std::int64_t began_ms = ended_ms - line.active_ms;
  bool counted = false;
  if (same_process) {
    loss_.line(ended_ms);
    counted = hang_.line(began_ms);
  }
  if (began_ms < since_ms_) return;
  const std::size_t server = server_of(line.server);
  const std::size_t bucket = static_cast<std::size_t>(std::max(0, line.bucket));
  count_latency(server, bucket, latency_bucket(line.active_ms));
  const Counts counts{.requests = counted ? 0 : 1,
                      .errors = is_error(line) ? 1 : 0,
                      .over_target = !counted && line.active_ms > target_ms_ ? 1 : 0};
  count(server, bucket, counts);
}

void ArmTally::sample(const BackendRow& row, std::int64_t now_ms) {
  loss_.sample(now_ms, row.started - row.in_flight);
  const std::int64_t hanging = hang_.sample(now_ms, row.in_flight);
  if (hanging > 0) count_hanging(hanging, row);
}

void ArmTally::restart_cohort(std::int64_t since_ms) {
  since_ms_ = since_ms;
  hang_.restart(since_ms);
}

void ArmTally::restart_statistics() {
  loss_.restart();
  hang_.restart(since_ms_);
}

void ArmTally::clock_moved(std::int64_t by_ms) {
  since_ms_ += by_ms;
  restart_statistics();
}

SlotBatch ArmTally::take() { return std::exchange(batch_, empty()); }

void ArmTally::count_latency(std::size_t server, std::size_t bucket, std::size_t latency) {
  ++batch_.latencies[latency];
  if (server < batch_.latencies_by_server.size()) ++batch_.latencies_by_server[server][latency];
  ++batch_.latencies_by_bucket[bucket % batch_.latencies_by_bucket.size()][latency];
}

void ArmTally::count(std::size_t server, std::size_t bucket, const Counts& counts) {
  add(batch_.total, counts);
  if (server < batch_.by_server.size()) add(batch_.by_server[server], counts);
  add(batch_.by_bucket[bucket % batch_.by_bucket.size()], counts);
}

// The statistics say how many requests each server has in flight, not which of them are old: the
// busiest servers are taken to hold the old ones.
void ArmTally::count_hanging(std::int64_t number, const BackendRow& row) {
  std::vector<std::int64_t> in_flight(servers_.size());
  for (const ServerRow& server : row.servers) {
    const auto found = std::find(servers_.begin(), servers_.end(), server.name);
    if (found != servers_.end()) {
      in_flight[static_cast<std::size_t>(found - servers_.begin())] = server.in_flight;
    }
  }
  for (; number > 0; --number) {
    const auto busiest = std::max_element(in_flight.begin(), in_flight.end());
    std::size_t server = next_server();
    if (busiest != in_flight.end() && *busiest > 0) {
      --*busiest;
      server = static_cast<std::size_t>(busiest - in_flight.begin());
    }
    count(server, bucket_turn_++, {.requests = 1, .errors = 0, .over_target = 1});
  }
}

std::size_t ArmTally::server_of(std::string_view name) {
  const auto found = std::find(servers_.begin(), servers_.end(), name);
  if (found == servers_.end()) return next_server();
  return static_cast<std::size_t>(found - servers_.begin());
}

std::size_t ArmTally::next_server() { return servers_.empty() ? 0 : turn_++ % servers_.size(); }

}  // namespace sluice::haproxy
