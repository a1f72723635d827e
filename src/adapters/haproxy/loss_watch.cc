#include "adapters/haproxy/loss_watch.h"

#include <algorithm>

namespace sluice::haproxy {
namespace {

constexpr std::int64_t kWindowMs = 10'000;
constexpr std::int64_t kSettleMs = 500;  // a line that is this late is lost
constexpr std::size_t kSamplesMax = 512;

}  // namespace

void LossWatch::restart() { *this = LossWatch(); }

void LossWatch::line(std::int64_t ended_ms) {
  if (!begun_) return;
  ++lines_;
  for (auto sample = samples_.rbegin(); sample != samples_.rend() && sample->at_ms >= ended_ms;
       ++sample) {
    ++sample->lines;
  }
}

void LossWatch::sample(std::int64_t now_ms, std::int64_t completed) {
  const bool backwards = !samples_.empty() && now_ms < samples_.back().at_ms;
  if (backwards || completed < completed_at_begin_) restart();
  if (!begun_) {
    begun_ = true;
    completed_at_begin_ = completed;
  }
  samples_.push_back(
      {.at_ms = now_ms, .completed = completed - completed_at_begin_, .lines = lines_});
  while (samples_.size() > kSamplesMax || samples_.front().at_ms < now_ms - kWindowMs) {
    settled_deficit_ = std::max(settled_deficit_, samples_.front().deficit());
    samples_.pop_front();
  }
}

// A line that ended between HAProxy's reading of its counters and our receipt of them makes a
// deficit look smaller than it is, never larger; and what is lost stays lost. So the largest
// deficit up to a moment is the best estimate for that moment, and no such line looks like a loss.
LossWatch::Window LossWatch::window(std::int64_t now_ms) const {
  Window window;
  if (samples_.empty()) return window;
  const Sample& first = samples_.front();
  const std::int64_t lost_before = std::max(settled_deficit_, first.deficit());
  std::int64_t lost_until_now = lost_before;
  for (const Sample& sample : samples_) {
    if (sample.at_ms > now_ms - kSettleMs) break;
    lost_until_now = std::max(lost_until_now, sample.deficit());
    window.completed = sample.completed - first.completed;
    window.surplus = std::max<std::int64_t>(0, first.deficit() - sample.deficit());
  }
  window.missing = lost_until_now - lost_before;
  return window;
}

}  // namespace sluice::haproxy
