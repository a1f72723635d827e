// Duty: all it knows, for `sluice status` and for people who look for a fault.
#include <unistd.h>

#include "guard/duty.h"

namespace sluice::guard {
namespace {

using codec::Json;

Json object() { return Json(Json::Object{}); }

Json lease_json(const LeaseKeeper& keeper, std::int64_t now_ms) {
  if (!keeper.lease()) return {};
  Json json = to_json(*keeper.lease());
  json.set("left_ms", keeper.left_ms(now_ms));
  return json;
}

Json engine_json(const EngineProcess& engine) {
  Json json = object();
  json.set("wanted", engine.wanted());
  json.set("pid", engine.pid());
  json.set("restarts", static_cast<std::int64_t>(engine.restarts()));
  json.set("last_end", engine.last_end());
  return json;
}

Json report_json(const std::optional<GuardReport>& report) {
  if (!report) return {};
  Json json = object();
  json.set("generation", static_cast<std::int64_t>(report->generation));
  json.set("at_ms", report->at.unix_ms);
  json.set("detail", report->detail);
  return json;
}

}  // namespace

Json to_json(const SlotState& state) {
  Json json = object();
  json.set("release", state.release.hex);
  json.set("wanted", state.wanted);
  json.set("running", state.running);
  json.set("ready", state.ready);
  json.set("restarts", static_cast<std::int64_t>(state.restarts));
  json.set("gave_up", state.gave_up);
  json.set("detail", state.detail);
  return json;
}

Json Duty::state(std::int64_t now_ms) const {
  Json::Array slots;
  for (const SlotKey& key : supervisor_.slots()) {
    Json json = object();
    json.set("environment", key.environment.text);
    json.set("slot", sluice::to_text(key.slot));
    json.set("state", to_json(supervisor_.observe(key)));
    slots.push_back(std::move(json));
  }
  Json json = object();
  json.set("pid", static_cast<std::int64_t>(::getpid()));
  json.set("going_down", going_down_);
  json.set("engine", engine_json(engine_));
  json.set("lease", lease_json(keeper_, now_ms));
  json.set("generation", static_cast<std::int64_t>(keeper_.generation()));
  json.set("taking_over", takeover_.has_value());
  json.set("last_takeover", report_json(last_takeover_));
  json.set("slots", std::move(slots));
  return json;
}

}  // namespace sluice::guard
