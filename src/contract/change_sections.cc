// The sections Changes Included, Breaking Changes, Artifacts and Configuration.
#include "base/text.h"
#include "contract/contains.h"
#include "contract/inline_text.h"
#include "contract/placeholder.h"
#include "contract/section_reader.h"
#include "contract/section_table.h"

namespace sluice::contract {
namespace {

// "feature (flag: new-nav)" -> "feature"
std::string_view type_word(std::string_view text) { return trim(text.substr(0, text.find('('))); }

ChangeType change_type(std::string_view text) {
  const std::string word = to_lower_ascii(type_word(text));
  if (word == "feature" || word == "new feature") return ChangeType::feature;
  if (word == "fix" || word == "bug fix" || word == "bugfix") return ChangeType::fix;
  if (word == "improvement") return ChangeType::improvement;
  if (word == "deprecation") return ChangeType::deprecation;
  return ChangeType::unknown;
}

// "… (flag: new-nav)" -> "new-nav"
std::string flag_in_parenthesis(std::string_view text) {
  const std::string lower = to_lower_ascii(text);
  for (const std::string_view start : {"(flag: ", "(feature flag: ", "(flag ", "(feature flag "}) {
    const std::size_t at = lower.find(start);
    if (at == std::string::npos) continue;
    const std::size_t from = at + start.size();
    const std::size_t end = text.find_first_of("),;", from);
    if (end != std::string_view::npos) return std::string(trim(text.substr(from, end - from)));
  }
  return {};
}

std::string flag_of(const Change& change, std::string cell) {
  if (!says_nothing(cell)) return cell;
  const std::string by_type = flag_in_parenthesis(change.type_text);
  return by_type.empty() ? flag_in_parenthesis(change.text) : by_type;
}

struct ChangeColumns {
  std::optional<std::size_t> text;
  std::optional<std::size_t> type;
  std::optional<std::size_t> mission;
  std::optional<std::size_t> verdict;
  std::optional<std::size_t> flag;
  std::optional<std::size_t> commits;
};

ChangeColumns change_columns(const SectionTable& table) {
  return {.text = table.column({"change", "description", "change description", "summary", "title"}),
          .type = table.column({"type", "change type", "kind", "category"}),
          .mission = table.column({"mission", "mission id", "missions", "ticket", "work item"}),
          .verdict = table.column({"quality verdict", "verdict", "quality", "quality evaluation"}),
          .flag = table.column({"flag", "feature flag", "flags"}),
          .commits = table.column({"commits", "commit"})};
}

// "3f9a00c, 81b2c4d" or with blanks between them.
std::vector<std::string> commits_of(std::string_view cell) {
  std::vector<std::string> commits;
  if (says_nothing(cell)) return commits;
  std::string spaced(cell);
  std::ranges::replace_if(spaced, [](char c) { return c == ',' || c == ';' || c == '\n'; }, ' ');
  for (const std::string_view word : split(spaced, ' ')) {
    if (!trim(word).empty()) commits.emplace_back(trim(word));
  }
  return commits;
}

void read_change(const SectionReader& reader, const Block& row, const ChangeColumns& columns) {
  Change change{.text = cell_text(row, columns.text),
                .type = ChangeType::unknown,
                .type_text = cell_text(row, columns.type),
                .mission = cell_text(row, columns.mission),
                .quality_verdict = cell_text(row, columns.verdict),
                .flag = {},
                .at = row.at};
  change.type = change_type(change.type_text);
  change.flag = flag_of(change, cell_text(row, columns.flag));
  change.commits = commits_of(cell_text(row, columns.commits));
  if (columns.type && change.type == ChangeType::unknown && !holds_placeholder(change.type_text)) {
    reader.complain(row.cells[*columns.type].at,
                    fmt::format("`{}` is no type of change", printable(change.type_text)),
                    "write feature, fix, improvement or deprecation");
  }
  reader.contract.changes.push_back(std::move(change));
}

bool says_none_breaking(std::string_view shown) {
  const std::string lower = to_lower_ascii(shown);
  return lower.starts_with("no breaking change") || lower == "none" || lower == "none.";
}

struct BreakingBoxes {
  int none = 0;  // boxes that say that there are none
  int none_ticked = 0;
  int some_ticked = 0;     // boxes that say that there are some
  bool none_said = false;  // without a box
};

bool announces_list(std::string_view shown) {
  const std::string lower = to_lower_ascii(shown);
  return lower.starts_with("breaking changes") || lower.starts_with("yes");
}

void count_box(const Block& block, const std::string& shown, BreakingBoxes& boxes,
               Contract& contract) {
  if (says_none_breaking(shown)) {
    boxes.none_said = boxes.none_said || !block.tick;
    boxes.none += block.tick ? 1 : 0;
    boxes.none_ticked += block.tick.value_or(false) ? 1 : 0;
  } else if (block.tick && announces_list(shown)) {
    boxes.some_ticked += *block.tick ? 1 : 0;
  } else if (block.tick.value_or(true)) {
    contract.breaking_changes.push_back(shown);
    boxes.some_ticked += block.tick ? 1 : 0;
  }
}

void refuse_doubles(const SectionReader& reader, std::span<const ContractArtifact> all) {
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (i < 1'000 && contains(all.first(i), all[i].name, &ContractArtifact::name)) {
      reader.complain(all[i].at, fmt::format("`{}` is listed twice", printable(all[i].name)),
                      "give each file a name of its own");
    }
  }
}

}  // namespace

