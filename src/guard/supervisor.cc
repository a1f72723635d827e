#include "guard/supervisor.h"

#include <algorithm>

#include <fmt/format.h>
#include <signal.h>

#include "base/text.h"
#include "guard/output_file.h"
#include "guard/port.h"
#include "net/last_line.h"

namespace sluice::guard {
namespace {

constexpr std::int64_t kCheckUnreadyMs = 100;
constexpr std::int64_t kCheckReadyMs = 1'000;
constexpr std::int64_t kCheckTimeoutMs = 1'000;
constexpr int kFailedChecksMax = 3;

}  // namespace

Supervisor::Supervisor(Place place, Save save) : place_(std::move(place)), save_(std::move(save)) {}

Result<void> Supervisor::see_generation(const SlotKey& key, std::uint64_t generation) {
  std::uint64_t& newest = generations_[key.environment.text];
  if (generation < newest) {
    return fail(ErrorCode::rejected, fmt::format("{}: generation {} is older than {}", to_text(key),
                                                 generation, newest));
  }
  newest = generation;
  return {};
}

void Supervisor::raise_generation(const EnvironmentName& environment, std::uint64_t generation) {
  std::uint64_t& newest = generations_[environment.text];
  newest = std::max(newest, generation);
}

Result<void> Supervisor::write_down(const SlotKey& key, std::optional<SlotSpec> wanted) {
  intent_ = Intent{key, std::move(wanted)};
  auto saved = save_(Durability::survives_power);
  intent_.reset();
  return saved;
}

Result<void> Supervisor::start(const SlotKey& key, const SlotSpec& spec, std::int64_t now_ms) {
  SLUICE_TRY(see_generation(key, spec.generation));
  SlotRun& slot = slots_[key];
  if (slot.wanted && slot.wanted->release == spec.release) {
    const bool new_attempt = slot.gave_up && spec.generation > slot.wanted->generation;
    const bool new_command = !slot.was_ready && !runs_the_same(*slot.wanted, spec);
    if (!new_attempt && !new_command) return {};
  }
  SLUICE_TRY(write_down(key, spec));
  replace(slot, spec, now_ms);
  return {};
}

Result<void> Supervisor::stop(const SlotKey& key, std::uint64_t generation, std::int64_t now_ms) {
  SLUICE_TRY(see_generation(key, generation));
  const auto found = slots_.find(key);
  if (found == slots_.end() || !found->second.wanted) return {};
  const auto saved = write_down(key, std::nullopt);
  if (!saved) fmt::print(stderr, "sluice guard: {}\n", saved.error().message);
  replace(found->second, std::nullopt, now_ms);
  return {};
}

void Supervisor::stop_all(std::int64_t now_ms) {
  if (stops_all_) return;
  stops_all_ = true;
  const auto saved = save_(Durability::survives_power);
  if (!saved) fmt::print(stderr, "sluice guard: {}\n", saved.error().message);
  for (auto& [key, slot] : slots_) {
    if (slot.wanted) replace(slot, std::nullopt, now_ms);
  }
}

void Supervisor::replace(SlotRun& slot, std::optional<SlotSpec> wanted, std::int64_t now_ms) {
  const std::int64_t grace_ms = slot.wanted ? slot.wanted->stop_grace_ms : 0;
  for (Instance& instance : slot.instances) {
    if (!instance.process) continue;
    instance.process->signal_group(SIGTERM);
    slot.stopping.push_back({*std::move(instance.process), grace_ms, now_ms + grace_ms});
  }
  const std::size_t count = wanted ? wanted->instances.size() : 0;
  SlotRun fresh;
  fresh.wanted = std::move(wanted);
  fresh.instances.resize(count);
  fresh.stopping = std::move(slot.stopping);
  slot = std::move(fresh);
}

void Supervisor::step(std::int64_t now_ms) {
  now_ms_ = now_ms;
  client_.step();
  for (auto& [key, slot] : slots_) {
    step_stopping(slot, now_ms);
    // The old processes hold the ports.
    if (!slot.stopping.empty()) continue;
    for (std::size_t i = 0; i < slot.instances.size(); ++i) step_instance(key, slot, i, now_ms);
    const auto is_ready = [](const Instance& each) { return each.ready; };
    if (slot.wanted && std::ranges::all_of(slot.instances, is_ready)) slot.was_ready = true;
  }
}

void Supervisor::step_stopping(SlotRun& slot, std::int64_t now_ms) const {
  std::erase_if(slot.stopping, [](Stopping& each) { return each.process.ended().has_value(); });
  for (Stopping& each : slot.stopping) {
    if (now_ms >= each.kill_ms) each.process.signal_group(SIGKILL);
  }
}

void Supervisor::step_instance(const SlotKey& key, SlotRun& slot, std::size_t index,
                               std::int64_t now_ms) {
  Instance& instance = slot.instances[index];
  if (!instance.process) {
    if (!slot.gave_up && now_ms >= instance.next_start_ms) start_run(key, slot, index, now_ms);
    return;
  }
  if (const auto ending = instance.process->ended()) {
    const std::string last = net::last_line_of(output_file(key, index));
    end_run(slot, index, last.empty() ? to_text(*ending) : to_text(*ending) + ": " + last, now_ms);
  } else if (!instance.checking && now_ms >= instance.next_check_ms) {
    check_ready(key, slot, index, now_ms);
  }
}

void Supervisor::start_run(const SlotKey& key, SlotRun& slot, std::size_t index,
                           std::int64_t now_ms) {
  Instance& instance = slot.instances[index];
  const RestartHistory history = instance.history;
  if (history.ended_in_row > 0) ++slot.restarts;
  instance = Instance{};
  instance.history = history;
  instance.run = ++runs_;
  instance.next_check_ms = now_ms;
  const auto launched = launch(key, slot.wanted->instances[index], index, instance);
  if (!launched) end_run(slot, index, launched.error().message, now_ms);
}

Result<void> Supervisor::launch(const SlotKey& key, const InstanceSpec& spec, std::size_t index,
                                Instance& instance) {
  // Otherwise the stranger on the port could answer the readiness check.
  if (!port_is_free(spec.port)) {
    return fail(ErrorCode::conflict, fmt::format("port {} is taken by another program", spec.port));
  }
  instance.process = SLUICE_TRY(LiveProcess::hold({.argv = spec.argv,
                                                   .variables = spec.variables,
                                                   .folder = place_.work_folder,
                                                   .output_file = output_file(key, index)}));
  // A restart goes on when this cannot be written (a full disk): availability comes first.
  const auto saved = save_(Durability::survives_kill);
  if (!saved) fmt::print(stderr, "sluice guard: {}\n", saved.error().message);
  const auto begun = instance.process->begin();
  if (!begun) return std::unexpected(begun.error().in(printable(spec.argv.front(), 100)));
  return {};
}

void Supervisor::end_run(SlotRun& slot, std::size_t index, const std::string& complaint,
                         std::int64_t now_ms) const {
  Instance& instance = slot.instances[index];
  const Run run{.was_ready = instance.was_ready,
                .good_ms = instance.was_ready ? now_ms - instance.ready_since_ms : 0};
  instance.history = after_run(instance.history, run, policy_);
  instance.next_start_ms = now_ms + delay_ms(instance.history, policy_);
  instance.process.reset();
  instance.ready = false;
  instance.checking = false;
  instance.run = 0;
  instance.complaint = fmt::format("instance {} {}", index + 1, complaint);
  slot.complaint = instance.complaint;
  if (is_hopeless(instance.history, slot.was_ready, policy_)) slot.gave_up = true;
}

void Supervisor::check_ready(const SlotKey& key, const SlotRun& slot, std::size_t index,
                             std::int64_t now_ms) {
  Instance& instance = slots_.at(key).instances[index];
  instance.checking = true;
  instance.next_check_ms = now_ms + (instance.ready ? kCheckReadyMs : kCheckUnreadyMs);
  net::Call call;
  call.url = fmt::format("http://127.0.0.1:{}{}", slot.wanted->instances[index].port,
                         slot.wanted->ready_path);
  call.timeout_ms = kCheckTimeoutMs;
  client_.start(call, [this, key, index, run = instance.run](const Result<net::Response>& answer) {
    take_answer(key, index, run, answer);
  });
}

void Supervisor::take_answer(const SlotKey& key, std::size_t index, std::uint64_t run,
                             const Result<net::Response>& answer) {
  const auto found = slots_.find(key);
  if (found == slots_.end() || index >= found->second.instances.size()) return;
  Instance& instance = found->second.instances[index];
  if (instance.run != run) return;
  instance.checking = false;
  if (answer && answer->status >= 200 && answer->status < 300) {
    if (!instance.was_ready) instance.ready_since_ms = now_ms_;
    instance.ready = instance.was_ready = true;
    instance.failed_checks = 0;
    instance.complaint.clear();
    return;
  }
  ++instance.failed_checks;
  if (instance.ready && instance.failed_checks < kFailedChecksMax) return;
  instance.ready = false;
  instance.complaint =
      fmt::format("instance {} is not ready: {}", index + 1,
                  answer ? fmt::format("HTTP {}", answer->status) : answer.error().message);
}

std::string Supervisor::output_file(const SlotKey& key, std::size_t index) const {
  return fmt::format("{}/{}-{}-{}.log", place_.output_folder, key.environment.text,
                     sluice::to_text(key.slot), index + 1);
}

}  // namespace sluice::guard
