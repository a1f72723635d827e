#include "behaviour.h"

#include <charconv>

namespace storefront {
namespace {

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

template <class Number>
bool read_number(std::string_view text, Number most, Number& out) {
  const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), out);
  return trouble == std::errc() && end == text.data() + text.size() && out >= 0 && out <= most;
}

bool read_health(std::string_view text, std::int64_t& healthy_ms) {
  constexpr std::string_view kFail = "fail after ";
  if (text == "ok") return true;
  if (!text.starts_with(kFail) || !text.ends_with('s')) return false;
  const std::string_view seconds = trim(text.substr(kFail.size(), text.size() - kFail.size() - 1));
  if (!read_number<std::int64_t>(seconds, 86'400, healthy_ms)) return false;
  healthy_ms = healthy_ms * 1'000 + 1;  // "after 0 s" is at once, not never
  return true;
}

bool read_line(std::string_view key, std::string_view value, Behaviour& behaviour,
               std::string& only_in) {
  if (key == "error_rate") return read_number(value, 1.0, behaviour.error_rate);
  if (key == "slow_rate") return read_number(value, 1.0, behaviour.slow_rate);
  if (key == "slow_ms") return read_number<std::int64_t>(value, 60'000, behaviour.slow_ms);
  if (key == "health") return read_health(value, behaviour.healthy_ms);
  if (key == "faults") return behaviour.on_signal = value == "on signal";
  if (key != "only_in") return false;
  only_in = value;
  return true;
}

}  // namespace

std::optional<Behaviour> parse_behaviour(std::string_view text, std::string_view environment,
                                         std::string& wrong) {
  Behaviour behaviour;
  std::string only_in;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#') continue;
    const std::string_view said = trim(line.substr(0, line.find('#')));
    const std::size_t equals = said.find('=');
    if (equals != said.npos && read_line(trim(said.substr(0, equals)),
                                         trim(said.substr(equals + 1)), behaviour, only_in)) {
      continue;
    }
    wrong = "`" + std::string(line) + "` is no line that the storefront understands";
    return std::nullopt;
  }
  const bool elsewhere = !only_in.empty() && only_in != environment;
  return elsewhere ? Behaviour{} : behaviour;
}

}  // namespace storefront
