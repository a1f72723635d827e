#include "judge/forecast.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/tick.h"

namespace sluice::judge {
namespace {

constexpr double kYearMs = 365.0 * kDayMs;

// Two significant digits are more than anybody knows beforehand.
std::int64_t rounded_up(std::int64_t ms) {
  for (const std::int64_t unit : {kDayMs, kHourMs, kMinuteMs, kSecondMs}) {
    if (ms >= 10 * unit) return (ms + unit - 1) / unit * unit;
  }
  return std::max<std::int64_t>(kSecondMs, (ms + 99) / 100 * 100);
}

}  // namespace

std::int64_t time_for_ms(double requests, double requests_per_second) {
  if (requests == 0) return 0;
  if (!(requests > 0) || !(requests_per_second > 0)) return -1;
  const double ms = std::ceil(requests / requests_per_second * 1000);
  return ms < kYearMs ? static_cast<std::int64_t>(ms) : static_cast<std::int64_t>(kYearMs);
}

std::string describe_time(const Finding& finding, double requests_per_second) {
  const bool enough = finding.ln_promote_error >= finding.ln_promote_line &&
                      finding.ln_promote_slow >= finding.ln_promote_line;
  if (finding.breached || enough || finding.requests_missing < 0) return {};
  const double missing = std::max(1.0, finding.requests_missing);
  const std::int64_t ms = time_for_ms(missing, requests_per_second);
  if (ms <= 0) return {};
  return ", " + duration_text(rounded_up(ms)) + " at today's rate";
}

}  // namespace sluice::judge
