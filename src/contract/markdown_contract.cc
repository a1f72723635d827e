#include "contract/markdown_contract.h"

#include "base/digest.h"
#include "base/text.h"
#include "contract/blocks.h"
#include "contract/contains.h"
#include "contract/contract_sections.h"
#include "contract/document_kind.h"
#include "contract/inline_text.h"
#include "contract/outline.h"
#include "contract/placeholder.h"
#include "contract/section_table.h"
#include "contract/source_text.h"

namespace sluice::contract {
namespace {

struct BlockField {
  std::string_view name;  // as the template writes it
  std::vector<std::string_view> labels;
  std::string Contract::* value;
  Position Contract::* at;  // nullptr: the model keeps no place
};

const std::vector<BlockField>& block_fields() {
  static const std::vector<BlockField> kFields{
      {"Release ID",
       {"release id", "release identifier"},
       &Contract::release_id,
       &Contract::release_id_at},
      {"Status", {"status", "release status"}, &Contract::status, &Contract::status_at},
      {"Created", {"created", "created on", "date created"}, &Contract::created, nullptr},
      {"Revision", {"revision", "rev", "contract revision"}, &Contract::revision, nullptr},
      {"Release Manager",
       {"release manager", "release owner"},
       &Contract::release_manager,
       &Contract::release_manager_at},
      {"Author", {"author", "created by", "prepared by"}, &Contract::author, nullptr},
      {"Commits", {"commits", "commit range", "commit"}, &Contract::commits, &Contract::commits_at},
      {"Window", {"window", "deployment window", "release window"}, &Contract::window, nullptr},
  };
  return kFields;
}

class ContractReader {
 public:
  ContractReader(std::string_view bytes, std::string file)
      : source_(read_source(bytes, file)),
        document_(read_blocks(source_)),
        outline_(outline_of(document_.blocks)) {
    contract_.file = std::move(file);
    contract_.revision_digest = sha256(bytes);
    contract_.complaints = source_.complaints;
  }

  Contract run() {
    read_title();
    for (const Block& block : outline_.preamble) read_preamble(block);
    for (const Field& field : outline_.heading_fields) read_misplaced(field);
    read_stray_quotes();
    classify();
    read_sections();
    if (says_nothing(contract_.release_manager)) contract_.release_manager.clear();
    contract_.placeholders = find_placeholders(source_, document_);
    std::ranges::stable_sort(contract_.complaints, {}, &Complaint::at);
    return std::move(contract_);
  }

 private:
  void complain(Position at, std::string wrong, std::string right) {
    if (contract_.complaints.size() >= kComplaintsMax) return;
    contract_.complaints.push_back({contract_.file, at, std::move(wrong), std::move(right)});
  }

  void read_title() {
    const auto behind = contract_title(outline_.title);
    contract_.title = behind && !behind->empty() ? *behind : outline_.title;
    if (outline_.titles > 1) {
      complain(outline_.title_at, "more than one release contract begins in this file",
               "keep one contract a file");
    }
  }

  void read_preamble(const Block& block) {
    if (block.kind == BlockKind::heading) return;
    if (block.kind == BlockKind::row) {
      if (block.cells.size() != 2) return;
      std::string label = to_lower_ascii(plain(block.cells[0].text));
      while (label.ends_with(':')) label.pop_back();
      take({.label = label, .value = block.cells[1].text, .at = block.cells[1].at});
      return;
    }
    Position at = block.at;
    for (const std::string_view line : split(block.text, '\n')) {
      for (const Field& field : line_fields(line, at)) take(field);
      at = {at.line + 1, 1};
    }
  }

  // Returns the name of the field; nothing where a contract has no such field.
  std::optional<std::string_view> take(const Field& field) {
    for (const BlockField& known : block_fields()) {
      if (!contains(known.labels, field.label)) continue;
      if (contains(seen_, known.name)) {
        complain(field.at, fmt::format("`{}` is given twice", known.name), "keep one");
        return known.name;
      }
      seen_.push_back(known.name);
      contract_.*known.value = plain(field.value);
      if (known.at != nullptr) contract_.*known.at = field.at;
      return known.name;
    }
    return std::nullopt;
  }

  void read_misplaced(const Field& field) {
    const auto name = take(field);
    if (!name) return;
    complain(field.at, fmt::format("`{}` stands in a heading", *name),
             fmt::format("write it as `> **{}:** …` in the block under the title", *name));
  }

  // A second block further down would be read by people as much as the first.
  void read_stray_quotes() {
    for (const Block& block : document_.blocks) {
      if (block.kind != BlockKind::quote || is_preamble(block)) continue;
      for (const Field& field : line_fields(block.text, block.at)) {
        const auto name = take(field);
        if (!name) continue;
        complain(field.at, fmt::format("`{}` stands outside the block at the top", *name),
                 "move it under the title");
      }
    }
  }

  [[nodiscard]] bool is_preamble(const Block& block) const {
    return !outline_.preamble.empty() && &block <= &outline_.preamble.back();
  }

  void classify() {
    const bool has_id = contains(seen_, std::string_view("Release ID"));
    const DocumentKind kind = document_kind(outline_, source_, has_id);
    contract_.is_contract = kind.is_contract;
    if (kind.is_contract) return;
    complain({}, fmt::format("this is no release contract; it looks like {}", kind.looks_like),
             "a contract begins with `# Release Contract: …`; sluice init writes a template");
  }

  void read_sections() {
    std::vector<Part> read;
    for (const OutlineSection& section : outline_.sections) {
      contract_.sections.push_back(
          {.title = section.title, .empty = is_empty(section), .at = section.at});
      if (section.part == Part::other || !contract_.is_contract) continue;
      if (contains(read, section.part)) {
        complain(section.at,
                 fmt::format("there is a second section `{}`", printable(section.title)),
                 "keep one; only the first is read");
        continue;
      }
      read.push_back(section.part);
      read_section(section, contract_);
    }
  }

  SourceText source_;
  Document document_;
  Outline outline_;
  Contract contract_;
  std::vector<std::string_view> seen_;
};

}  // namespace

Contract parse_contract(std::string_view bytes, std::string file) {
  return ContractReader(bytes, std::move(file)).run();
}

}  // namespace sluice::contract
