// Text for people and text from strangers: the few conversions that every layer needs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/share.h"
#include "base/tick.h"

namespace sluice {

// Foreign text made safe to show: control characters (terminal escapes among them) and bytes that
// are not UTF-8 become `?`, and the result is cut to at most max_bytes with `…`.
[[nodiscard]] std::string printable(std::string_view foreign, std::size_t max_bytes = 200);

// "5 %", "0.25 %", "100 %": exact, in the fewest digits.
[[nodiscard]] std::string to_text(Share share);

// "250 ms", "4.5 s", "1 min 30 s", "2 h 5 min": what a person reads; not meant to be parsed.
[[nodiscard]] std::string duration_text(std::int64_t ms);

// "2026-11-23T21:41:20Z", always UTC.
[[nodiscard]] std::string to_text(Tick tick);

// A rate in percent with two significant digits: 0.0512 -> "5.1 %", 0 -> "0 %".
[[nodiscard]] std::string percent_text(double fraction);

// "500ms", "30s", "5m", "24h", "7d", and the words people write in contracts: "30 min",
// "5 minutes", "24 hours", "2 days". Nothing for anything else, for a negative value and for more
// than 10 years.
[[nodiscard]] std::optional<std::int64_t> parse_duration_ms(std::string_view text);

// "5%", "5 %", "0.25%", "100": percent to basis points. Nothing when it is finer than a basis
// point, outside 0..100, or has other text around it.
[[nodiscard]] std::optional<Share> parse_share(std::string_view text);

[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string to_lower_ascii(std::string_view text);
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
// A whole decimal number and nothing else.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

}  // namespace sluice
