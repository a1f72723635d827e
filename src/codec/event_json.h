// Events, and the state of a service, as JSON.
//
// Encoding is total and canonical: the same event always gives the same bytes, which is what the
// ledger hashes. Text that is not UTF-8 is repaired on the way (see Json::dump). Decoding refuses
// unknown event names, unknown enumerators and missing fields, and says where: "event
// stage_entered: `share_bp`: expected an integer from 0 to 10000". It ignores unknown members, so
// that a newer Sluice's ledger can be read where it means the same.
//
// How each struct is written stands in codec/*_fields.h, once for both directions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/json.h"
#include "model/event.h"
#include "model/status.h"

namespace sluice::codec {

// {"event":"stage_entered","environment":"production",…}
[[nodiscard]] std::string encode(const Event& event);
[[nodiscard]] Result<Event> decode_event(std::string_view text);

[[nodiscard]] Json to_json(const ClauseVerdict& verdict);
[[nodiscard]] Result<ClauseVerdict> clause_verdict_from_json(const Json& json);
[[nodiscard]] Json to_json(const DeliveryVerdict& verdict);
[[nodiscard]] Result<DeliveryVerdict> verdict_from_json(const Json& json);
[[nodiscard]] Json to_json(const Release& release);
[[nodiscard]] Result<Release> release_from_json(const Json& json);

[[nodiscard]] Json to_json(const Evidence& evidence);
[[nodiscard]] Result<Evidence> evidence_from_json(const Json& json);
[[nodiscard]] Json to_json(const Approval& approval);
[[nodiscard]] Result<Approval> approval_from_json(const Json& json);
[[nodiscard]] Json to_json(const Exception& exception);
[[nodiscard]] Result<Exception> exception_from_json(const Json& json);

[[nodiscard]] std::string encode(const Status& status);
[[nodiscard]] Result<Status> decode_status(std::string_view text);

}  // namespace sluice::codec
