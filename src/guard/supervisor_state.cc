// Supervisor: what is shown, and what a later guard goes on with.
#include <algorithm>

#include <signal.h>

#include "guard/output_file.h"
#include "guard/supervisor.h"

namespace sluice::guard {

SlotState Supervisor::observe(const SlotKey& key) const {
  SlotState state;
  const auto found = slots_.find(key);
  if (found == slots_.end()) return state;
  const SlotRun& slot = found->second;
  if (slot.wanted) state.release = slot.wanted->release;
  state.wanted = static_cast<int>(slot.instances.size());
  state.running = static_cast<int>(slot.stopping.size());
  for (const Instance& instance : slot.instances) {
    if (instance.process) ++state.running;
    if (instance.process && instance.ready) ++state.ready;
    if (instance.process && !instance.ready && state.detail.empty()) {
      state.detail = instance.complaint;
    }
  }
  state.restarts = slot.restarts;
  state.gave_up = slot.gave_up;
  if (slot.gave_up || state.detail.empty()) state.detail = slot.complaint;
  return state;
}

std::vector<SlotKey> Supervisor::slots() const {
  std::vector<SlotKey> keys;
  for (const auto& [key, slot] : slots_) keys.push_back(key);
  return keys;
}

bool Supervisor::nothing_runs() const {
  return std::ranges::all_of(slots_, [](const auto& entry) {
    const auto runs = [](const Instance& instance) { return instance.process.has_value(); };
    return entry.second.stopping.empty() && std::ranges::none_of(entry.second.instances, runs);
  });
}

void Supervisor::rotate_outputs() const {
  for (const auto& [key, slot] : slots_) {
    for (std::size_t i = 0; i < slot.instances.size(); ++i) rotate_output(output_file(key, i));
  }
}

void Supervisor::store(GuardState& state) const {
  state.generations = generations_;
  for (const auto& [key, slot] : slots_) {
    StoredSlot stored{.key = key,
                      .wanted = slot.wanted,
                      .running = {},
                      .stopping = {},
                      .restarts = slot.restarts,
                      .was_ready = slot.was_ready,
                      .gave_up = slot.gave_up};
    for (const Stopping& each : slot.stopping) {
      stored.stopping.push_back({each.process.identity(), each.grace_ms});
    }
    const bool changes = stops_all_ || (intent_ && intent_->key == key);
    for (const Instance& instance : slot.instances) {
      const ProcessIdentity process =
          instance.process ? instance.process->identity() : ProcessIdentity{};
      if (!changes) stored.running.push_back(process);
      if (changes && process.pid != 0) {
        stored.stopping.push_back({process, slot.wanted->stop_grace_ms});
      }
    }
    if (changes) {
      stored.wanted = stops_all_ ? std::nullopt : intent_->wanted;
      stored.restarts = 0;
      stored.was_ready = stored.gave_up = false;
    }
    state.slots.push_back(std::move(stored));
  }
}

void Supervisor::restore(const GuardState& state, std::int64_t now_ms) {
  generations_ = state.generations;
  for (const StoredSlot& stored : state.slots) {
    SlotRun& slot = slots_[stored.key];
    slot.wanted = stored.wanted;
    slot.instances.resize(stored.wanted ? stored.wanted->instances.size() : 0);
    slot.restarts = stored.restarts;
    slot.was_ready = stored.was_ready;
    slot.gave_up = stored.gave_up;
    for (std::size_t i = 0; i < slot.instances.size() && i < stored.running.size(); ++i) {
      Instance& instance = slot.instances[i];
      instance.process = LiveProcess::adopt(stored.running[i]);
      instance.run = ++runs_;
      if (!instance.process) kill_leftovers(stored.running[i]);
    }
    for (const StoredStop& each : stored.stopping) {
      auto process = LiveProcess::adopt(each.process);
      if (!process) {
        kill_leftovers(each.process);
        continue;
      }
      process->signal_group(SIGTERM);  // the guard before may have ended before it did
      slot.stopping.push_back({*std::move(process), each.grace_ms, now_ms + each.grace_ms});
    }
  }
}

}  // namespace sluice::guard
