#include "replay/surroundings.h"

#include <optional>
#include <vector>

#include "codec/archive.h"
#include "codec/event_fields.h"

namespace sluice {

// By their words in the ledger's JSON.
[[nodiscard]] constexpr std::string_view to_text(EffectProgress progress) {
  switch (progress) {
    case EffectProgress::running: return "running";
    case EffectProgress::observed: return "observed";
    case EffectProgress::resisted: return "resisted";
    case EffectProgress::failed: return "failed";
  }
  return "?";
}

[[nodiscard]] constexpr std::string_view to_text(CommandKind kind) {
  switch (kind) {
    case CommandKind::pause: return "pause";
    case CommandKind::resume: return "resume";
    case CommandKind::rollback: return "rollback";
    case CommandKind::abort: return "abort";
  }
  return "?";
}

}  // namespace sluice

namespace sluice::replay {
namespace {

// What may be missing is a list of none or one.
template <class T>
using Perhaps = std::vector<T>;

struct Report {
  std::uint64_t effect_id = 0;
  EffectProgress progress = EffectProgress::running;
  std::string detail;
  Perhaps<SmokeReported> smoke;
  friend bool operator==(const Report&, const Report&) = default;
};

struct Order {
  CommandKind kind = CommandKind::pause;
  std::string by;
  DeliveryId delivery;
  friend bool operator==(const Order&, const Order&) = default;
};

struct Taken {
  std::uint64_t generation = 0;
  Tick at;
  std::string detail;
  friend bool operator==(const Taken&, const Taken&) = default;
};

struct Surroundings {
  TriggerReading health_check;
  TriggerReading critical_alert;
  std::vector<Report> effects;
  Perhaps<Order> command;
  Perhaps<RoutingDrifted> drift;
  Perhaps<Taken> guard;
  std::string load_trouble;
  bool router_reachable = true;
  int baseline_live_servers = 1;
  bool baseline_probes_failing = false;
  bool baseline_probes_passing = false;
  bool canary_probes_failing = false;
  std::string flaky_probes;
  std::string preexisting_alert;
  Perhaps<AlertsNoted> alerts;
  Perhaps<ClauseVerdict> flags;
};

template <class T>
Perhaps<T> listed(const std::optional<T>& one) {
  return one ? Perhaps<T>{*one} : Perhaps<T>{};
}
template <class T>
std::optional<T> first_of(const Perhaps<T>& some) {
  return some.empty() ? std::optional<T>() : some.front();
}

}  // namespace
}  // namespace sluice::replay

namespace sluice::codec {

template <class Archive>
void fields(Archive& archive, Of<Archive, replay::Report>& report) {
  archive("effect_id", report.effect_id);
  archive("progress", report.progress);
  archive.added("detail", report.detail);
  archive.added("smoke", report.smoke);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, replay::Order>& order) {
  archive("kind", order.kind);
  archive("by", order.by);
  archive("delivery", order.delivery);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, replay::Taken>& taken) {
  archive("generation", taken.generation);
  archive("at_unix_ms", taken.at);
  archive("detail", taken.detail);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, replay::Surroundings>& all) {
  archive("health_check", all.health_check);
  archive("critical_alert", all.critical_alert);
  archive.added("effects", all.effects);
  archive.added("command", all.command);
  archive.added("drift", all.drift);
  archive.added("guard", all.guard);
  archive.added("load_trouble", all.load_trouble);
  archive("router_reachable", all.router_reachable);
  archive("baseline_live_servers", all.baseline_live_servers);
  archive.added("baseline_probes_failing", all.baseline_probes_failing);
  archive.added("baseline_probes_passing", all.baseline_probes_passing);
  archive.added("canary_probes_failing", all.canary_probes_failing);
  archive.added("flaky_probes", all.flaky_probes);
  archive.added("preexisting_alert", all.preexisting_alert);
  archive.added("alerts", all.alerts);
  archive.added("flags", all.flags);
}

}  // namespace sluice::codec

namespace sluice::replay {

std::string surroundings_of(const Observation& seen) {
  Surroundings all{.health_check = seen.readings.of(Trigger::health_check),
                   .critical_alert = seen.readings.of(Trigger::critical_alert),
                   .drift = listed(seen.drift),
                   .load_trouble = seen.load_trouble,
                   .router_reachable = seen.router_reachable,
                   .baseline_live_servers = seen.baseline_live_servers,
                   .baseline_probes_failing = seen.baseline_probes_failing,
                   .baseline_probes_passing = seen.baseline_probes_passing,
                   .canary_probes_failing = seen.canary_probes_failing,
                   .flaky_probes = seen.flaky_probes,
                   .preexisting_alert = seen.preexisting_alert,
                   .alerts = listed(seen.alerts),
                   .flags = listed(seen.flags)};
  for (const EffectReport& one : seen.effects) {
    all.effects.push_back({one.effect_id, one.progress, one.detail, listed(one.smoke)});
  }
  if (seen.command) {
    all.command.push_back({seen.command->kind, seen.command->by, seen.command->delivery});
  }
  if (seen.guard) {
    all.guard.push_back({seen.guard->generation, seen.guard->at, seen.guard->detail});
  }
  return codec::JsonWriter::object_of(all).dump();
}

Result<void> surround(Observation& seen, std::string_view surroundings) {
  const codec::Json json = SLUICE_TRY(codec::parse_json(surroundings));
  const Surroundings all = SLUICE_TRY(codec::struct_from_json<Surroundings>(json));
  seen.readings.of(Trigger::health_check) = all.health_check;
  seen.readings.of(Trigger::critical_alert) = all.critical_alert;
  seen.effects.clear();
  for (const Report& one : all.effects) {
    seen.effects.push_back({one.effect_id, one.progress, one.detail, first_of(one.smoke)});
  }
  seen.command.reset();
  for (const Order& one : all.command) seen.command = Command{one.kind, one.by, one.delivery};
  seen.guard.reset();
  for (const Taken& one : all.guard) seen.guard = GuardReport{one.generation, one.at, one.detail};
  seen.drift = first_of(all.drift);
  seen.load_trouble = all.load_trouble;
  seen.router_reachable = all.router_reachable;
  seen.baseline_live_servers = all.baseline_live_servers;
  seen.baseline_probes_failing = all.baseline_probes_failing;
  seen.baseline_probes_passing = all.baseline_probes_passing;
  seen.canary_probes_failing = all.canary_probes_failing;
  seen.flaky_probes = all.flaky_probes;
  seen.preexisting_alert = all.preexisting_alert;
  seen.alerts = first_of(all.alerts);
  seen.flags = first_of(all.flags);
  return {};
}

}  // namespace sluice::replay
