#include "base/text.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

namespace sluice {
namespace {

// Length of the UTF-8 sequence that starts at text[at], or 0 when it is not one.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xC2 && lead < 0xE0   ? 2
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
  if (length == 0 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[at + i]) & 0xC0U) != 0x80U) return 0;
  }
  return length;
}

// C1 controls (U+0080..U+009F) steer terminals too; they are C2 80..C2 9F.
bool is_control(std::string_view sequence) {
  const auto lead = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return lead < 0x20 || lead == 0x7F;
  return lead == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0;
}

struct Unit {
  std::string_view name;
  std::int64_t ms;
};

constexpr std::array<Unit, 21> kUnits{{
    {"ms", 1},
    {"s", kSecondMs},
    {"sec", kSecondMs},
    {"secs", kSecondMs},
    {"second", kSecondMs},
    {"seconds", kSecondMs},
    {"m", kMinuteMs},
    {"min", kMinuteMs},
    {"mins", kMinuteMs},
    {"minute", kMinuteMs},
    {"minutes", kMinuteMs},
    {"h", kHourMs},
    {"hr", kHourMs},
    {"hrs", kHourMs},
    {"hour", kHourMs},
    {"hours", kHourMs},
    {"d", kDayMs},
    {"day", kDayMs},
    {"days", kDayMs},
    {"w", 7 * kDayMs},
    {"weeks", 7 * kDayMs},
}};

}  // namespace

std::string printable(std::string_view foreign, std::size_t max_bytes) {
  std::string out;
  for (std::size_t at = 0; at < foreign.size();) {
    const std::size_t length = utf8_length(foreign, at);
    const std::string_view sequence = foreign.substr(at, length == 0 ? 1 : length);
    if (out.size() + sequence.size() > max_bytes) return out + "…";
    out += length == 0 || is_control(sequence) ? std::string_view("?") : sequence;
    at += sequence.size();
  }
  return out;
}

std::string to_text(Share share) {
  if (share.bp() % 100 == 0) return fmt::format("{} %", share.bp() / 100);
  if (share.bp() % 10 == 0) return fmt::format("{}.{} %", share.bp() / 100, share.bp() % 100 / 10);
  return fmt::format("{}.{:02} %", share.bp() / 100, share.bp() % 100);
}

std::string duration_text(std::int64_t ms) {
  if (ms < 0) return "-" + duration_text(-ms);
  if (ms < kSecondMs) return fmt::format("{} ms", ms);
  if (ms < 10 * kSecondMs && ms % kSecondMs >= 100) {
    return fmt::format("{}.{} s", ms / kSecondMs, ms % kSecondMs / 100);
  }
  const std::int64_t seconds = ms / kSecondMs;
  if (seconds < 60) return fmt::format("{} s", seconds);
  const auto two = [](std::int64_t big, const char* name, std::int64_t small, const char* rest) {
    return small == 0 ? fmt::format("{} {}", big, name)
                      : fmt::format("{} {} {} {}", big, name, small, rest);
  };
  if (seconds < 3600) return two(seconds / 60, "min", seconds % 60, "s");
  if (seconds < 86'400) return two(seconds / 3600, "h", seconds % 3600 / 60, "min");
  return two(seconds / 86'400, "d", seconds % 86'400 / 3600, "h");
}

std::string to_text(Tick tick) {
  namespace chrono = std::chrono;
  const chrono::sys_time<chrono::milliseconds> instant{chrono::milliseconds(tick.unix_ms)};
  const auto day = chrono::floor<chrono::days>(instant);
  const chrono::year_month_day date{day};
  const std::int64_t seconds = chrono::floor<chrono::seconds>(instant - day).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string percent_text(double fraction) {
  const double percent = fraction * 100;
  if (percent == 0) return "0 %";
  if (std::abs(percent) >= 99.95) return fmt::format("{:.0f} %", percent);
  return fmt::format("{:.{}f} %", percent,
                     std::abs(percent) >= 10  ? 0
                     : std::abs(percent) >= 1 ? 1
                                              : 2);
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string to_lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> parse_duration_ms(std::string_view text) {
  constexpr std::int64_t kLongest = 3650 * kDayMs;
  text = trim(text);
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto value = parse_integer(text.substr(0, digits));
  if (!value || *value > kLongest) return std::nullopt;
  const std::string name = to_lower_ascii(trim(text.substr(digits)));
  for (const Unit& unit : kUnits) {
    if (unit.name == name && *value <= kLongest / unit.ms) return *value * unit.ms;
  }
  return std::nullopt;
}

std::optional<Share> parse_share(std::string_view text) {
  text = trim(text);
  if (text.ends_with('%')) text = trim(text.substr(0, text.size() - 1));
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  std::string cents(point == std::string_view::npos ? std::string_view() : text.substr(point + 1));
  if (point != std::string_view::npos && cents.empty()) return std::nullopt;
  while (cents.size() > 2 && cents.back() == '0') cents.pop_back();
  if (whole.empty() || whole.size() > 3 || cents.size() > 2) return std::nullopt;
  if ((std::string(whole) + cents).find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  cents.resize(2, '0');
  const std::int64_t bp = *parse_integer(whole) * 100 + *parse_integer(cents);
  if (bp > Share::kWhole) return std::nullopt;
  return Share(static_cast<int>(bp));
}

}  // namespace sluice
