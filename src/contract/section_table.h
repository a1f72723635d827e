// Tables of a section, read by the names of their columns.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contract/blocks.h"

namespace sluice::contract {

class SectionTable {
 public:
  SectionTable(const Block& header, std::vector<const Block*> rows);

  // The column that has one of these names (lower case), the earlier names first.
  [[nodiscard]] std::optional<std::size_t> column(
      std::initializer_list<std::string_view> names) const;

  [[nodiscard]] Position at() const { return header_->at; }
  // Rows with something in them.
  [[nodiscard]] const std::vector<const Block*>& rows() const { return rows_; }
  // All cells but those of two columns, joined by "; ".
  [[nodiscard]] static std::string rest_of(const Block& row, std::optional<std::size_t> but,
                                           std::optional<std::size_t> and_but = {});

 private:
  const Block* header_;
  std::vector<const Block*> rows_;
  std::vector<std::string> names_;
};

[[nodiscard]] std::vector<SectionTable> tables_of(std::span<const Block> body);

// What a reader sees in this cell; empty where the table has no such column.
[[nodiscard]] std::string cell_text(const Block& row, std::optional<std::size_t> column);

// "-", "—", "none", "n/a": a cell that says that there is nothing.
[[nodiscard]] bool says_nothing(std::string_view shown);

}  // namespace sluice::contract
