#include "codec/event_json.h"

#include <fmt/format.h>

#include "base/text.h"
#include "codec/archive.h"
#include "codec/event_fields.h"
#include "codec/plan_fields.h"
#include "codec/verdict_fields.h"

namespace sluice::codec {
namespace {

struct EffectName {
  std::string_view operator()(const StartSlot&) const { return "start_slot"; }
  std::string_view operator()(const SetShare&) const { return "set_share"; }
  std::string_view operator()(const DrainSlot&) const { return "drain_slot"; }
  std::string_view operator()(const StopSlot&) const { return "stop_slot"; }
  std::string_view operator()(const RunSmoke&) const { return "run_smoke"; }
  std::string_view operator()(const WriteChangeLog&) const { return "write_change_log"; }
  std::string_view operator()(const Notify&) const { return "notify"; }
  std::string_view operator()(const KeepEvidence&) const { return "keep_evidence"; }
};

// "event stage_entered", or "event" where not even its name could be read.
std::string subject_of(const Json& json) {
  const std::string name = json.string_or("event", "");
  return name.empty() ? "event" : "event " + printable(name, 80);
}

template <class T>
Result<T> named(Result<T> result, std::string_view subject) {
  if (!result) return std::unexpected(result.error().in(subject));
  return result;
}

}  // namespace

std::string_view Alternatives<Effect>::name(const Effect& effect) {
  return std::visit(EffectName{}, effect);
}

std::string encode(const Event& event) { return JsonWriter::json_of(event).dump(); }

Result<Event> decode_event(std::string_view text) {
  const Json json = SLUICE_TRY(named(parse_json(text), "event"));
  JsonReader reader(json);
  Event event;
  reader.read(json, event);
  if (!reader.trouble()) return event;
  return fail(ErrorCode::invalid_input, subject_of(json) + ": " + *reader.trouble());
}

Json to_json(const ClauseVerdict& verdict) { return JsonWriter::object_of(verdict); }

Result<ClauseVerdict> clause_verdict_from_json(const Json& json) {
  return named(struct_from_json<ClauseVerdict>(json), "clause");
}

Json to_json(const DeliveryVerdict& verdict) { return JsonWriter::object_of(verdict); }

Result<DeliveryVerdict> verdict_from_json(const Json& json) {
  return named(struct_from_json<DeliveryVerdict>(json), "verdict");
}

Json to_json(const Release& release) { return JsonWriter::object_of(release); }

Result<Release> release_from_json(const Json& json) {
  return named(struct_from_json<Release>(json), "release");
}

Json to_json(const Evidence& evidence) { return JsonWriter::object_of(evidence); }

Result<Evidence> evidence_from_json(const Json& json) {
  return named(struct_from_json<Evidence>(json), "evidence");
}

Json to_json(const Approval& approval) { return JsonWriter::object_of(approval); }

Result<Approval> approval_from_json(const Json& json) {
  return named(struct_from_json<Approval>(json), "approval");
}

Json to_json(const Exception& exception) { return JsonWriter::object_of(exception); }

Result<Exception> exception_from_json(const Json& json) {
  return named(struct_from_json<Exception>(json), "exception");
}

}  // namespace sluice::codec
