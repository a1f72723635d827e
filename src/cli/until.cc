#include "cli/until.h"

#include <algorithm>
#include <chrono>

#include "base/text.h"

namespace sluice::cli {

std::optional<Tick> end_of_day(std::string_view day) {
  const auto digits = [](std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  };
  if (day.size() != 10 || day[4] != '-' || day[7] != '-') return std::nullopt;
  if (!digits(day.substr(0, 4)) || !digits(day.substr(5, 2)) || !digits(day.substr(8, 2))) {
    return std::nullopt;
  }
  const auto number = [&](std::size_t from, std::size_t count) {
    return parse_integer(day.substr(from, count)).value_or(0);
  };
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(number(0, 4))),
                                         std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                         std::chrono::day(static_cast<unsigned>(number(8, 2)))};
  if (!date.ok()) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return Tick{(static_cast<std::int64_t>(days) + 1) * kDayMs};
}

}  // namespace sluice::cli
