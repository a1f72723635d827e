#include "adapters/haproxy/loss_watch.h"

#include <algorithm>

namespace sluice::haproxy {
namespace {

constexpr std::int64_t kWindowMs = 10'000;
constexpr std::int64_t kSettleMs = 500;  // a line that is this late is lost
constexpr std::size_t kSurplusSamples = 5;
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
// Nor like one too many: a line that nobody completed is in every later sample, so the largest
// deficit of several in a row tells it from an answer of HAProxy that was slow on its way.
LossWatch::Window LossWatch::window(std::int64_t now_ms) const {
  Window window;
  if (samples_.empty()) return window;
  const Sample& first = samples_.front();
  const std::int64_t lost_before = std::max(settled_deficit_, first.deficit());
  std::int64_t lost_until_now = lost_before;
  std::size_t settled = 0;
  for (; settled < samples_.size(); ++settled) {
    const Sample& sample = samples_[settled];
    if (sample.at_ms > now_ms - kSettleMs) break;
    lost_until_now = std::max(lost_until_now, sample.deficit());
    window.completed = sample.completed - first.completed;
  }
  window.missing = lost_until_now - lost_before;
  window.surplus = surplus(settled);
  return window;
}

std::int64_t LossWatch::surplus(std::size_t settled) const {
  if (settled < kSurplusSamples) return 0;
  std::int64_t deficit = samples_[settled - kSurplusSamples].deficit();
  for (std::size_t i = settled - kSurplusSamples; i < settled; ++i) {
    deficit = std::max(deficit, samples_[i].deficit());
  }
  return std::max<std::int64_t>(0, samples_.front().deficit() - deficit);
}

}  // namespace sluice::haproxy
