// LossWatch: compares the log lines of one slot with the requests that HAProxy says it completed,
// over the last ten seconds.
//
// Pure; times are milliseconds of the wall clock, which HAProxy stamps its lines with. A line
// counts at the moment its request ended, not when it arrived, so a reader that was late loses
// nothing.
#pragma once

#include <cstdint>
#include <deque>

namespace sluice::haproxy {

class LossWatch {
 public:
  struct Window {
    std::int64_t completed = 0;
    std::int64_t missing = 0;  // lines that never came
    std::int64_t surplus = 0;  // lines that nobody completed
    // More than 1 % of what was completed.
    [[nodiscard]] bool lossy() const { return missing * 100 > completed; }
    [[nodiscard]] bool forged() const { return surplus > 5 && surplus * 100 > completed; }
  };

  // HAProxy's counters began anew.
  void restart();
  void line(std::int64_t ended_ms);
  // `completed` was read from HAProxy just before now_ms, after all lines there were had been read.
  void sample(std::int64_t now_ms, std::int64_t completed);
  [[nodiscard]] Window window(std::int64_t now_ms) const;

 private:
  struct Sample {
    std::int64_t at_ms = 0;
    std::int64_t completed = 0;  // since the first sample
    std::int64_t lines = 0;  // read since the first sample, of requests that ended before this one
    [[nodiscard]] std::int64_t deficit() const { return completed - lines; }
  };
  // As the last of the first `settled` samples have it.
  [[nodiscard]] std::int64_t surplus(std::size_t settled) const;

  bool begun_ = false;
  std::int64_t completed_at_begin_ = 0;
  std::int64_t lines_ = 0;
  std::int64_t settled_deficit_ = 0;  // the largest of the samples that have left the window
  std::deque<Sample> samples_;
};

}  // namespace sluice::haproxy
