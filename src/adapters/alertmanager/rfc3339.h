// RFC 3339 times, as Alertmanager writes them: with nanoseconds and offsets.
#pragma once

#include <optional>
#include <string_view>

#include "base/tick.h"

namespace sluice::alertmanager {

// Go's zero time, 0001-01-01T00:00:00Z: how Alertmanager writes "not yet".
inline constexpr Tick kZeroTime{-62'135'596'800'000};

// "2018-03-07T06:33:21.873077559-05:00", cut to milliseconds. Nothing for what is no such time; a
// leap second counts as the second after it.
[[nodiscard]] std::optional<Tick> parse_rfc3339(std::string_view text);

}  // namespace sluice::alertmanager
