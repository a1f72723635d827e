#include "evidence/timestamp.h"

#include <chrono>

#include "base/text.h"

namespace sluice::evidence {
namespace {

constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool has_shape(std::string_view text) {
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] == 'd' ? !is_digit(text[i]) : text[i] != kShape[i]) return false;
  }
  return true;
}

// Of digits that were looked at before.
int number(std::string_view text, std::size_t from, std::size_t size) {
  return static_cast<int>(parse_integer(text.substr(from, size)).value_or(0));
}

// ".351608" -> 351; nothing where it is no fraction.
std::optional<int> milliseconds(std::string_view fraction) {
  if (fraction.empty()) return 0;
  if (fraction.size() < 2 || fraction.size() > 10 || fraction[0] != '.') return std::nullopt;
  fraction.remove_prefix(1);
  if (!std::ranges::all_of(fraction, is_digit)) return std::nullopt;
  std::string digits(fraction.substr(0, 3));
  digits.resize(3, '0');
  return number(digits, 0, 3);
}

}  // namespace

std::optional<Tick> parse_timestamp(std::string_view text) {
  namespace chrono = std::chrono;
  if (text.size() <= kShape.size() || !text.ends_with('Z') || !has_shape(text)) return std::nullopt;
  const chrono::year_month_day date{chrono::year(number(text, 0, 4)),
                                    chrono::month(static_cast<unsigned>(number(text, 5, 2))),
                                    chrono::day(static_cast<unsigned>(number(text, 8, 2)))};
  const int hour = number(text, 11, 2);
  const int minute = number(text, 14, 2);
  const int second = number(text, 17, 2);
  const auto part = milliseconds(text.substr(kShape.size(), text.size() - kShape.size() - 1));
  if (!date.ok() || hour > 23 || minute > 59 || second > 59 || !part) return std::nullopt;
  const std::int64_t days = chrono::sys_days(date).time_since_epoch().count();
  return Tick{days * kDayMs + hour * kHourMs + minute * kMinuteMs + second * kSecondMs + *part};
}

}  // namespace sluice::evidence
