#include "adapters/haproxy/hang_watch.h"

#include <algorithm>

namespace sluice::haproxy {
namespace {

constexpr std::size_t kSamplesMax = 2'048;
constexpr std::int64_t kBlurMs =
    5;  // between HAProxy's stamp of a line and our reading of the clock
constexpr std::int64_t kSettleMs = 500;  // a line that is this late is lost

}  // namespace

void HangWatch::restart(std::int64_t since_ms) {
  since_ms_ = since_ms;
  first_.reset();
  samples_.clear();
  counted_ = 0;
  counted_until_ms_ = 0;
  too_many_since_ms_.reset();
}

bool HangWatch::line(std::int64_t began_ms) {
  for (auto sample = samples_.rbegin(); sample != samples_.rend() && sample->at_ms >= began_ms;
       ++sample) {
    ++sample->ended;
  }
  if (first_ && first_->at_ms >= began_ms) ++first_->ended;
  if (first_ && first_->at_ms > began_ms + kBlurMs) return false;
  if (counted_ == 0 || began_ms > counted_until_ms_ + kBlurMs) return false;
  --counted_;
  return true;
}

// What is counted and no longer in flight has a line on its way, or had one that was lost.
void HangWatch::forget_lost(std::int64_t now_ms, std::int64_t in_flight) {
  if (counted_ <= in_flight) {
    too_many_since_ms_.reset();
  } else if (!too_many_since_ms_) {
    too_many_since_ms_ = now_ms;
  } else if (now_ms - *too_many_since_ms_ >= kSettleMs) {
    counted_ = in_flight;
  }
}

std::int64_t HangWatch::sample(std::int64_t now_ms, std::int64_t in_flight) {
  const bool backwards = !samples_.empty() && now_ms < samples_.back().at_ms;
  if (backwards) restart(now_ms);  // the clock was set back: begin anew
  if (now_ms < since_ms_) return 0;
  samples_.push_back({.at_ms = now_ms, .in_flight = in_flight});
  if (!first_) first_ = samples_.back();
  while (samples_.size() > kSamplesMax ||
         (samples_.size() > 1 && samples_[1].at_ms <= now_ms - target_ms_)) {
    samples_.pop_front();
  }
  forget_lost(now_ms, in_flight);

  const Sample& old = samples_.front();
  if (old.at_ms > now_ms - target_ms_) return 0;
  const std::int64_t strangers = std::min(first_->left(), in_flight);
  const std::int64_t over = std::min(old.left(), in_flight) - strangers;
  counted_until_ms_ = old.at_ms;
  const std::int64_t fresh = std::max<std::int64_t>(0, over - counted_);
  counted_ += fresh;
  return fresh;
}

}  // namespace sluice::haproxy
