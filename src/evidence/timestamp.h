// Timestamps of attestations: RFC 3339 in UTC, as in-toto asks for it.
#pragma once

#include <optional>
#include <string_view>

#include "base/tick.h"

namespace sluice::evidence {

// "2024-06-12T07:24:34.351608Z"; digits beyond milliseconds are dropped. Nothing for other offsets
// than `Z`, and for days that do not exist.
[[nodiscard]] std::optional<Tick> parse_timestamp(std::string_view text);

}  // namespace sluice::evidence
