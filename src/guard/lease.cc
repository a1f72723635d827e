#include "guard/lease.h"

#include <algorithm>

#include <fmt/format.h>

namespace sluice::guard {

Result<void> LeaseKeeper::renew(const Lease& lease, std::int64_t now_ms) {
  if (lease.generation < generation_) {
    return fail(ErrorCode::rejected, fmt::format("lease of generation {}: generation {} was seen",
                                                 lease.generation, generation_));
  }
  generation_ = lease.generation;
  lease_ = lease;
  ends_ms_ = now_ms + (lease.given_up ? 0 : lease.valid_ms);
  looked_ms_ = now_ms;
  return {};
}

bool LeaseKeeper::expired(std::int64_t now_ms) {
  const std::int64_t unwatched_ms = now_ms - looked_ms_ - kStallMs;
  looked_ms_ = now_ms;
  if (!lease_ || !lease_->active) return false;
  if (unwatched_ms > 0) ends_ms_ += unwatched_ms;
  return now_ms >= ends_ms_;
}

void LeaseKeeper::end(std::uint64_t generation) {
  generation_ = std::max(generation_, generation);
  lease_.reset();
}

void LeaseKeeper::rearm(std::uint64_t generation, std::int64_t now_ms) {
  generation_ = std::max(generation_, generation);
  if (!lease_) return;
  lease_->generation = generation_;
  ends_ms_ = now_ms + lease_->valid_ms;
  looked_ms_ = now_ms;
}

std::int64_t LeaseKeeper::left_ms(std::int64_t now_ms) const {
  if (!lease_ || !lease_->active) return 0;
  return std::max<std::int64_t>(0, ends_ms_ - now_ms);
}

void LeaseKeeper::restore(std::optional<Lease> lease, std::uint64_t generation,
                          std::int64_t now_ms) {
  lease_ = std::move(lease);
  generation_ = generation;
  rearm(generation, now_ms);
}

}  // namespace sluice::guard
