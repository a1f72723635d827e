// Restart mass: the money of one sequential test, and when it is staked.
//
// A test that stakes everything at the start has lost it by the time a late defect appears. So 70 %
// is staked on the first batch, and the rest bit by bit as time goes on: 20 % evenly over the
// planned duration, and half of what is then left over each further duration. Staked and unstaked
// money together begin at 1, which keeps the test's bound. The schedule knows the clock only.
#pragma once

#include <cstdint>

namespace sluice::judge {

class RestartMass {
 public:
  explicit RestartMass(std::int64_t planned_ms);

  void pass(std::int64_t elapsed_ms);

  // What is to be staked now, before the batch: 70 % the first time, then what became due. To be
  // called for every batch that is judged: a stake on a disaster is lost to the first few good
  // answers, so that a fresh one must never be more than a few requests away.
  [[nodiscard]] double take();

  // Half of what is unstaked, for a moment at which trouble is to be expected. 0 before the start.
  [[nodiscard]] double take_half();

  [[nodiscard]] double unstaked() const;

 private:
  [[nodiscard]] double due() const;  // of the part for restarts, before halving

  std::int64_t planned_ms_;
  std::int64_t now_ms_ = 0;
  double taken_ = 0;  // of due()
  double scale_ = 1;  // halved by take_half()
  bool started_ = false;
};

}  // namespace sluice::judge
