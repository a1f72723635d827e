#include "contract/quantity.h"

#include "base/text.h"
#include "contract/contains.h"

namespace sluice::contract {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// Removes one of the words from the start, if it stands there.
bool strip_word(std::string_view& text, std::string_view word) {
  if (!to_lower_ascii(text.substr(0, word.size())).starts_with(word)) return false;
  text = trim(text.substr(word.size()));
  return true;
}

std::string_view before_parenthesis(std::string_view text) {
  return trim(text.substr(0, text.find('(')));
}

std::optional<std::int64_t> unit_ms(std::string_view unit) {
  if (unit == "week") unit = "weeks";
  return parse_duration_ms("1" + std::string(unit));
}

// The duration that `text` starts with, taken off it: "1 h 30 min after that" leaves "after that".
std::optional<std::int64_t> take_duration_ms(std::string_view& text) {
  std::optional<std::int64_t> sum;
  for (;;) {
    const std::string_view rest = trim(text);
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789."), rest.size());
    const std::string_view behind = trim(rest.substr(digits));
    const std::string lower = to_lower_ascii(behind.substr(0, 12));
    const std::size_t letters =
        std::min(lower.find_first_not_of("abcdefghijklmnopqrstuvwxyz"), lower.size());
    const auto unit = unit_ms(std::string_view(lower).substr(0, letters));
    const auto parts = split(rest.substr(0, digits), '.');
    const auto whole = parse_integer(parts[0]);
    if (digits == 0 || digits > 9 || letters == 0 || !unit || !whole || parts.size() > 2)
      return sum;
    std::int64_t ms = *whole * *unit;
    if (parts.size() == 2) {
      if (parts[1].size() != 1 || !parse_integer(parts[1])) return sum;
      ms += *parse_integer(parts[1]) * *unit / 10;
    }
    constexpr std::int64_t kLongest = 3650 * kDayMs;
    if (*whole > kLongest / *unit || sum.value_or(0) + ms > kLongest) return std::nullopt;
    sum = sum.value_or(0) + ms;
    text = trim(behind.substr(letters));
  }
}

// "5-10 minutes": the part behind the dash, where a number stands before it.
std::optional<std::string_view> range_end(std::string_view text) {
  const std::size_t digits = text.find_first_not_of("0123456789. ");
  if (digits == 0 || digits == kNone) return std::nullopt;
  for (const std::string_view dash : {"-", "–", "—", "to "}) {
    if (text.substr(digits).starts_with(dash)) return trim(text.substr(digits + dash.size()));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> stated_duration_ms(std::string_view text) {
  text = before_parenthesis(trim(text));
  for (const std::string_view word : {"at least ", "minimum ", "min. ", "≥", ">="}) {
    if (strip_word(text, word)) break;
  }
  const auto ms = take_duration_ms(text);
  if (strip_word(text, "minimum") || strip_word(text, "or more")) text = trim(text);
  return text.empty() ? ms : std::nullopt;
}

std::optional<std::int64_t> upper_duration_ms(std::string_view text) {
  text = trim(text);
  for (bool stripped = true; stripped;) {
    stripped = false;
    for (const std::string_view word :
         {"<=", "≤", "<", "~", "≈", "under ", "up to ", "at most ", "less than ", "within ",
          "about ", "approximately ", "approx. ", "around ", "max. ", "max ", "roughly "}) {
      stripped = stripped || strip_word(text, word);
    }
  }
  if (const auto end = range_end(text)) text = *end;
  auto ms = take_duration_ms(text);
  for (const std::string_view dash : {"-", "–", "—", "to "}) {  // "5 min - 10 min"
    std::string_view rest = text;
    if (!ms || !strip_word(rest, dash)) continue;
    if (const auto upper = take_duration_ms(rest)) {
      ms = std::max(*ms, *upper);
      text = rest;
    }
  }
  if (text.starts_with('+') || text.starts_with('/')) return std::nullopt;
  const std::string behind = to_lower_ascii(text);
  for (const std::string_view word : {"per ", "each", "or more", "at least", "minimum"}) {
    if (behind.starts_with(word)) return std::nullopt;
  }
  return ms;
}

std::optional<Share> stated_share(std::string_view text) {
  text = before_parenthesis(trim(text));
  const std::size_t end = text.find('%');
  if (end == kNone) return std::nullopt;
  const std::string behind = to_lower_ascii(trim(text.substr(end + 1)));
  constexpr std::array<std::string_view, 10> kTraffic{"",
                                                      "traffic",
                                                      "of traffic",
                                                      "of all traffic",
                                                      "of production traffic",
                                                      "of requests",
                                                      "of all requests",
                                                      "of the traffic",
                                                      "requests",
                                                      "production traffic"};
  if (!contains(kTraffic, behind)) return std::nullopt;
  return parse_share(text.substr(0, end + 1));
}

bool is_ongoing(std::string_view text) {
  const std::string lower = to_lower_ascii(before_parenthesis(text));
  return lower == "ongoing" || lower == "permanent" || lower == "indefinite" ||
         lower == "indefinitely" || lower == "∞" || lower == "-" || lower == "—" || lower == "–";
}

}  // namespace sluice::contract
