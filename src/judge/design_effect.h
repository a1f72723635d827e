// Design effect: by how many times bad events vary more between like units of the baseline than
// independent requests would make them vary; what the evidence has to be divided by.
//
// Where errors come in clusters (retries, one client, one server), a request tells less than an
// independent one. Dividing every increment of ln evidence by D is exactly valid where requests
// fall into unknown independent clusters of at most D requests, whatever happens inside a cluster
// (statistics notes 3.8 i); elsewhere it is an approximation, which leave-one-group-out and the
// blocks cover. Only what differs between units counts, so what all units share inflates nothing.
//
// Valid when the units are of about the canary's size or larger. Learns from the past alone: what
// it says before a batch does not know the batch. No allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "judge/baseline_units.h"
#include "judge/batch.h"

namespace sluice::judge {

// What was learnt of one kind of bad event, in sums over blocks of time, each weighted with its
// number of bad events, so that a rare outage of one unit weighs as much as it would harm.
struct Dispersion {
  double spread = 0;    // chi-squares, each divided by its degrees of freedom
  double events = 0;    // what that sum is expected to be for independent requests
  double variance = 0;  // and the variance that it would then have

  // Spread as a multiple of what independent requests show, which is what is believed at first.
  [[nodiscard]] double index() const;
  // At least 1. Above 1 only where the index is too large for chance.
  [[nodiscard]] double design_effect() const;
  friend bool operator==(const Dispersion&, const Dispersion&) = default;
};

// By group, and by client.
inline constexpr std::size_t kDivisions = 2;
using Dispersions = std::array<Dispersion, kDivisions>;

class DesignEffect {
 public:
  // Of errors, or of requests over target.
  DesignEffect(const Settings& settings, std::int64_t Counts::* bad, std::int64_t block_ms,
               const Dispersions& past);

  // Taken up by the clock, sixty times in a block, and at most once a second.
  void learn(const Batch& batch);
  // The same for one who asks for the index alone.
  void gather(const Batch& batch);
  // Shares changed: the block under way ends here.
  void end_block();

  // The larger of the two divisions.
  [[nodiscard]] double value() const { return value_; }
  // Of all that was seen, with what has come of the block under way. Takes time.
  [[nodiscard]] double index() const;
  // As they were taken up last.
  [[nodiscard]] const Dispersions& dispersions() const { return seen_; }

 private:
  [[nodiscard]] Dispersions with_block() const;
  void look();

  Settings settings_;
  std::int64_t Counts::* bad_;
  std::int64_t block_ms_;
  std::int64_t look_every_ms_;
  Batch block_;
  std::int64_t looked_at_ms_ = 0;  // within the block
  Dispersions ended_;              // blocks that have ended
  Dispersions seen_;
  double value_ = 1;
};

}  // namespace sluice::judge
