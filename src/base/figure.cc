#include "base/figure.h"

#include <cmath>
#include <cstddef>

#include <fmt/format.h>

namespace sluice {

std::string grouped(std::int64_t number) {
  const std::string digits = fmt::format("{}", number);
  const std::size_t first = number < 0 ? 1 : 0;
  std::string out;
  for (std::size_t at = 0; at < digits.size(); ++at) {
    if (at > first && (digits.size() - at) % 3 == 0) out += ',';
    out += digits[at];
  }
  return out;
}

std::string figure_text(double value) {
  const double size = std::fabs(value);
  if (!std::isfinite(value)) return fmt::format("{}", value);
  if (size >= 1e18 || (size > 0 && size < 1e-6)) return fmt::format("{:.2e}", value);
  if (size < 100) return fmt::format("{:.3g}", value);
  double unit = 1;
  while (size / unit >= 999.5) unit *= 10;
  return grouped(static_cast<std::int64_t>(std::round(value / unit) * unit));
}

}  // namespace sluice
