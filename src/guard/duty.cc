#include "guard/duty.h"

#include <chrono>

#include <fmt/format.h>
#include <signal.h>

#include "guard/output_file.h"
#include "guard/project_folder.h"

namespace sluice::guard {
namespace {

constexpr std::int64_t kRotateEveryMs = 5'000;

Tick time_of_day() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

void log_failure(const Result<void>& result) {
  if (!result) fmt::print(stderr, "sluice guard: {}\n", result.error().message);
}

Supervisor::Place place_in(const GuardOptions& options) {
  return {.work_folder = project_folder(options.state_folder),
          .output_folder = options.state_folder + "/output"};
}

Launch engine_launch(const GuardOptions& options) {
  const std::string folder = project_folder(options.state_folder);
  return {.argv = {options.program, "engine", "--folder", folder},
          .variables = {},
          .folder = folder,
          .output_file = options.state_folder + "/engine.log"};
}

}  // namespace

Duty::Duty(const GuardOptions& options)
    : options_(options),
      supervisor_(place_in(options), [this](Durability durability) { return save(durability); }),
      engine_(engine_launch(options), [this](Durability durability) { return save(durability); }) {}

Result<std::unique_ptr<Duty>> Duty::open(const GuardOptions& options, std::int64_t now_ms) {
  const GuardState state = SLUICE_TRY(read_state(options.state_folder));
  std::unique_ptr<Duty> duty(new Duty(options));
  duty->supervisor_.restore(state, now_ms);
  duty->engine_.restore(state, now_ms);
  duty->keeper_.restore(state.lease, state.lease_generation, now_ms);
  duty->holder_ = LiveProcess::adopt(state.lease_holder);
  SLUICE_TRY(duty->save(Durability::survives_power));
  return duty;
}

Result<void> Duty::save(Durability durability) const {
  GuardState state;
  state.boot = boot_identity();
  supervisor_.store(state);
  engine_.store(state);
  state.lease = keeper_.lease();
  state.lease_generation = keeper_.generation();
  if (holder_) state.lease_holder = holder_->identity();
  return write_state(options_.state_folder, state, durability);
}

Result<void> Duty::refuse_when_going_down() const {
  if (!going_down_) return {};
  return fail(ErrorCode::unavailable, "the guard is going down");
}

Result<void> Duty::start_slot(const SlotKey& key, const SlotSpec& spec, std::int64_t now_ms) {
  SLUICE_TRY(refuse_when_going_down());
  return supervisor_.start(key, spec, now_ms);
}

Result<void> Duty::stop_slot(const SlotKey& key, std::uint64_t generation, std::int64_t now_ms) {
  SLUICE_TRY(refuse_when_going_down());
  return supervisor_.stop(key, generation, now_ms);
}

Result<void> Duty::want_engine(std::int64_t now_ms) {
  SLUICE_TRY(refuse_when_going_down());
  return engine_.want(now_ms);
}

Result<void> Duty::renew(const Lease& lease, std::int64_t now_ms) {
  SLUICE_TRY(refuse_when_going_down());
  if (takeover_) return fail(ErrorCode::unavailable, "traffic is being taken back");
  if (lease.generation >= keeper_.generation()) SLUICE_TRY(follow_holder(lease.pid));
  const std::optional<Lease> before = keeper_.lease();
  SLUICE_TRY(keeper_.renew(lease, now_ms));
  // A lease that cannot be written down still counts for this guard.
  if (before != keeper_.lease()) log_failure(save(Durability::survives_power));
  return {};
}

// From now on a descriptor stands for the engine, so that only this very process can be killed.
Result<void> Duty::follow_holder(int pid) {
  if (holder_ && holder_->identity().pid == pid && !holder_->ended()) return {};
  const auto identity = identify(pid);
  auto process = identity ? LiveProcess::adopt(*identity) : std::nullopt;
  if (!process) return fail(ErrorCode::invalid_input, fmt::format("no process {} runs", pid));
  holder_ = std::move(process);
  return {};
}

void Duty::go_down(std::int64_t now_ms) {
  if (going_down_) return;
  going_down_ = true;
  takeover_.reset();
  keeper_.end(keeper_.generation());
  engine_.stop(now_ms);
  log_failure(save(Durability::survives_power));
}

void Duty::step(std::int64_t now_ms) {
  supervisor_.step(now_ms);
  engine_.step(now_ms);
  // Not before: an engine that still runs would take stopped processes for failed ones.
  if (going_down_ && engine_.pid() == 0) supervisor_.stop_all(now_ms);
  watch_lease(now_ms);
  rotate(now_ms);
}

bool Duty::is_down() const {
  return going_down_ && engine_.pid() == 0 && supervisor_.nothing_runs();
}

void Duty::watch_lease(std::int64_t now_ms) {
  if (takeover_) {
    if (takeover_->step(now_ms)) end_takeover(now_ms);
  } else if (keeper_.expired(now_ms)) {
    begin_takeover(*keeper_.lease());
  }
}

// The engine that was started since, and has not renewed the lease either, is killed as well.
void Duty::begin_takeover(const Lease& lease) {
  const std::string cause =
      lease.given_up ? "gave its lease up" : fmt::format("was silent for {} ms", lease.valid_ms);
  fmt::print(stderr, "sluice guard: the engine (pid {}) {}\n", lease.pid, cause);
  if (holder_) holder_->signal_alone(SIGKILL);
  engine_.hold_back(true);
  engine_.kill();
  takeover_.emplace(options_.state_folder, lease, options_.open_router, time_of_day());
}

void Duty::end_takeover(std::int64_t now_ms) {
  const std::uint64_t generation = takeover_->report().generation;
  for (const RescueTarget& target : keeper_.lease()->rescue) {
    supervisor_.raise_generation(target.environment, generation);
  }
  if (takeover_->complete()) {
    keeper_.end(generation);
  } else {
    keeper_.rearm(generation, now_ms);  // unless the next engine takes it up
  }
  last_takeover_ = takeover_->report();
  takeover_.reset();
  engine_.hold_back(false);
  log_failure(save(Durability::survives_power));
  log_failure(engine_.want(now_ms));
}

void Duty::rotate(std::int64_t now_ms) {
  if (now_ms < next_rotation_ms_) return;
  next_rotation_ms_ = now_ms + kRotateEveryMs;
  supervisor_.rotate_outputs();
  rotate_output(options_.state_folder + "/engine.log");
  rotate_output(options_.state_folder + "/guard.log");
}

}  // namespace sluice::guard
