// Severity: how bad a finding is, on the one scale that the words of all scanners are brought to.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::evidence {

enum class Severity : std::uint8_t { none, low, medium, high, critical };

inline constexpr std::array<Severity, 5> kSeverities{
    Severity::none, Severity::low, Severity::medium, Severity::high, Severity::critical};

[[nodiscard]] std::string_view to_text(Severity severity);

// A CVSS score by the bands of CVSS 3.1, section 5; nothing outside 0.0 to 10.0.
[[nodiscard]] std::optional<Severity> severity_of_score(double score);

// "7.5" by its band, or a word in any case: none, info, low, medium, moderate, high, critical.
[[nodiscard]] std::optional<Severity> parse_severity(std::string_view text);

}  // namespace sluice::evidence
