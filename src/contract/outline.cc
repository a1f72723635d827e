#include "contract/outline.h"

#include "base/text.h"
#include "contract/contains.h"
#include "contract/inline_text.h"

namespace sluice::contract {
namespace {

struct Name {
  std::string_view text;
  Part part;
};

constexpr std::array<Name, 43> kNames{{
    {"release summary", Part::summary},
    {"summary", Part::summary},
    {"changes included", Part::changes},
    {"included changes", Part::changes},
    {"changes", Part::changes},
    {"breaking changes", Part::breaking},
    {"progressive rollout plan", Part::rollout},
    {"progressive rollout", Part::rollout},
    {"rollout plan", Part::rollout},
    {"rollout", Part::rollout},
    {"rollback plan", Part::rollback},
    {"rollback procedure", Part::rollback},
    {"rollback", Part::rollback},
    {"pre-deployment checklist", Part::pre_deployment},
    {"pre-deployment", Part::pre_deployment},
    {"pre-deploy checklist", Part::pre_deployment},
    {"pre-deploy readiness checklist", Part::pre_deployment},
    {"predeployment checklist", Part::pre_deployment},
    {"release notes", Part::release_notes},
    {"post-deployment validation", Part::post_deployment},
    {"post-deployment checklist", Part::post_deployment},
    {"post-deployment", Part::post_deployment},
    {"post-deploy validation", Part::post_deployment},
    {"approval", Part::approval},
    {"approvals", Part::approval},
    {"sign-off", Part::approval},
    {"artifacts", Part::artifacts},
    {"artefacts", Part::artifacts},
    {"release artifacts", Part::artifacts},
    {"configuration", Part::configuration},
    {"configuration files", Part::configuration},
    {"flags", Part::flags},
    {"feature flags", Part::flags},
    {"migrations", Part::migrations},
    {"database migrations", Part::migrations},
    {"window", Part::window},
    {"deployment window", Part::window},
    {"release window", Part::window},
    {"environments", Part::environments},
    {"target environments", Part::environments},
    {"deployment windows", Part::window},
    {"migration", Part::migrations},
    {"revision history", Part::revision_history},
}};

// "3. Rollback Plan:" -> "rollback plan"
std::string bare_title(std::string_view title) {
  std::string text = to_lower_ascii(trim(title));
  const std::size_t number = text.find_first_not_of("0123456789.) ");
  if (number != std::string::npos) text.erase(0, number);
  while (text.ends_with(':')) text.pop_back();
  return std::string(trim(text));
}

Part part_of(std::string_view title) {
  const std::string bare = bare_title(title);
  for (const Name& name : kNames) {
    if (name.text == bare) return name.part;
  }
  return Part::other;
}

class OutlineReader {
 public:
  explicit OutlineReader(std::span<const Block> blocks) : blocks_(blocks) {}

  Outline run() {
    std::size_t first_section = blocks_.size();
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      if (blocks_[i].kind != BlockKind::heading || read_title(blocks_[i]) ||
          read_field(blocks_[i])) {
        continue;
      }
      first_section = std::min(first_section, i);
      add_section(i);
    }
    outline_.preamble = blocks_.first(first_section);
    return std::move(outline_);
  }

 private:
  bool read_title(const Block& heading) {
    const std::string shown = plain(heading.text);
    const bool is_title = contract_title(shown).has_value();
    if (is_title) ++outline_.titles;
    if (!outline_.title.empty() || heading.level != 1) return false;
    outline_.title = shown;
    outline_.title_at = heading.at;
    return true;
  }

  bool read_field(const Block& heading) {
    auto field = leading_field(heading.text, heading.at);
    if (!field || !is_block_field(field->label)) return false;
    outline_.heading_fields.push_back(*std::move(field));
    return true;
  }

  void add_section(std::size_t i) {
    const Block& heading = blocks_[i];
    while (!inside_.empty() && inside_.back().level >= heading.level) inside_.pop_back();
    const std::string title = plain(heading.text);
    const bool nested = !inside_.empty() && inside_.back().in_part;
    const Part part = nested ? Part::other : part_of(title);
    inside_.push_back({heading.level, nested || part != Part::other});
    std::size_t end = i + 1;
    while (end < blocks_.size() && !ends(blocks_[end], heading.level)) ++end;
    outline_.sections.push_back({.title = title,
                                 .part = part,
                                 .level = heading.level,
                                 .at = heading.at,
                                 .body = blocks_.subspan(i + 1, end - i - 1)});
  }

  static bool ends(const Block& block, int level) {
    if (block.kind != BlockKind::heading) return false;
    const auto field = leading_field(block.text, block.at);
    return block.level <= level || (field && is_block_field(field->label));
  }

  struct Enclosing {
    int level = 0;
    bool in_part = false;
  };

  std::span<const Block> blocks_;
  std::vector<Enclosing> inside_;
  Outline outline_;
};

}  // namespace

std::optional<std::string> contract_title(std::string_view heading) {
  constexpr std::string_view kStart = "release contract";
  const std::string lower = to_lower_ascii(trim(heading));
  if (!lower.starts_with(kStart)) return std::nullopt;
  std::string_view rest = trim(trim(heading).substr(kStart.size()));
  for (const std::string_view mark : {":", "—", "–", "-", "for "}) {
    if (!to_lower_ascii(rest).starts_with(mark)) continue;
    return std::string(trim(rest.substr(mark.size())));
  }
  if (rest.empty()) return std::string();
  return std::nullopt;
}

bool is_block_field(std::string_view label) {
  constexpr std::array<std::string_view, 18> kLabels{
      "release id",        "release identifier", "status",       "release status",
      "created",           "created on",         "revision",     "rev",
      "release manager",   "release owner",      "window",       "deployment window",
      "release window",    "template version",   "last updated", "storage",
      "contract revision", "date created"};
  return contains(kLabels, label);
}

Outline outline_of(std::span<const Block> blocks) { return OutlineReader(blocks).run(); }

}  // namespace sluice::contract