void read_changes(const SectionReader& reader) {
  bool any = false;
  for (const SectionTable& table : tables_of(reader.section.body)) {
    const ChangeColumns columns = change_columns(table);
    if (!columns.text) continue;
    any = true;
    if (!columns.type) {
      reader.complain(table.at(), "the table of changes has no column `Type`",
                      "use the columns Change, Type, Mission, Quality Verdict and Flag");
    }
    for (const Block* row : table.rows()) read_change(reader, *row, columns);
  }
  if (!any) {
    reader.complain(reader.section.at, "there is no table of changes in this section",
                    "use the columns Change, Type, Mission, Quality Verdict and Flag");
  }
}

void read_breaking(const SectionReader& reader) {
  BreakingBoxes boxes;
  for (const Block& block : reader.section.body) {
    if (block.kind != BlockKind::item && block.kind != BlockKind::paragraph) continue;
    const std::string shown = plain(block.text);
    if (!shown.empty()) count_box(block, shown, boxes, reader.contract);
  }
  const bool none = boxes.none_ticked > 0 || (boxes.none == 0 && boxes.none_said);
  if (none != (boxes.some_ticked > 0)) {
    reader.contract.breaking = !none;
  } else {
    reader.complain(
        reader.section.at,
        none ? "both are ticked: that there are breaking changes, and that there are none"
             : "nothing says whether there are breaking changes",
        "tick exactly one of the two boxes");
  }
  if (none && !reader.contract.breaking_changes.empty()) {
    reader.complain(reader.section.at,
                    "breaking changes are listed although it says that there are none",
                    "remove the list, or tick the other box");
  }
}

void read_files(const SectionReader& reader, std::vector<ContractArtifact>& files) {
  for (const SectionTable& table : tables_of(reader.section.body)) {
    const auto name = table.column({"name", "artifact", "file name"});
    const auto location = table.column({"location", "path", "file", "url"});
    const auto digest = table.column({"digest", "sha256", "sha-256", "checksum"});
    if (!name || !location) {
      reader.complain(table.at(),
                      fmt::format("the table of `{}` lacks a column `Name` or `Location`",
                                  reader.section.title),
                      "use the columns Name, Location and Digest");
      continue;
    }
    for (const Block* row : table.rows()) {
      const std::string shown = cell_text(*row, digest);
      const std::string pinned = says_nothing(shown) ? "" : shown;
      files.push_back({.name = cell_text(*row, name),
                       .location = cell_text(*row, location),
                       .digest_text = pinned,
                       .at = row->at});
      if (!pinned.empty() && !parse_digest(pinned) && !holds_placeholder(pinned)) {
        reader.complain(row->cells[*digest].at, "this is no SHA-256 digest",
                        "write sha256: and 64 hexadecimal digits, or leave the cell empty");
      }
    }
  }
  refuse_doubles(reader, files);
}

}  // namespace sluice::contract
