#include "contract/contract_sections.h"

#include "base/text.h"
#include "contract/inline_text.h"
#include "contract/section_reader.h"
#include "contract/section_table.h"

namespace sluice::contract {
namespace {

// The words of a section as one text; sub-headings and tables are left out.
std::string prose_of(const OutlineSection& section) {
  std::string out;
  for (const Block& block : section.body) {
    if (block.kind == BlockKind::heading || block.kind == BlockKind::row) continue;
    const std::string shown = plain(block.text);
    if (!shown.empty()) out += (out.empty() ? "" : "\n") + shown;
  }
  return out;
}

void read_ticks(const SectionReader& reader, std::vector<CheckItem>& items) {
  const std::size_t before = items.size();
  for (const Block& block : reader.section.body) {
    if (block.kind == BlockKind::item && block.tick) {
      items.push_back({.text = plain(block.text), .ticked = *block.tick, .at = block.at});
    }
  }
  if (items.size() == before && !is_empty(reader.section)) {
    reader.complain(reader.section.at,
                    fmt::format("section `{}` has no tick boxes", reader.section.title),
                    "write each point as `- [ ] …` or `- [x] …`");
  }
}

NamedItem named_item(std::string_view text, Position at) {
  if (const auto field = leading_field(text, at)) {
    // Names are told apart by case, so the label is taken from the text as it was written.
    const std::string shown = plain(text);
    const std::size_t colon = shown.find(':');
    return {.name = shown.substr(0, colon), .detail = plain(field->value), .at = at};
  }
  const std::string shown = plain(text);
  for (const std::string_view dash : {" — ", " – ", " - ", ": "}) {
    const std::size_t cut = shown.find(dash);
    if (cut == std::string::npos) continue;
    return {.name = shown.substr(0, cut), .detail = shown.substr(cut + dash.size()), .at = at};
  }
  return {.name = shown, .detail = {}, .at = at};
}

// A list or a table of names, each with what is said about it.
std::vector<NamedItem> named_items(const OutlineSection& section) {
  std::vector<NamedItem> items;
  for (const SectionTable& table : tables_of(section.body)) {
    auto column = table.column({"name", "flag", "migration", "environment", "file"});
    if (!column) column = 0;
    for (const Block* row : table.rows()) {
      items.push_back({.name = cell_text(*row, column),
                       .detail = SectionTable::rest_of(*row, column),
                       .at = row->at});
    }
  }
  for (const Block& block : section.body) {
    if (block.kind == BlockKind::item) items.push_back(named_item(block.text, block.at));
  }
  std::erase_if(items, [](const NamedItem& item) { return says_nothing(item.name); });
  return items;
}

void read_named(const SectionReader& reader, std::vector<NamedItem>& out) {
  std::vector<NamedItem> items = named_items(reader.section);
  if (items.empty() && !is_empty(reader.section) && !says_nothing(prose_of(reader.section)) &&
      tables_of(reader.section.body).empty()) {
    reader.complain(
        reader.section.at,
        fmt::format("section `{}` names nothing that can be read", reader.section.title),
        "write a table with a column `Name`, a list, or `None`");
  }
  out.insert(out.end(), items.begin(), items.end());
}

bool is_environment_name(std::string_view name) {
  return !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

void read_environments(const SectionReader& reader) {
  std::vector<NamedItem> items = named_items(reader.section);
  if (items.empty()) {
    const std::string prose = prose_of(reader.section);
    for (const std::string_view part : split(prose, ',')) {
      if (!trim(part).empty() && to_lower_ascii(trim(part)) != "all") {
        items.push_back({.name = std::string(trim(part)), .detail = {}, .at = reader.section.at});
      }
    }
  }
  for (const NamedItem& item : items) {
    const std::string name = to_lower_ascii(item.name);
    if (is_environment_name(name)) {
      reader.contract.environments.push_back(name);
    } else {
      reader.complain(item.at,
                      fmt::format("`{}` is no name of an environment", printable(item.name)),
                      "write the names as in sluice.yaml, one a line");
    }
  }
}

void read_window(const SectionReader& reader) {
  std::string text = prose_of(reader.section);
  std::ranges::replace(text, '\n', ' ');
  if (reader.contract.window.empty()) {
    reader.contract.window = text;
  } else if (!text.empty()) {
    reader.complain(reader.section.at, "the window is given twice", "keep one");
  }
}

void read_authors(const SectionReader& reader) {
  for (const SectionTable& table : tables_of(reader.section.body)) {
    const auto column = table.column({"author", "by", "who", "changed by"});
    for (const Block* row : table.rows()) {
      const std::string name = cell_text(*row, column);
      if (!says_nothing(name)) reader.contract.revision_authors.push_back(name);
    }
  }
}

}  // namespace

bool is_empty(const OutlineSection& section) {
  return std::ranges::all_of(section.body, [](const Block& block) {
    if (block.kind == BlockKind::heading || block.header) return true;
    if (block.kind != BlockKind::row) return plain(block.text).empty();
    return std::ranges::all_of(block.cells, [](const Cell& c) { return plain(c.text).empty(); });
  });
}

void read_section(const OutlineSection& section, Contract& contract) {
  const SectionReader reader{section, contract};
  switch (section.part) {
    case Part::other:
    case Part::release_notes: return;
    case Part::summary:
      contract.summary = prose_of(section);
      if (says_nothing(contract.summary)) contract.summary.clear();
      return;
    case Part::changes: return read_changes(reader);
    case Part::breaking: return read_breaking(reader);
    case Part::rollout: return read_rollout(reader);
    case Part::rollback: return read_rollback(reader);
    case Part::pre_deployment: return read_ticks(reader, contract.pre_deployment);
    case Part::post_deployment: return read_ticks(reader, contract.post_deployment);
    case Part::approval: return read_ticks(reader, contract.approvals);
    case Part::artifacts: return read_files(reader, contract.artifacts);
    case Part::configuration: return read_files(reader, contract.configuration);
    case Part::flags: return read_named(reader, contract.flags);
    case Part::migrations: return read_named(reader, contract.migrations);
    case Part::window: return read_window(reader);
    case Part::environments: return read_environments(reader);
    case Part::revision_history: return read_authors(reader);
  }
}

}  // namespace sluice::contract
