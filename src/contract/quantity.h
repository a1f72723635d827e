// Durations and shares as contracts state them, with the words around them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/share.h"

namespace sluice::contract {

// "30 min", "7 days", "1.5 hours", "1 h 30 min", "at least 24 hours", "24 hours (on weekdays)".
// Nothing for ranges and for anything else.
[[nodiscard]] std::optional<std::int64_t> stated_duration_ms(std::string_view text);

// The upper end of what an estimate says: "< 5 minutes", "5-10 minutes", "about 30 s (a toggle)".
// Nothing where there is none: "> 5 minutes", "5 minutes per instance", "instant".
[[nodiscard]] std::optional<std::int64_t> upper_duration_ms(std::string_view text);

// "5%", "5 % of traffic", "25% (incl. three customers)". Nothing for a percentage of something
// else ("50% of new users") and for a number without a percent sign.
[[nodiscard]] std::optional<Share> stated_share(std::string_view text);

// "Ongoing": a stage that does not end.
[[nodiscard]] bool is_ongoing(std::string_view text);

}  // namespace sluice::contract
