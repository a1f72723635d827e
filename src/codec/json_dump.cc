#include <array>
#include <charconv>
#include <cmath>

#include "base/assert.h"
#include "codec/json.h"

namespace sluice::codec {
namespace {

struct Range {
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
};

// What the second byte may be: this is where overlong forms, surrogates and code points beyond
// U+10FFFF are told from the rest.
Range second_byte(unsigned char lead) {
  if (lead == 0xE0) return {0xA0, 0xBF};
  if (lead == 0xED) return {0x80, 0x9F};
  if (lead == 0xF0) return {0x90, 0xBF};
  if (lead == 0xF4) return {0x80, 0x8F};
  return {};
}

// Length of the UTF-8 sequence at the start of `text`, or 0 when it is not one.
std::size_t utf8_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  Range range = second_byte(lead);
  for (const char c : text.substr(1, length - 1)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < range.low || byte > range.high) return 0;
    range = {};
  }
  return length;
}

void write_control(std::string& out, unsigned char byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  switch (byte) {
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  out += "\\u00";
  out += kDigits[byte >> 4U];
  out += kDigits[byte & 15U];
}

void write(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const char first = text[0];
    if (length == 0) {
      out += "\xEF\xBF\xBD";  // U+FFFD
    } else if (static_cast<unsigned char>(first) < 0x20) {
      write_control(out, static_cast<unsigned char>(first));
    } else {
      if (first == '"' || first == '\\') out += '\\';
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

template <class Number>
std::string_view shortest(std::array<char, 32>& buffer, Number number) {
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  SLUICE_ASSERT(error == std::errc{});
  return {buffer.data(), static_cast<std::size_t>(end - buffer.data())};
}

void write(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  std::array<char, 32> buffer{};
  const std::string_view digits = shortest(buffer, number);
  out += digits;
  if (digits.find_first_of(".e") == std::string_view::npos) out += ".0";
}

void write(std::string& out, const Json& json);

void write(std::string& out, const Json::Array& items) {
  out += '[';
  for (const Json& item : items) {
    if (&item != items.data()) out += ',';
    write(out, item);
  }
  out += ']';
}

void write(std::string& out, const Json::Object& members) {
  out += '{';
  for (const auto& member : members) {
    if (&member != members.data()) out += ',';
    write(out, std::string_view(member.first));
    out += ':';
    write(out, member.second);
  }
  out += '}';
}

// Recursion is as deep as the value: 64 levels when it was read, a handful when Sluice built it.
void write(std::string& out, const Json& json) {
  std::array<char, 32> buffer{};
  if (const auto* truth = json.boolean()) {
    out += *truth ? "true" : "false";
  } else if (const auto* whole = json.integer()) {
    out += shortest(buffer, *whole);
  } else if (const auto* number = json.real()) {
    write(out, *number);
  } else if (const auto* text = json.string()) {
    write(out, std::string_view(*text));
  } else if (const auto* items = json.array()) {
    write(out, *items);
  } else if (const auto* members = json.object()) {
    write(out, *members);
  } else {
    out += "null";
  }
}

}  // namespace

std::string Json::dump() const {
  std::string out;
  write(out, *this);
  return out;
}

}  // namespace sluice::codec
