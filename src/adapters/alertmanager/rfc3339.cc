#include "adapters/alertmanager/rfc3339.h"

#include <chrono>

namespace sluice::alertmanager {
namespace {

// Takes digits and separators off the front of a text; once something is not as expected, stays
// wrong.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count, int low, int high) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_.size() <= i || rest_[i] < '0' || rest_[i] > '9') return wrong();
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value < low || value > high ? wrong() : value;
  }
  char one_of(std::string_view allowed) {
    if (rest_.empty() || !allowed.contains(rest_[0])) return static_cast<char>(wrong());
    const char found = rest_[0];
    rest_.remove_prefix(1);
    return found;
  }
  // ".873077559" -> 873
  int fraction_ms() {
    if (!rest_.starts_with('.')) return 0;
    rest_.remove_prefix(1);
    int ms = 0;
    std::size_t count = 0;
    for (; count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9'; ++count) {
      if (count < 3) ms = ms * 10 + (rest_[count] - '0');
    }
    for (std::size_t i = count; i < 3; ++i) ms *= 10;
    rest_.remove_prefix(count);
    return count == 0 ? wrong() : ms;
  }
  [[nodiscard]] bool finished_well() const { return well_ && rest_.empty(); }

 private:
  int wrong() {
    well_ = false;
    return 0;
  }

  std::string_view rest_;
  bool well_ = true;
};

// "Z", "+02:00": how far local time is ahead of UTC.
std::int64_t offset_ms(Scanner& scanner) {
  const char sign = scanner.one_of("Zz+-");
  if (sign != '+' && sign != '-') return 0;
  const int hours = scanner.digits(2, 0, 23);
  scanner.one_of(":");
  const int minutes = scanner.digits(2, 0, 59);
  const std::int64_t ms = hours * kHourMs + minutes * kMinuteMs;
  return sign == '-' ? -ms : ms;
}

}  // namespace

std::optional<Tick> parse_rfc3339(std::string_view text) {
  namespace chrono = std::chrono;
  Scanner scanner(text);
  const int year = scanner.digits(4, 0, 9'999);
  scanner.one_of("-");
  const int month = scanner.digits(2, 1, 12);
  scanner.one_of("-");
  const int day = scanner.digits(2, 1, 31);
  scanner.one_of("Tt ");
  const int hour = scanner.digits(2, 0, 23);
  scanner.one_of(":");
  const int minute = scanner.digits(2, 0, 59);
  scanner.one_of(":");
  const int second = scanner.digits(2, 0, 60);
  const int ms = scanner.fraction_ms();
  const std::int64_t ahead_ms = offset_ms(scanner);
  const chrono::year_month_day date{chrono::year(year), chrono::month(static_cast<unsigned>(month)),
                                    chrono::day(static_cast<unsigned>(day))};
  if (!scanner.finished_well() || !date.ok()) return std::nullopt;
  const std::int64_t days = chrono::sys_days(date).time_since_epoch().count();
  return Tick{days * kDayMs + hour * kHourMs + minute * kMinuteMs + second * kSecondMs + ms -
              ahead_ms};
}

}  // namespace sluice::alertmanager
