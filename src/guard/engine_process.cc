#include "guard/engine_process.h"

#include <fmt/format.h>
#include <signal.h>

namespace sluice::guard {
namespace {

constexpr std::int64_t kStopGraceMs = 5'000;

}  // namespace

EngineProcess::EngineProcess(Launch launch, Save save)
    : launch_(std::move(launch)), save_(std::move(save)) {}

Result<void> EngineProcess::want(std::int64_t now_ms) {
  if (wanted_ && process_) return {};
  wanted_ = true;
  kill_ms_ = 0;
  history_ = {};
  next_start_ms_ = now_ms;
  return save_(Durability::survives_power);
}

void EngineProcess::stop(std::int64_t now_ms) {
  wanted_ = false;
  if (!process_ || kill_ms_ != 0) return;
  process_->signal_group(SIGTERM);
  kill_ms_ = now_ms + kStopGraceMs;
}

void EngineProcess::kill() {
  if (process_) process_->signal_group(SIGKILL);
}

void EngineProcess::step(std::int64_t now_ms) {
  if (process_) {
    if (const auto ending = process_->ended()) {
      take_end(*ending, now_ms);
    } else if (kill_ms_ != 0 && now_ms >= kill_ms_) {
      process_->signal_group(SIGKILL);
    }
  }
  if (!process_ && wanted_ && !held_back_ && now_ms >= next_start_ms_) start(now_ms);
}

void EngineProcess::start(std::int64_t now_ms) {
  if (history_.ended_in_row > 0) ++restarts_;
  started_ms_ = now_ms;
  kill_ms_ = 0;
  auto held = LiveProcess::hold(launch_);
  if (held) {
    process_ = *std::move(held);
    const auto saved = save_(Durability::survives_kill);
    if (!saved) fmt::print(stderr, "sluice guard: {}\n", saved.error().message);
  }
  const auto begun = process_ ? process_->begin() : Result<void>(std::unexpected(held.error()));
  if (begun) return;
  last_end_ = begun.error().message;
  schedule(now_ms);
}

void EngineProcess::take_end(const Ending& ending, std::int64_t now_ms) {
  last_end_ = to_text(ending);
  if (ending.status == 0) wanted_ = false;
  schedule(now_ms);
  fmt::print(stderr, "sluice guard: the engine {}{}\n", last_end_,
             wanted_ ? "; it is started again" : "");
  const auto saved = save_(Durability::survives_kill);
  if (!saved) fmt::print(stderr, "sluice guard: {}\n", saved.error().message);
}

void EngineProcess::schedule(std::int64_t now_ms) {
  process_.reset();
  history_ = after_run(history_, {.was_ready = true, .good_ms = now_ms - started_ms_}, policy_);
  next_start_ms_ = now_ms + delay_ms(history_, policy_);
}

void EngineProcess::store(GuardState& state) const {
  state.engine.wanted = wanted_;
  state.engine.process = process_ ? process_->identity() : ProcessIdentity{};
}

void EngineProcess::restore(const GuardState& state, std::int64_t now_ms) {
  wanted_ = state.engine.wanted;
  process_ = LiveProcess::adopt(state.engine.process);
  started_ms_ = next_start_ms_ = now_ms;
}

}  // namespace sluice::guard
