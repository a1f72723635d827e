#include "adapters/haproxy/log_line.h"

#include <charconv>

namespace sluice::haproxy {
namespace {

constexpr std::string_view kMark = "sluice/1 ";
constexpr std::size_t kHeaderBytesMax = 256;
constexpr std::int64_t kActiveMsMax = 86'400'000;
constexpr int kBuckets = 8;

// Text after the mark; the mark begins a word.
std::optional<std::string_view> after_mark(std::string_view text) {
  const std::size_t at = text.substr(0, kHeaderBytesMax + kMark.size()).find(kMark);
  if (at == std::string_view::npos) return std::nullopt;
  if (at > 0 && text[at - 1] != ' ') return std::nullopt;
  return text.substr(at + kMark.size());
}

// Takes the next word off the front; empty at the end.
std::string_view next_word(std::string_view& rest) {
  const std::size_t end = rest.find_first_of(std::string_view(" \r\n\0", 4));
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(word.size());
  if (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  return word;
}

template <class Number>
bool read(std::string_view word, Number low, Number high, Number& out) {
  if (word.starts_with('+')) word.remove_prefix(1);  // HAProxy's mark for "at least"
  Number value{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size()) return false;
  if (value < low || value > high) return false;
  out = value;
  return true;
}

bool read_bucket(std::string_view word, int& bucket) {
  if (word == "-" || word.empty()) return true;
  return read(word, 0, kBuckets - 1, bucket);
}

}  // namespace

std::optional<LogLine> parse_log_line(std::string_view text) {
  auto rest = after_mark(text);
  if (!rest) return std::nullopt;
  LogLine line;
  if (!read<std::int64_t>(next_word(*rest), 1, INT32_MAX, line.process)) return std::nullopt;
  line.backend = next_word(*rest);
  line.server = next_word(*rest);
  if (line.backend.empty() || line.server.empty()) return std::nullopt;
  if (!read(next_word(*rest), -1, 999, line.status)) return std::nullopt;
  if (!read<std::int64_t>(next_word(*rest), -1, kActiveMsMax, line.active_ms)) return std::nullopt;
  if (line.active_ms < 0) line.active_ms = 0;  // broken off before there was anything to time
  line.termination = next_word(*rest);
  if (line.termination.size() < 2 || line.termination.size() > 8) return std::nullopt;
  if (!read<std::int64_t>(next_word(*rest), 0, INT64_MAX, line.ended_unix_ms)) return std::nullopt;
  if (!read_bucket(next_word(*rest), line.bucket)) return std::nullopt;
  return line;
}

bool is_error(const LogLine& line) {
  if (line.status >= 500) return true;
  // S: the server broke off or refused; s: it timed out; D: it was found dead while answering.
  const char ended_by = line.termination.empty() ? '-' : line.termination.front();
  return ended_by == 'S' || ended_by == 's' || ended_by == 'D';
}

}  // namespace sluice::haproxy
