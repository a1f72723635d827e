// Figures: numbers as people read them in the live view, in the fewest signs that still tell.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/event.h"

namespace sluice::cli {

// "103 /s", "0.4 /s"; "…" while it is not known.
[[nodiscard]] std::string rate_text(std::optional<double> per_second);
[[nodiscard]] std::string odds_text(double odds);  // "3.2 to 1", "4,200 to 1"
// "0.11 % (0.05 to 0.21 %)": what was counted, and the interval that the truth lies in.
[[nodiscard]] std::string part_text(std::int64_t part, std::int64_t of, double low, double high);
// "1,234 requests, 61 with errors, 4 slower than the p99 target"
[[nodiscard]] std::string counts_text(const Counts& counts);

// A bar of that many columns, `fraction` of it filled.
[[nodiscard]] std::string bar(double fraction, int columns);
// How far odds have come on the way from 1 to `line`, by their logarithms: 0 to 1.
[[nodiscard]] double odds_fraction(double odds, double line);

}  // namespace sluice::cli
