#include "support/origins.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "base/text.h"

namespace sluice::testing {
namespace {

namespace fs = std::filesystem;

// The cells of a table's row; `\|` within a cell is a bar.
std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells{""};
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] == '|') {
      cells.back() += line[++i];
    } else if (line[i] == '|') {
      cells.emplace_back();
    } else {
      cells.back() += line[i];
    }
  }
  for (std::string& cell : cells) cell = std::string(trim(cell));
  return cells;
}

}  // namespace

fs::path corpus_root() {
  if (const char* named = std::getenv("SLUICE_CORPUS")) return named;
  return fs::path(SLUICE_SOURCE_DIR) / ".." / "shared" / "corpus";
}

std::vector<OriginsRow> read_origins(const fs::path& folder) {
  std::ifstream table(folder / "ORIGINS.md");
  std::vector<OriginsRow> rows;
  std::size_t expected = 0;  // index of the column; 0: no header yet
  for (std::string line; std::getline(table, line);) {
    if (!line.starts_with('|')) continue;
    const std::vector<std::string> cells = cells_of(line);
    if (const auto at = std::ranges::find(cells, "expected verdict"); at != cells.end()) {
      expected = static_cast<std::size_t>(at - cells.begin());
    } else if (expected > 0 && cells.size() > expected && cells[0].starts_with('`')) {
      rows.push_back(
          {.file = cells[0].substr(1, cells[0].rfind('`') - 1), .expected = cells[expected]});
    }
  }
  return rows;
}

std::string bytes_of_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace sluice::testing
