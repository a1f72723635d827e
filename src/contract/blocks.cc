#include "contract/blocks.h"

#include "base/text.h"
#include "contract/inline_text.h"

namespace sluice::contract {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// Columns before the first character that shows; a tab goes to the next multiple of four.
int indentation(std::string_view line) {
  int columns = 0;
  for (const char c : line) {
    if (c == ' ') {
      ++columns;
    } else if (c == '\t') {
      columns += 4 - columns % 4;
    } else if (c != kHidden) {
      break;
    }
  }
  return columns;
}

std::size_t first_visible(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != ' ' && line[i] != '\t' && line[i] != kHidden) return i;
  }
  return line.size();
}

bool is_rule(std::string_view text) {
  text = trim(text);
  if (text.empty() || !std::string_view("-*_").contains(text[0])) return false;
  const auto marks = std::ranges::count(text, text[0]);
  const auto spaces = std::ranges::count_if(text, [](char c) { return c == ' ' || c == '\t'; });
  return marks >= 3 && static_cast<std::size_t>(marks + spaces) == text.size();
}

bool is_underline(std::string_view text, char mark) {
  text = trim(text);
  return !text.empty() && text.find_first_not_of(mark) == kNone;
}

// The cells of a table line: between pipes that are not escaped.
std::vector<Cell> split_cells(std::string_view line, int number) {
  std::vector<Cell> cells;
  std::size_t at = first_visible(line);
  if (at < line.size() && line[at] == '|') ++at;
  Cell cell{.text = {}, .at = {number, static_cast<int>(at) + 1}};
  for (; at < line.size(); ++at) {
    if (line[at] == '\\' && at + 1 < line.size() && line[at + 1] == '|') {
      cell.text += line[++at];
    } else if (line[at] == '|') {
      cells.push_back(std::move(cell));
      cell = {.text = {}, .at = {number, static_cast<int>(at) + 2}};
    } else {
      cell.text += line[at];
    }
  }
  if (!is_blank(cell.text)) cells.push_back(std::move(cell));
  for (Cell& one : cells) one.at.column += static_cast<int>(first_visible(one.text));
  return cells;
}

bool is_delimiter_row(std::string_view line) {
  line = trim(line);
  return line.contains('|') && line.contains('-') && line.find_first_not_of("|-: \t") == kNone;
}

struct Marker {
  std::size_t text_at = 0;  // where the item's text starts
};

// `- `, `* `, `+ `, `1. `, `1) `: the marker of a list item.
std::optional<Marker> list_marker(std::string_view line) {
  std::size_t at = first_visible(line);
  const std::size_t digits = std::min(line.find_first_not_of("0123456789", at), line.size()) - at;
  if (digits > 9) return std::nullopt;
  at += digits;
  if (at >= line.size()) return std::nullopt;
  const bool marks = digits > 0 ? line[at] == '.' || line[at] == ')'
                                : line[at] == '-' || line[at] == '*' || line[at] == '+';
  if (!marks) return std::nullopt;
  if (at + 1 == line.size()) return Marker{at + 1};
  if (line[at + 1] != ' ' && line[at + 1] != '\t') return std::nullopt;
  return Marker{at + 1 + first_visible(line.substr(at + 1))};
}

// `[label]: address`, which is not shown. `[a placeholder]: with words` is none.
std::optional<std::string> reference_label(std::string_view line) {
  line = trim(line);
  const std::size_t end = line.find("]:");
  if (!line.starts_with('[') || line.starts_with("[^") || end == kNone) return std::nullopt;
  const std::string_view address = trim(line.substr(end + 2));
  const std::string_view title = trim(address.substr(std::min(address.find(' '), address.size())));
  if (address.empty() || (!title.empty() && !std::string_view("\"'(").contains(title[0]))) {
    return std::nullopt;
  }
  return to_lower_ascii(trim(line.substr(1, end - 1)));
}

