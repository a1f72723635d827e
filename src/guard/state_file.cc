#include "guard/state_file.h"

#include <fmt/format.h>

#include "base/text.h"

namespace sluice::guard {
namespace {

using codec::Json;

constexpr std::size_t kBytesMax = 64U << 20U;
constexpr std::size_t kRescueMax = 64;

std::string path_in(const std::string& state_folder) { return state_folder + "/guard.json"; }

Json object() { return Json(Json::Object{}); }

Json number(std::uint64_t value) { return Json(static_cast<std::int64_t>(value)); }

std::uint64_t number_in(const Json& json, std::string_view key) {
  return static_cast<std::uint64_t>(json.integer_or(key, 0));
}

// The member as a list; empty where it is none.
const Json::Array& list_in(const Json& json, std::string_view key) {
  static const Json::Array kNone;
  const Json* member = json.find(key);
  return member && member->array() ? *member->array() : kNone;
}

std::optional<Slot> slot_from(std::string_view text) {
  if (text == "a") return Slot::a;
  if (text == "b") return Slot::b;
  return std::nullopt;
}

Json to_json(const ProcessIdentity& identity) {
  Json json = object();
  json.set("pid", identity.pid);
  json.set("started", number(identity.started));
  return json;
}

ProcessIdentity identity_from(const Json* json) {
  if (!json) return {};
  return {static_cast<int>(json->integer_or("pid", 0)), number_in(*json, "started")};
}

Json to_json(const RescueTarget& target) {
  Json json = object();
  json.set("environment", target.environment.text);
  json.set("socket", target.haproxy.socket);
  json.set("map", target.haproxy.map);
  json.set("log_listen", target.haproxy.log_listen);
  json.set("backend_prefix", target.haproxy.backend_prefix);
  json.set("sticky", target.haproxy.sticky);
  json.set("baseline", to_text(target.baseline));
  return json;
}

Result<RescueTarget> rescue_from(const Json& json) {
  RescueTarget target;
  target.environment.text = json.string_or("environment", "");
  if (!is_plain_name(target.environment.text)) {
    return fail(ErrorCode::invalid_input, "a rescue target has no plain environment name");
  }
  const auto baseline = slot_from(json.string_or("baseline", ""));
  if (!baseline) return fail(ErrorCode::invalid_input, "a rescue target's baseline is not a or b");
  target.baseline = *baseline;
  target.haproxy.socket = json.string_or("socket", "");
  target.haproxy.map = json.string_or("map", "");
  target.haproxy.log_listen = json.string_or("log_listen", "");
  target.haproxy.backend_prefix = json.string_or("backend_prefix", "");
  target.haproxy.sticky = json.boolean_or("sticky", false);
  return target;
}

Json to_json(const StoredSlot& slot) {
  Json::Array running;
  for (const ProcessIdentity& each : slot.running) running.push_back(to_json(each));
  Json::Array stopping;
  for (const StoredStop& each : slot.stopping) {
    Json stop = to_json(each.process);
    stop.set("grace_ms", each.grace_ms);
    stopping.push_back(std::move(stop));
  }
  Json json = object();
  json.set("environment", slot.key.environment.text);
  json.set("slot", to_text(slot.key.slot));
  json.set("wanted", slot.wanted ? guard::to_json(*slot.wanted) : Json());
  json.set("running", std::move(running));
  json.set("stopping", std::move(stopping));
  json.set("restarts", number(slot.restarts));
  json.set("was_ready", slot.was_ready);
  json.set("gave_up", slot.gave_up);
  return json;
}

Result<StoredSlot> stored_slot_from(const Json& json) {
  StoredSlot slot;
  const auto name = slot_from(json.string_or("slot", ""));
  slot.key.environment.text = json.string_or("environment", "");
  if (!name || !is_plain_name(slot.key.environment.text)) {
    return fail(ErrorCode::corrupt, "a slot has no name");
  }
  slot.key.slot = *name;
  if (const Json* wanted = json.find("wanted"); wanted && !wanted->is_null()) {
    slot.wanted = SLUICE_TRY(slot_spec_from(*wanted));
    for (const Json& each : list_in(json, "running")) slot.running.push_back(identity_from(&each));
    slot.running.resize(slot.wanted->instances.size());
  }
  for (const Json& each : list_in(json, "stopping")) {
    slot.stopping.push_back({identity_from(&each), each.integer_or("grace_ms", 0)});
  }
  slot.restarts = number_in(json, "restarts");
  slot.was_ready = json.boolean_or("was_ready", false);
  slot.gave_up = json.boolean_or("gave_up", false);
  return slot;
}

Result<GuardState> state_from(const Json& json) {
  GuardState state;
  state.boot = json.string_or("boot", "");
  if (const Json* seen = json.find("generations"); seen && seen->object()) {
    for (const auto& [name, value] : *seen->object()) {
      state.generations[name] = static_cast<std::uint64_t>(value.integer() ? *value.integer() : 0);
    }
  }
  for (const Json& each : list_in(json, "slots")) {
    StoredSlot slot = SLUICE_TRY(stored_slot_from(each));
    state.slots.push_back(std::move(slot));
  }
  state.engine.wanted = json.boolean_or("engine_wanted", false);
  state.engine.process = identity_from(json.find("engine"));
  if (const Json* lease = json.find("lease"); lease && !lease->is_null()) {
    state.lease = SLUICE_TRY(lease_from(*lease));
  }
  state.lease_holder = identity_from(json.find("lease_holder"));
  state.lease_generation = number_in(json, "lease_generation");
  return state;
}

void forget_processes(GuardState& state) {
  for (StoredSlot& slot : state.slots) {
    for (ProcessIdentity& each : slot.running) each = {};
    slot.stopping.clear();
  }
  state.engine.process = {};
  state.lease_holder = {};
}

}  // namespace

Json to_json(const Lease& lease) {
  Json::Array rescue;
  for (const RescueTarget& target : lease.rescue) rescue.push_back(to_json(target));
  Json json = object();
  json.set("pid", lease.pid);
  json.set("generation", number(lease.generation));
  json.set("valid_ms", lease.valid_ms);
  json.set("active", lease.active);
  json.set("given_up", lease.given_up);
  json.set("rescue", std::move(rescue));
  return json;
}

Result<Lease> lease_from(const Json& json) {
  Lease lease;
  const std::int64_t pid = json.integer_or("pid", 0);
  if (pid <= 1 || pid > 1 << 22U)
    return fail(ErrorCode::invalid_input, "the lease names no process");
  lease.pid = static_cast<int>(pid);
  const std::int64_t generation = json.integer_or("generation", -1);
  if (generation < 0) return fail(ErrorCode::invalid_input, "the lease has no generation");
  lease.generation = static_cast<std::uint64_t>(generation);
  lease.valid_ms = json.integer_or("valid_ms", lease.valid_ms);
  if (lease.valid_ms < 100 || lease.valid_ms > kMinuteMs) {
    return fail(ErrorCode::invalid_input, "valid_ms is outside 100..60000");
  }
  lease.active = json.boolean_or("active", false);
  lease.given_up = json.boolean_or("given_up", false);
  const Json::Array& targets = list_in(json, "rescue");
  if (targets.size() > kRescueMax) return fail(ErrorCode::invalid_input, "too many rescue targets");
  for (const Json& each : targets) {
    RescueTarget target = SLUICE_TRY(rescue_from(each));
    lease.rescue.push_back(std::move(target));
  }
  return lease;
}

Json to_json(const GuardState& state) {
  Json generations = object();
  for (const auto& [name, value] : state.generations) generations.set(name, number(value));
  Json::Array slots;
  for (const StoredSlot& slot : state.slots) slots.push_back(to_json(slot));
  Json json = object();
  json.set("boot", state.boot);
  json.set("generations", std::move(generations));
  json.set("slots", std::move(slots));
  json.set("engine_wanted", state.engine.wanted);
  json.set("engine", to_json(state.engine.process));
  json.set("lease", state.lease ? to_json(*state.lease) : Json());
  json.set("lease_holder", to_json(state.lease_holder));
  json.set("lease_generation", number(state.lease_generation));
  return json;
}

Result<GuardState> read_state(const std::string& state_folder) {
  const std::string path = path_in(state_folder);
  const auto text = read_file(path, kBytesMax);
  if (!text && text.error().code == ErrorCode::not_found) return GuardState{};
  if (!text) return std::unexpected(text.error());
  const auto json = codec::parse_json(*text, kBytesMax);
  if (!json) return fail(ErrorCode::corrupt, path + ": " + json.error().message);
  auto state = state_from(*json);
  if (!state) return fail(ErrorCode::corrupt, path + ": " + state.error().message);
  if (state->boot != boot_identity()) forget_processes(*state);
  return state;
}

Result<void> write_state(const std::string& state_folder, const GuardState& state,
                         Durability durability) {
  return replace_file(path_in(state_folder), to_json(state).dump(), durability);
}

std::string boot_identity() {
  return std::string(trim(read_file("/proc/sys/kernel/random/boot_id", 256).value_or("unknown")));
}

}  // namespace sluice::guard
