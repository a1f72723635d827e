// Blocks: the parts of a Markdown document that a release contract is made of, in order, each with
// its place. Text is raw: see plain() in contract/inline_text.h for what a reader sees.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "contract/source_text.h"
#include "model/complaint.h"

namespace sluice::contract {

enum class BlockKind : std::uint8_t { heading, row, item, quote, paragraph };

struct Cell {
  std::string text;  // `\|` has become `|`
  Position at;
};

struct Block {
  BlockKind kind = BlockKind::paragraph;
  int level = 0;  // of a heading 1..6; of an item its indentation in columns
  Position at;
  std::string text;            // without `#`, `>`, `-` and tick box; lines joined by '\n'
  std::vector<Cell> cells{};   // of a row
  int table = 0;               // of a row: counts the tables of the document from 1
  bool header = false;         // of a row: the names of the columns
  std::optional<bool> tick{};  // of an item with a tick box
};

struct Document {
  std::vector<Block> blocks;
  std::set<std::string> references;  // labels of `[label]: address`, lower case
};

// Marks in `source` which lines are indented code or reference definitions, and complains there
// about what looks like a table or a tick box and is none.
[[nodiscard]] Document read_blocks(SourceText& source);

}  // namespace sluice::contract