class BlockReader {
 public:
  explicit BlockReader(SourceText& source) : source_(source) {}

  Document run() {
    for (at_ = 0; at_ < source_.lines.size();) {
      SourceLine& line = source_.lines[at_];
      if (line.code || is_blank(line.text)) {
        open_ = false;
        ++at_;
      } else if (is_indented_code(line.text)) {
        line.code = true;
        ++at_;
      } else {
        read(line.text);
      }
    }
    return std::move(document_);
  }

 private:
  [[nodiscard]] int number() const { return static_cast<int>(at_) + 1; }
  [[nodiscard]] Position place(std::size_t column_index) const {
    return {number(), static_cast<int>(column_index) + 1};
  }

  [[nodiscard]] bool is_indented_code(std::string_view line) const {
    return !in_list_ && !open_ && indentation(line) >= 4;
  }

  void complain(std::size_t column_index, std::string wrong, std::string right) {
    if (source_.complaints.size() >= kComplaintsMax) return;
    source_.complaints.push_back(
        {source_.file, place(column_index), std::move(wrong), std::move(right)});
  }

  void add(Block block, bool stays_open) {
    document_.blocks.push_back(std::move(block));
    open_ = stays_open;
  }

  // Reads the block that starts here, and moves on behind it.
  void read(std::string_view line) {
    if (read_heading(line) || read_underline(line) || read_rule(line) || read_quote(line) ||
        read_table(line) || read_item(line) || read_reference(line)) {
      return;
    }
    read_paragraph(line);
  }

  bool read_heading(std::string_view line) {
    const std::size_t first = first_visible(line);
    const std::size_t end = std::min(line.find_first_not_of('#', first), line.size());
    const std::size_t level = end - first;
    if (level == 0 || level > 6 || indentation(line) > 3) return false;
    if (end < line.size() && line[end] != ' ' && line[end] != '\t' && line[end] != kHidden) {
      return false;
    }
    std::string_view text = trim(line.substr(end));
    const std::size_t last = text.find_last_not_of('#');
    if (last == kNone) {
      text = {};
    } else if (text[last] == ' ' || text[last] == '\t') {
      text = trim(text.substr(0, last + 1));
    }
    add({.kind = BlockKind::heading,
         .level = static_cast<int>(level),
         .at = place(end + first_visible(line.substr(end))),
         .text = std::string(text)},
        false);
    in_list_ = false;
    ++at_;
    return true;
  }

  // A paragraph of one line with a line of `=` or `-` under it is a heading.
  bool read_underline(std::string_view line) {
    if (!open_ || indentation(line) > 3) return false;
    Block& above = document_.blocks.back();
    if (above.kind != BlockKind::paragraph || above.text.contains('\n')) return false;
    const int level = is_underline(line, '=') ? 1 : is_underline(line, '-') ? 2 : 0;
    if (level == 0) return false;
    above.kind = BlockKind::heading;
    above.level = level;
    open_ = false;
    in_list_ = false;
    ++at_;
    return true;
  }

  bool read_rule(std::string_view line) {
    if (indentation(line) > 3 || !is_rule(line)) return false;
    open_ = false;
    in_list_ = false;
    ++at_;
    return true;
  }

  bool read_quote(std::string_view line) {
    std::size_t at = first_visible(line);
    if (line[at] != '>') return false;
    while (at < line.size() && (line[at] == '>' || line[at] == ' ' || line[at] == kHidden)) ++at;
    add({.kind = BlockKind::quote, .at = place(at), .text = std::string(line.substr(at))}, false);
    in_list_ = false;
    ++at_;
    return true;
  }

