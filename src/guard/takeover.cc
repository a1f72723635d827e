#include "guard/takeover.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "guard/acts.h"

namespace sluice::guard {
namespace {

constexpr std::int64_t kLockPatienceMs = 2'000;  // then the log says that somebody holds it
constexpr std::int64_t kTryEveryMs = 200;
constexpr std::int64_t kTryForMs = 3'000;  // then the next engine goes on, or the next take-over
constexpr std::int64_t kRecordEveryMs = 500;
constexpr std::size_t kActsMax = 200;  // fits into what read_acts() reads

std::size_t index(Slot slot) { return slot == Slot::a ? 0 : 1; }

std::string to_text(const Routing& routing) {
  return fmt::format("baseline {}, {} to slot {}", to_text(routing.baseline),
                     to_text(routing.share), to_text(other(routing.baseline)));
}

// Why the engine is not waited for.
std::string cause(const Lease& lease) {
  if (lease.given_up) return "the engine gave its lease up";
  return fmt::format("engine silent for {}", duration_text(lease.valid_ms));
}

void tell(const Error& error) { fmt::print(stderr, "sluice guard: {}\n", error.message); }

}  // namespace

Takeover::Takeover(std::string state_folder, Lease lease, OpenRouter open_router, Tick at)
    : state_folder_(std::move(state_folder)),
      lease_(std::move(lease)),
      open_router_(std::move(open_router)) {
  report_.at = at;
  for (const RescueTarget& target : lease_.rescue) sides_.push_back({.target = target});
}

bool Takeover::step(std::int64_t now_ms) {
  if (!lock_) {
    if (!lock(now_ms)) return false;
    survey();
    announce();
    try_until_ms_ = now_ms + kTryForMs;
    next_try_ms_ = now_ms;
  }
  if (concluded_) return record(now_ms);
  if (now_ms < next_try_ms_) return false;
  for (Side& side : sides_) {
    if (!side.back) put_back(side);
  }
  next_try_ms_ = now_ms + kTryEveryMs;
  if (!complete() && now_ms < try_until_ms_) return false;
  conclude();
  return record(now_ms);
}

bool Takeover::complete() const {
  return std::ranges::all_of(sides_, [](const Side& side) { return side.back; });
}

bool Takeover::lock(std::int64_t now_ms) {
  if (begun_ms_ < 0) begun_ms_ = now_ms;
  auto taken = EngineLock::take(state_folder_);
  if (taken) {
    lock_.emplace(*std::move(taken));
    return true;
  }
  if (!told_of_lock_ && now_ms - begun_ms_ >= kLockPatienceMs) {
    fmt::print(stderr, "sluice guard: traffic cannot be taken back yet: {}\n",
               taken.error().message);
    told_of_lock_ = true;
  }
  return false;
}

// The generation is above every one that the engine may have used.
void Takeover::survey() {
  report_.generation = lease_.generation + 1;
  for (Side& side : sides_) look_at(side);
}

void Takeover::look_at(Side& side) {
  auto router = open_router_(side.target);
  if (!router) {
    side.words = router.error().message;
    return;
  }
  side.router = *std::move(router);
  const auto state = side.router->observe();
  side.words = state ? to_text(state->routing) : state.error().message;
  // A number that no engine can have reached is somebody's mistake and must not become ours.
  if (state && state->generation < lease_.generation + kGenerationStepMax) {
    report_.generation = std::max(report_.generation, state->generation + 1);
  }
}

void Takeover::announce() {
  auto earlier = read_acts(state_folder_);
  if (!earlier) fmt::print(stderr, "sluice guard: {}\n", earlier.error().message);
  if (earlier && earlier->size() < kActsMax) acts_ = *std::move(earlier);
  acts_.emplace_back();
  report_.detail = fmt::format("began: {}, taking traffic back", cause(lease_));
  for (const Side& side : sides_) {
    report_.detail += fmt::format("; {} was: {}", side.target.environment.text, side.words);
  }
  // Also when it cannot be written the traffic goes back.
  if (const auto written = write_report(); !written) tell(written.error());
}

void Takeover::put_back(Side& side) const {
  const Slot baseline = side.target.baseline;
  if (!side.router) {
    auto router = open_router_(side.target);
    if (!router) {
      side.words = "left as it is: " + router.error().message;
      return;
    }
    side.router = *std::move(router);
  }
  const auto before = side.router->observe();
  if (!before) {
    side.words = "left as it is: " + before.error().message;
    return;
  }
  if (before->live_servers[index(baseline)] <= 0) {
    side.words =
        fmt::format("left as it is: baseline slot {} has no live server", to_text(baseline));
    return;
  }
  const Routing wanted{.baseline = baseline, .share = Share::none()};
  const auto applied = side.router->apply(wanted, report_.generation);
  const auto after = side.router->observe();
  side.back = applied && after && after->routing == wanted && after->unstored.empty();
  side.words = words_after(side, applied, after);
}

// A router that took the share but cannot store it has no traffic on the canary now: that is said.
std::string Takeover::words_after(const Side& side, const Result<void>& applied,
                                  const Result<RouterState>& after) const {
  if (!after) return "not read back: " + after.error().message;
  const Routing wanted{.baseline = side.target.baseline, .share = Share::none()};
  if (after->routing != wanted) {
    const std::string why = applied ? "reads " + to_text(after->routing) : applied.error().message;
    return "not taken back: " + why;
  }
  const std::string now = fmt::format("all traffic at slot {}", to_text(wanted.baseline));
  if (side.back) return now;
  return now + ", until HAProxy restarts: " + (applied ? after->unstored : applied.error().message);
}

void Takeover::conclude() {
  report_.detail = cause(lease_);
  for (const Side& side : sides_) {
    report_.detail += fmt::format("; {}: {}", side.target.environment.text, side.words);
  }
  if (sides_.empty()) report_.detail += "; no traffic to take back";
  concluded_ = true;
}

// True once it is on disk. Until then what is not back yet is tried on.
bool Takeover::record(std::int64_t now_ms) {
  if (now_ms < next_record_ms_) return false;
  next_record_ms_ = now_ms + kRecordEveryMs;
  if (const auto written = write_report(); !written) {
    if (!std::exchange(told_of_disk_, true)) tell(written.error());
    concluded_ = complete();
    return false;
  }
  lock_.reset();
  return true;
}

Result<void> Takeover::write_report() {
  acts_.back() = report_;
  SLUICE_TRY(write_acts(state_folder_, acts_));
  fmt::print(stderr, "sluice guard: generation {}: {}\n", report_.generation, report_.detail);
  return {};
}

}  // namespace sluice::guard
