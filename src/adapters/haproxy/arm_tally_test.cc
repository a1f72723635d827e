#include "adapters/haproxy/arm_tally.h"

#include <numeric>

#include <doctest/doctest.h>

namespace sluice::haproxy {
namespace {

constexpr std::int64_t kTargetMs = 300;

ArmTally tally() { return ArmTally({"b1", "b2", "b3"}, kTargetMs); }

LogLine line_of(std::string_view server, int status, std::int64_t active_ms, int bucket = 0) {
  return {.process = 1,
          .backend = "shop_b",
          .server = server,
          .status = status,
          .active_ms = active_ms,
          .termination = "----",
          .ended_unix_ms = 0,
          .bucket = bucket};
}

Counts sum(std::span<const Counts> parts) {
  Counts all;
  for (const Counts& part : parts) {
    all.requests += part.requests;
    all.errors += part.errors;
    all.over_target += part.over_target;
  }
  return all;
}

LatencyCounts sum(std::span<const LatencyCounts> parts) {
  LatencyCounts all{};
  for (const LatencyCounts& part : parts) {
    for (std::size_t i = 0; i < kLatencyBuckets; ++i) all[i] += part[i];
  }
  return all;
}

TEST_CASE("arm tally: lines are counted by server and by bucket, once each") {
  ArmTally arm = tally();
  arm.line(line_of("b1", 200, 10, 3), 5'000, true);
  arm.line(line_of("b3", 503, 20, 3), 5'000, true);
  arm.line(line_of("b3", 200, 301, 7), 5'000, true);
  const SlotBatch batch = arm.take();
  CHECK(batch.total == Counts{3, 1, 1});
  CHECK(batch.by_server[0] == Counts{1, 0, 0});
  CHECK(batch.by_server[2] == Counts{2, 1, 1});
  CHECK(batch.by_bucket[3] == Counts{2, 1, 0});
  CHECK(batch.by_bucket[7] == Counts{1, 0, 1});
  CHECK(arm.take().total == Counts{});
}

TEST_CASE("arm tally: a response exactly at the target is not over it") {
  ArmTally arm = tally();
  arm.line(line_of("b1", 200, kTargetMs), 5'000, true);
  CHECK(arm.take().total == Counts{1, 0, 0});
}

TEST_CASE("arm tally: what no server of the slot served is spread, so that the splits add up") {
  ArmTally arm = tally();
  for (int i = 0; i < 6; ++i) arm.line(line_of("<NOSRV>", 503, 1), 5'000, true);
  const SlotBatch batch = arm.take();
  for (const Counts& server : batch.by_server) CHECK(server == Counts{2, 2, 0});
  CHECK(sum(batch.by_bucket) == batch.total);
}

TEST_CASE("arm tally: a cohort counts only requests that began in it") {
  ArmTally arm = tally();
  arm.restart_cohort(5'000);
  arm.line(line_of("b1", 500, 200), 5'100, true);  // began before
  arm.line(line_of("b1", 500, 50), 5'100, true);
  CHECK(arm.take().total == Counts{1, 1, 0});
}

TEST_CASE("arm tally: each request of the cohort is counted by its time, once, when it ends") {
  ArmTally arm = tally();
  arm.restart_cohort(5'000);
  arm.line(line_of("b1", 200, 0), 5'100, true);
  arm.line(line_of("b2", 200, 20), 5'100, true);
  arm.line(line_of("<NOSRV>", 503, 21), 5'100, true);
  arm.line(line_of("b1", 200, 200), 5'100, true);  // began before
  LatencyCounts expected{};
  expected[latency_bucket(0)] = 1;
  expected[latency_bucket(20)] = 2;  // 20 and 21 ms are one bucket
  const SlotBatch taken = arm.take();
  CHECK(taken.latencies == expected);
  CHECK(sum(taken.latencies_by_server) == expected);
  CHECK(sum(taken.latencies_by_bucket) == expected);
  CHECK(taken.latencies_by_server[1][latency_bucket(20)] >= 1);
  CHECK(arm.take().latencies == LatencyCounts{});
}

TEST_CASE("arm tally: a hanging request counts once, and its late line adds only its error") {
  ArmTally arm = tally();
  BackendRow row{.started = 0, .in_flight = 0, .servers = {{.name = "b2"}}};
  arm.sample(row, 1'000);
  row = {.started = 1, .in_flight = 1, .servers = {{.name = "b2", .in_flight = 1}}};
  for (std::int64_t ms = 1'100; ms <= 1'500; ms += 100) arm.sample(row, ms);
  const SlotBatch hanging = arm.take();
  CHECK(hanging.total == Counts{1, 0, 1});
  CHECK(hanging.by_server[1] == Counts{1, 0, 1});
  CHECK(sum(hanging.by_bucket) == hanging.total);

  CHECK(hanging.latencies == LatencyCounts{});

  arm.line(line_of("b2", 504, 1'000), 2'050, true);
  const SlotBatch late = arm.take();
  CHECK(late.total == Counts{0, 1, 0});
  CHECK(late.latencies[latency_bucket(1'000)] == 1);
}

TEST_CASE("arm tally: a new HAProxy process is no loss, and the old one's lines still count") {
  ArmTally arm = tally();
  arm.sample({.started = 500, .in_flight = 0, .servers = {}}, 1'000);
  arm.restart_statistics();
  arm.sample({.started = 0, .in_flight = 0, .servers = {}}, 1'100);
  arm.line(line_of("b1", 200, 10), 1'150, false);
  arm.sample({.started = 0, .in_flight = 0, .servers = {}}, 1'200);
  CHECK(arm.take().total == Counts{1, 0, 0});
  CHECK(arm.window(2'000).missing == 0);
  CHECK(arm.window(2'000).surplus == 0);
}

TEST_CASE("arm tally: when the wall clock was set back, the requests of now are still counted") {
  constexpr std::int64_t kBackMs = -7'200'000;
  ArmTally arm = tally();
  arm.restart_cohort(9'000'000);
  arm.line(line_of("b1", 500, 10), 9'000'000, true);  // began before the stage
  arm.line(line_of("b1", 500, 10), 9'000'100, true);
  CHECK(arm.take().total == Counts{1, 1, 0});

  arm.clock_moved(kBackMs);
  arm.line(line_of("b1", 500, 10), 9'000'000 + kBackMs, true);
  arm.line(line_of("b2", 500, 10), 9'000'200 + kBackMs, true);
  CHECK(arm.take().total == Counts{1, 1, 0});
}

TEST_CASE("arm tally: when the wall clock was set forward, nothing in flight looks old by that") {
  ArmTally arm = tally();
  const auto in_flight = [](std::int64_t number) {
    return BackendRow{.started = 4, .in_flight = number, .servers = {}};
  };
  arm.sample(in_flight(0), 1'000);
  for (std::int64_t ms = 1'100; ms <= 1'200; ms += 100) arm.sample(in_flight(4), ms);
  arm.clock_moved(7'200'000);
  for (std::int64_t ms = 7'201'300; ms <= 7'201'500; ms += 100) arm.sample(in_flight(4), ms);
  CHECK(arm.take().total == Counts{});
  CHECK(arm.window(7'202'000).missing == 0);
}

}  // namespace
}  // namespace sluice::haproxy
