#include "judge/burn_rate.h"

#include <algorithm>

#include "base/assert.h"

namespace sluice::judge {
namespace {

enum Window : std::size_t { five_minutes, half_hour, hour, six_hours, three_days };

constexpr std::int64_t kCountMax = std::int64_t{1} << 40U;  // of one minute
constexpr std::int64_t kToldMinutes = 5;                    // the ledger is written more often
constexpr std::int64_t kLastsMs = kSecondMs;
// A rate of fewer requests, without errors enough, is not told as the highest.
constexpr std::int64_t kRequestsToTell = 1'000;

std::int64_t minute_of(Tick now) { return now.unix_ms / kMinuteMs; }

std::size_t place_of(std::int64_t minute) {
  return static_cast<std::size_t>(minute % kBurnMinutesKept);
}

}  // namespace

double burning_rate(double objective) { return std::min(1.0, kBurnFast * (1 - objective)); }

BurnWindows::BurnWindows(double objective, std::span<const MinuteCounts> known, Tick now)
    : objective_(objective), minutes_(kBurnMinutesKept) {
  SLUICE_ASSERT(objective > 0 && objective < 1);
  const std::int64_t today = std::max<std::int64_t>(0, minute_of(now));
  now_.minute = today;
  for (const MinuteCounts& one : known) {
    if (one.minute > today || one.minute <= today - kBurnMinutesKept || one.minute < 0) continue;
    MinuteCounts sound = one;
    sound.requests = std::clamp<std::int64_t>(one.requests, 0, kCountMax);
    sound.errors = std::clamp<std::int64_t>(one.errors, 0, sound.requests);
    (one.minute == today ? now_ : minutes_[place_of(one.minute)]) = sound;
  }
  turn_to(today);
  burns_on_ = burning().any();
  if (burns_on_) burning_since_ = now;
}

void BurnWindows::turn_to(std::int64_t minute) {
  if (minute != now_.minute) {
    minutes_[place_of(now_.minute)] = now_;
    now_ = {.minute = minute};
  }
  over_ = {};
  for (const MinuteCounts& one : minutes_) {
    for (std::size_t i = 0; i < kLengths.size(); ++i) {
      if (one.requests == 0 || one.minute <= minute - kLengths[i] || one.minute >= minute) continue;
      over_[i].requests += one.requests;
      over_[i].errors += one.errors;
      ++over_[i].minutes;
    }
  }
}

void BurnWindows::add(std::int64_t errors, std::int64_t requests, Tick now) {
  if (const std::int64_t minute = minute_of(now); minute > now_.minute) turn_to(minute);
  now_.requests = std::clamp<std::int64_t>(now_.requests + requests, 0, kCountMax);
  now_.errors = std::clamp<std::int64_t>(now_.errors + errors, 0, now_.requests);
  note_highest();
  note_burning(now);
}

void BurnWindows::note_burning(Tick now) {
  if (!burning().any()) {
    burning_since_.reset();
    burns_on_ = false;
    return;
  }
  if (!burning_since_) burning_since_ = now;
  burns_on_ = burns_on_ || now - *burning_since_ >= kLastsMs;
}

void BurnWindows::note_highest() {
  const Sum last_hour = sum(hour);
  if (last_hour.errors < kBurnErrorsMin && last_hour.requests < kRequestsToTell) return;
  enough_ = true;
  const double rate = fast_rate();
  if (rate < highest_ || (rate == highest_ && rate > 0)) return;
  highest_ = rate;
  highest_minutes_ = last_hour.minutes;
}

BurnWindows::Sum BurnWindows::sum(std::size_t window) const {
  Sum all = over_[window];
  all.requests += now_.requests;
  all.errors += now_.errors;
  all.minutes += now_.requests > 0 ? 1 : 0;
  return all;
}

double BurnWindows::rate(const Sum& sum) const {
  if (sum.requests == 0) return 0;
  return static_cast<double>(sum.errors) / static_cast<double>(sum.requests) / (1 - objective_);
}

bool BurnWindows::burns(double factor, std::size_t longer, std::size_t shorter) const {
  const Sum long_sum = sum(longer);
  const bool has_data = shorter == five_minutes || long_sum.minutes >= kLengths[shorter];
  return has_data && long_sum.errors >= kBurnErrorsMin && rate(long_sum) > factor &&
         rate(sum(shorter)) > factor;
}

Burning BurnWindows::burning() const {
  return {.fast = burns(kBurnFast, hour, five_minutes),
          .medium = burns(kBurnMedium, six_hours, half_hour),
          .slow = burns(kBurnSlow, three_days, six_hours)};
}

BurnWindows::Sum BurnWindows::window_of(std::int64_t minutes) const {
  const auto found = std::ranges::find(kLengths, minutes);
  SLUICE_ASSERT(found != kLengths.end());
  return sum(static_cast<std::size_t>(found - kLengths.begin()));
}

double BurnWindows::burn_rate(std::int64_t minutes) const { return rate(window_of(minutes)); }

std::int64_t BurnWindows::data_minutes(std::int64_t minutes) const {
  return window_of(minutes).minutes;
}

double BurnWindows::fast_rate() const { return std::min(rate(sum(hour)), rate(sum(five_minutes))); }

bool BurnWindows::computed() const { return sum(five_minutes).requests > 0; }

Burn BurnWindows::burn() const {
  Burn out{.objective = objective_, .computed = computed(), .service = fast_rate()};
  out.burning = burns_on_;
  out.data_minutes = sum(hour).minutes;
  out.highest = enough_ ? highest_ : out.service;
  out.highest_minutes = enough_ ? highest_minutes_ : out.data_minutes;
  for (std::int64_t minute = now_.minute - kToldMinutes; minute < now_.minute; ++minute) {
    if (minute < 0) continue;
    const MinuteCounts& one = minutes_[place_of(minute)];
    if (one.minute == minute && one.requests > 0) out.minutes.push_back(one);
  }
  if (now_.requests > 0) out.minutes.push_back(now_);
  return out;
}

}  // namespace sluice::judge
