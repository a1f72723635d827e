// StyledLine: one line for a terminal, made of pieces with a tint. Rendered, it is never wider than
// it was asked to be, whatever is in it: foreign text is made safe when it is added.
//
// Width is counted in columns: wide East Asian letters take two, combining marks none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::cli {

enum class Tint : std::uint8_t { plain, bold, dim, good, bad, careful };

// `colour` false leaves the text as it is.
[[nodiscard]] std::string tinted(std::string_view text, Tint tint, bool colour);

class StyledLine {
 public:
  StyledLine() = default;
  explicit StyledLine(std::string_view text, Tint tint = Tint::plain) { add(text, tint); }

  StyledLine& add(std::string_view text, Tint tint = Tint::plain);
  // Spaces up to that column; at least one when something stands there already.
  StyledLine& to_column(int column);
  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] std::string render(int columns, bool colour) const;

 private:
  struct Piece {
    std::string text;
    Tint tint;
  };
  std::vector<Piece> pieces_;
  int width_ = 0;
};

// Columns that the text takes; the escapes of tinted() take none.
[[nodiscard]] int display_width(std::string_view text);
// Cut to that many columns, the last of them `…` when something was cut.
[[nodiscard]] std::string cut(std::string_view text, int columns);
// Broken at spaces into lines of at most that many columns; what does not fit into lines_max lines
// is cut. Nothing for an empty text.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, int columns,
                                            std::size_t lines_max = 100);

}  // namespace sluice::cli