  bool read_table(std::string_view line) {
    if (!line.contains('|')) return false;
    const bool delimited = at_ + 1 < source_.lines.size() && !source_.lines[at_ + 1].code &&
                           is_delimiter_row(source_.lines[at_ + 1].text);
    if (!delimited) {
      if (line[first_visible(line)] == '|' && !open_) {
        complain(first_visible(line), "this looks like a row of a table, and is shown as text",
                 "put a line such as `|---|---|` under the names of the columns, and no empty "
                 "line between rows");
      }
      return false;
    }
    ++tables_;
    const std::size_t columns = split_cells(line, number()).size();
    if (split_cells(source_.lines[at_ + 1].text, number()).size() != columns) {
      complain(0,
               "the line under this one has another number of columns, so that no table is shown",
               "write one `---` for each column");
    }
    add_row(line, columns, true);
    at_ += 2;
    while (at_ < source_.lines.size() && is_row(source_.lines[at_])) {
      add_row(source_.lines[at_].text, columns, false);
      ++at_;
    }
    in_list_ = false;
    return true;
  }

  static bool is_row(const SourceLine& line) {
    return !line.code && !is_blank(line.text) && line.text.contains('|') &&
           line.text[first_visible(line.text)] != '#' && line.text[first_visible(line.text)] != '>';
  }

  void add_row(std::string_view line, std::size_t columns, bool header) {
    Block row{.kind = BlockKind::row,
              .at = place(first_visible(line)),
              .text = {},
              .cells = split_cells(line, number()),
              .table = tables_,
              .header = header};
    if (row.cells.size() > columns) {
      complain(first_visible(line),
               fmt::format("this row has {} cells under {} columns", row.cells.size(), columns),
               "write a `|` that belongs to the text as `\\|`");
    }
    row.cells.resize(columns, Cell{.text = {}, .at = row.at});
    add(std::move(row), false);
  }

  bool read_item(std::string_view line) {
    const auto marker = list_marker(line);
    if (!marker) return false;
    Block item{.kind = BlockKind::item,
               .level = indentation(line),
               .at = place(marker->text_at),
               .text = std::string(line.substr(std::min(marker->text_at, line.size())))};
    take_tick(item, marker->text_at);
    add(std::move(item), true);
    in_list_ = true;
    ++at_;
    return true;
  }

  void take_tick(Block& item, std::size_t column_index) {
    const std::string_view text = item.text;
    const std::size_t end = text.find(']');
    if (!text.starts_with('[') || end == kNone || end > 5) return;
    const std::string_view mark = text.substr(1, end - 1);
    const bool spaced = end + 1 == text.size() || text[end + 1] == ' ' || text[end + 1] == '\t';
    if ((mark == " " || mark == "x" || mark == "X") && spaced) {
      item.tick = mark != " ";
      item.text = std::string(trim(text.substr(end + 1)));
    } else if (trim(mark).empty() || to_lower_ascii(trim(mark)) == "x" || mark == "✓" ||
               mark == "✔" || mark == "v") {
      complain(column_index, fmt::format("`{}` is no tick box", text.substr(0, end + 1)),
               "write `[ ]` or `[x]`, and a space behind it");
      item.tick = false;
      item.text = std::string(trim(text.substr(end + 1)));
    }
  }

  bool read_reference(std::string_view line) {
    if (open_) return false;
    const auto label = reference_label(line);
    if (!label) return false;
    document_.references.insert(*label);
    source_.lines[at_].code = true;
    ++at_;
    return true;
  }

  void read_paragraph(std::string_view line) {
    const std::size_t first = first_visible(line);
    if (open_) {
      document_.blocks.back().text += "\n" + std::string(line.substr(first));
    } else {
      if (indentation(line) < 2) in_list_ = false;
      add({.kind = BlockKind::paragraph,
           .at = place(first),
           .text = std::string(line.substr(first))},
          true);
    }
    ++at_;
  }

  SourceText& source_;
  std::size_t at_ = 0;
  int tables_ = 0;
  bool open_ = false;     // the last block goes on with the next line of text
  bool in_list_ = false;  // deep indentation belongs to a list, not to code
  Document document_;
};

}  // namespace

Document read_blocks(SourceText& source) { return BlockReader(source).run(); }

}  // namespace sluice::contract
