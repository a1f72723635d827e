// Baseline rate: what is expected of the baseline before the next batch, from its past alone.
//
// Counts fade with a half-life of ten minutes, so that the rate follows the day. A wrong rate costs
// power, never validity.
#pragma once

#include <cstdint>

#include "model/event.h"

namespace sluice::judge {

class BaselineRate {
 public:
  // `history` counts for at most 50,000 requests, so that new counts soon outweigh it.
  explicit BaselineRate(const Counts& history);

  void learn(const Counts& baseline, std::int64_t elapsed_ms);

  // (errors + 1/2) / (requests + 500), within [1e-9, 0.9].
  [[nodiscard]] double rate() const;

 private:
  double errors_ = 0;
  double requests_ = 0;
};

}  // namespace sluice::judge
