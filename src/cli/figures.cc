#include "cli/figures.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/figure.h"
#include "base/text.h"

namespace sluice::cli {
namespace {

constexpr double kManyOdds = 1e6;  // beyond this nobody reads the digits

// percent_text without its unit.
std::string percent_number(double fraction) {
  const std::string text = percent_text(fraction);
  return text.substr(0, text.find(' '));
}

}  // namespace

std::string rate_text(std::optional<double> per_second) {
  if (!per_second) return "…";
  const double rate = *per_second;
  if (!(rate > 0)) return "0 /s";
  if (rate < 0.1) return "< 0.1 /s";
  if (rate < 10) return fmt::format("{:.1f} /s", rate);
  return grouped(std::llround(std::min(rate, 1e12))) + " /s";
}

std::string odds_text(double odds) {
  if (!(odds >= 0.1)) return "under 0.1 to 1";
  if (odds >= kManyOdds) return "over 1,000,000 to 1";
  if (odds < 10) return fmt::format("{:.1f} to 1", odds);
  return grouped(std::llround(odds)) + " to 1";
}

std::string part_text(std::int64_t part, std::int64_t of, double low, double high) {
  if (of == 0) return "nothing yet";
  const double fraction = static_cast<double>(part) / static_cast<double>(of);
  return fmt::format("{} ({} to {})", percent_text(fraction), percent_number(low),
                     percent_text(high));
}

std::string counts_text(const Counts& counts) {
  return fmt::format("{} requests, {} with errors, {} slower than the p99 target",
                     grouped(counts.requests), grouped(counts.errors), grouped(counts.over_target));
}

std::string bar(double fraction, int columns) {
  const double whole = std::isnan(fraction) ? 0 : std::clamp(fraction, 0.0, 1.0);
  int filled = static_cast<int>(std::lround(whole * columns));
  // Full means all of it, and something is never shown as nothing.
  if (filled == columns && whole < 1) --filled;
  if (filled == 0 && whole > 0) filled = 1;
  std::string out;
  for (int i = 0; i < columns; ++i) out += i < filled ? "█" : "░";
  return out;
}

double odds_fraction(double odds, double line) {
  if (!(odds > 1) || !(line > 1)) return 0;
  return std::min(std::log(odds) / std::log(line), 1.0);
}

}  // namespace sluice::cli
