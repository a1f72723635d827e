// Outline: the sections of a document by their headings, and which part of a contract each one is.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contract/blocks.h"
#include "contract/fields.h"

namespace sluice::contract {

enum class Part : std::uint8_t {
  other,
  summary,
  changes,
  breaking,
  rollout,
  rollback,
  pre_deployment,
  release_notes,
  post_deployment,
  approval,
  artifacts,
  configuration,
  revision_history,
  flags,
  migrations,
  window,
  environments,
};

struct OutlineSection {
  std::string title;  // as a reader sees it
  Part part = Part::other;
  int level = 0;
  Position at;
  std::span<const Block> body;  // up to the next heading of this level or above
};

struct Outline {
  std::string title;  // of the first heading of level 1
  Position title_at;
  int titles = 0;                   // how many headings say that a release contract begins
  std::span<const Block> preamble;  // before the first section
  std::vector<OutlineSection> sections;
  std::vector<Field> heading_fields;  // "## Release ID: REL-2026-008"
};

// The result views `blocks`. A part is named only by sections that are not inside another part:
// "Breaking Changes" under "Release Notes" belongs to the notes.
[[nodiscard]] Outline outline_of(std::span<const Block> blocks);

// "Release Contract: X", "Release contract for X": what is behind; nothing for other titles.
[[nodiscard]] std::optional<std::string> contract_title(std::string_view heading);

// Whether a contract has a field of this name in the block at its top. `label` is lower case.
[[nodiscard]] bool is_block_field(std::string_view label);

}  // namespace sluice::contract
