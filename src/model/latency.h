// Latency: requests counted by how long they took, in buckets that are the same everywhere, so that
// counts of several sources can be added.
//
// Up to 15 ms each millisecond has a bucket of its own; above, each doubling is divided into eight,
// so that an edge is never further from a time than an eighth of it; all that took 131,072 ms and
// more is in the last. Whole milliseconds, because that is what HAProxy's log says.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace sluice {

inline constexpr std::size_t kLatencyBuckets = 121;

// Requests by bucket. All zero: nothing came, or the source does not count latencies.
using LatencyCounts = std::array<std::uint32_t, kLatencyBuckets>;

// What is negative counts as 0 ms.
[[nodiscard]] constexpr std::size_t latency_bucket(std::int64_t ms) {
  if (ms < 16) return static_cast<std::size_t>(std::max<std::int64_t>(ms, 0));
  const auto time = static_cast<std::uint64_t>(ms);
  const int doubling = static_cast<int>(std::bit_width(time)) - 5;  // 0: 16 to 31 ms
  const std::uint64_t eighth = (time >> static_cast<unsigned>(doubling + 1)) & 7U;
  const std::size_t bucket = 16 + static_cast<std::size_t>(doubling) * 8 + eighth;
  return std::min(bucket, kLatencyBuckets - 1);
}

// The longest time that belongs to a bucket. The last has no such edge: it must not be asked for.
[[nodiscard]] constexpr std::int64_t latency_edge_ms(std::size_t bucket) {
  if (bucket < 16) return static_cast<std::int64_t>(bucket);
  const std::size_t doubling = (bucket - 16) / 8;
  const std::size_t eighth = (bucket - 16) % 8;
  return static_cast<std::int64_t>((9 + eighth) << (doubling + 1)) - 1;
}

}  // namespace sluice
