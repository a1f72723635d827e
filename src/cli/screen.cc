#include "cli/screen.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/styled_line.h"

namespace sluice::cli {
namespace {

// Rows that the lines take on a terminal of that width, which may be less than when they were
// drawn.
int rows_of(const std::vector<std::string>& lines, int columns) {
  int rows = 0;
  for (const std::string& line : lines) {
    rows += std::max(1, (display_width(line) + columns - 1) / columns);
  }
  return rows;
}

}  // namespace

Frame repaint(const Frame& before, std::vector<std::string> lines, const Terminal& terminal) {
  const int columns = std::max(terminal.columns, 1);
  const auto rows_max = static_cast<std::size_t>(std::max(terminal.rows - 1, 1));
  if (lines.size() > rows_max) {
    lines.resize(rows_max);
    lines.back() = "…";
  }
  // The row that the cursor is in, below the lines, is not among those to go up.
  const int up = std::min(rows_of(before.lines, columns), std::max(terminal.rows - 1, 1));
  Frame frame{std::move(lines), "\r"};
  if (!before.lines.empty()) frame.bytes += fmt::format("\x1b[{}A", up);
  // Cleared before it is written: after a full line the cursor still stands on its last letter.
  for (const std::string& line : frame.lines) frame.bytes += "\x1b[2K" + line + "\n";
  frame.bytes += "\x1b[J";
  return frame;
}

}  // namespace sluice::cli
