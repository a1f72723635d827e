// Events, and the state of a service, as JSON.
//
// Encoding is total and canonical: the same event always gives the same bytes, which is what the
// ledger hashes. Decoding refuses unknown event names, unknown enumerators and missing fields;
// it ignores unknown members, so that a newer Sluice's ledger can be read where it means the same.
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
[[nodiscard]] Json to_json(const DeliveryVerdict& verdict);
[[nodiscard]] Result<DeliveryVerdict> verdict_from_json(const Json& json);
[[nodiscard]] Json to_json(const Release& release);
[[nodiscard]] Result<Release> release_from_json(const Json& json);

[[nodiscard]] std::string encode(const Status& status);
[[nodiscard]] Result<Status> decode_status(std::string_view text);

}  // namespace sluice::codec
