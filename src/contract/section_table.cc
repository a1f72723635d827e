#include "contract/section_table.h"

#include "base/text.h"
#include "contract/inline_text.h"

namespace sluice::contract {

SectionTable::SectionTable(const Block& header, std::vector<const Block*> rows)
    : header_(&header), rows_(std::move(rows)) {
  for (const Cell& cell : header.cells) names_.push_back(to_lower_ascii(plain(cell.text)));
  std::erase_if(rows_, [](const Block* row) {
    return std::ranges::all_of(row->cells, [](const Cell& c) { return plain(c.text).empty(); });
  });
}

std::optional<std::size_t> SectionTable::column(
    std::initializer_list<std::string_view> names) const {
  for (const std::string_view name : names) {
    const auto found = std::ranges::find(names_, name);
    if (found != names_.end()) return static_cast<std::size_t>(found - names_.begin());
  }
  return std::nullopt;
}

std::string SectionTable::rest_of(const Block& row, std::optional<std::size_t> but,
                                  std::optional<std::size_t> and_but) {
  std::string out;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const std::string shown = plain(row.cells[i].text);
    if (i == but || i == and_but || shown.empty()) continue;
    out += (out.empty() ? "" : "; ") + shown;
  }
  return out;
}

std::vector<SectionTable> tables_of(std::span<const Block> body) {
  std::vector<SectionTable> tables;
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (body[i].kind != BlockKind::row || !body[i].header) continue;
    std::vector<const Block*> rows;
    for (std::size_t j = i + 1; j < body.size() && body[j].table == body[i].table; ++j) {
      rows.push_back(&body[j]);
    }
    tables.emplace_back(body[i], std::move(rows));
  }
  return tables;
}

std::string cell_text(const Block& row, std::optional<std::size_t> column) {
  return column ? plain(row.cells[*column].text) : std::string();
}

bool says_nothing(std::string_view shown) {
  const std::string lower = to_lower_ascii(trim(shown));
  return lower.empty() || lower == "-" || lower == "—" || lower == "–" || lower == "none" ||
         lower == "n/a" || lower == "na" || lower == "no" || lower == "none.";
}

}  // namespace sluice::contract
