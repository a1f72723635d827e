#include "cli/styled_line.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include <fmt/format.h>

#include "base/text.h"

namespace sluice::cli {
namespace {

constexpr std::size_t kBytesMax = 4'000;  // of one piece; longer text is no line

struct Letter {
  std::size_t bytes = 1;
  int columns = 1;
};

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// The blocks that terminals draw two columns wide; an over-estimate elsewhere would do no harm.
constexpr std::array kWide{Range{0x1100, 0x115F}, Range{0x2E80, 0xA4CF},   Range{0xAC00, 0xD7A3},
                           Range{0xF900, 0xFAFF}, Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},
                           Range{0xFFE0, 0xFFE6}, Range{0x1F300, 0x1FAFF}, Range{0x20000, 0x3FFFD}};
// Combining marks, joiners and direction marks.
constexpr std::array kNarrowest{Range{0x0300, 0x036F}, Range{0x200B, 0x200F}, Range{0x202A, 0x202E},
                                Range{0x2060, 0x2064}, Range{0xFE00, 0xFE0F}};

bool within(std::span<const Range> ranges, std::uint32_t code) {
  return std::ranges::any_of(
      ranges, [code](Range range) { return code >= range.first && code <= range.last; });
}

std::size_t bytes_of(unsigned char lead) {
  if (lead < 0xC0) return 1;
  return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

// The text is valid UTF-8, or its bytes are counted as one column each.
Letter letter_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t bytes = std::min(bytes_of(lead), text.size() - at);
  if (bytes == 1) return {};
  std::uint32_t code = lead & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    code = (code << 6U) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  }
  return {bytes, within(kNarrowest, code) ? 0 : within(kWide, code) ? 2 : 1};
}

// Bytes of the escape sequence "\x1b[…m" at that place; 0 when there is none.
std::size_t escape_at(std::string_view text, std::size_t at) {
  if (!text.substr(at).starts_with("\x1b[")) return 0;
  const std::size_t end = text.find('m', at);
  return end == std::string_view::npos ? 0 : end + 1 - at;
}

// The longest beginning of the text that is at most that wide.
std::size_t bytes_within(std::string_view text, int columns) {
  int used = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const Letter letter = letter_at(text, at);
    if (used + letter.columns > columns) break;
    used += letter.columns;
    at += letter.bytes;
  }
  return at;
}

std::string_view code_of(Tint tint) {
  switch (tint) {
    case Tint::plain: return "";
    case Tint::bold: return "1";
    case Tint::dim: return "2";
    case Tint::good: return "32";
    case Tint::bad: return "1;31";
    case Tint::careful: return "33";
  }
  return "";
}

// Where to break a line that is too long: at the last space, or in the middle of a long word.
std::size_t break_at(std::string_view text, int columns) {
  const std::size_t fits = std::max<std::size_t>(bytes_within(text, columns), 1);
  if (fits >= text.size()) return text.size();
  const std::size_t space = text.substr(0, fits + 1).rfind(' ');
  return space == std::string_view::npos || space == 0 ? fits : space;
}

}  // namespace

std::string tinted(std::string_view text, Tint tint, bool colour) {
  if (!colour || tint == Tint::plain || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code_of(tint), text);
}

int display_width(std::string_view text) {
  int columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t escape = escape_at(text, at); escape > 0) {
      at += escape;
      continue;
    }
    const Letter letter = letter_at(text, at);
    columns += letter.columns;
    at += letter.bytes;
  }
  return columns;
}

std::string cut(std::string_view text, int columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns <= 0) return {};
  return std::string(text.substr(0, bytes_within(text, columns - 1))) + "…";
}

std::vector<std::string> wrap(std::string_view text, int columns, std::size_t lines_max) {
  std::vector<std::string> lines;
  const std::string safe = printable(text, kBytesMax);
  std::string_view rest = trim(safe);
  while (!rest.empty()) {
    if (lines.size() + 1 >= lines_max) {
      lines.push_back(cut(rest, columns));
      break;
    }
    const std::size_t bytes = break_at(rest, columns);
    lines.emplace_back(trim(rest.substr(0, bytes)));
    rest = trim(rest.substr(bytes));
  }
  return lines;
}

StyledLine& StyledLine::add(std::string_view text, Tint tint) {
  std::string safe = printable(text, kBytesMax);
  width_ += display_width(safe);
  pieces_.push_back({std::move(safe), tint});
  return *this;
}

StyledLine& StyledLine::to_column(int column) {
  const int spaces = std::max(column - width_, width_ == 0 ? 0 : 1);
  return add(std::string(static_cast<std::size_t>(spaces), ' '));
}

std::string StyledLine::render(int columns, bool colour) const {
  std::string out;
  int left = columns;
  for (const Piece& piece : pieces_) {
    const int wanted = display_width(piece.text);
    const bool is_last = &piece == &pieces_.back();
    // A piece that just fits would leave no room for the `…` that stands for the next one.
    if (wanted > left || (wanted == left && !is_last)) {
      return out + tinted(cut(piece.text + " ", left), piece.tint, colour);
    }
    out += tinted(piece.text, piece.tint, colour);
    left -= wanted;
  }
  return out;
}

}  // namespace sluice::cli
