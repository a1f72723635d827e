#include "model/latency.h"

#include <doctest/doctest.h>

namespace sluice {

TEST_CASE("latency: every time is in the bucket whose edge is the first at or above it") {
  for (std::size_t bucket = 0; bucket + 1 < kLatencyBuckets; ++bucket) {
    const std::int64_t edge = latency_edge_ms(bucket);
    REQUIRE(latency_bucket(edge) == bucket);
    REQUIRE(latency_bucket(edge + 1) == bucket + 1);
  }
  CHECK(latency_edge_ms(kLatencyBuckets - 2) == 131'071);
}

TEST_CASE("latency: buckets are a millisecond wide up to 15 ms, and an eighth of the time above") {
  CHECK(latency_edge_ms(15) == 15);
  for (std::size_t bucket = 17; bucket + 1 < kLatencyBuckets; ++bucket) {
    const std::int64_t below = latency_edge_ms(bucket - 1);
    REQUIRE(8 * (latency_edge_ms(bucket) - below) <= below + 1);
  }
}

TEST_CASE("latency: what cannot be is counted as the least, what lasts for ever as the most") {
  CHECK(latency_bucket(-1) == 0);
  CHECK(latency_bucket(INT64_MIN) == 0);
  CHECK(latency_bucket(INT64_MAX) == kLatencyBuckets - 1);
}

}  // namespace sluice
