// Contract: the Markdown file in work/releases/ that describes a release and promises how it goes
// out, as read. Parsing keeps what is there; whether it suffices is decided in gates/.
//
// Text is kept as the rendered document shows it: HTML comments removed, emphasis and back-ticks
// stripped, white space trimmed. An empty string means absent or empty.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/share.h"
#include "model/complaint.h"

namespace sluice {

enum class ChangeType : std::uint8_t { feature, fix, improvement, deprecation, unknown };

struct Change {
  std::string text;
  ChangeType type = ChangeType::unknown;
  std::string type_text;
  std::string mission;
  std::string quality_verdict;
  std::string flag;  // of a change of type feature; empty when none is named
  Position at;
};

struct PlannedStage {
  std::string name;
  std::optional<Share> share;  // nothing where the cell is no plain percentage
  std::string share_text;
  std::optional<std::int64_t> soak_ms;  // nothing for "Ongoing", which only the last stage may say
  std::string soak_text;
  std::string health_criteria;
  std::string rollback_trigger;
  Position at;
};

enum class Claim : std::uint8_t { yes, no, planned, not_applicable, unclear };

[[nodiscard]] constexpr std::string_view to_text(Claim claim) {
  switch (claim) {
    case Claim::yes: return "tested";
    case Claim::no: return "not tested";
    case Claim::planned: return "planned";
    case Claim::not_applicable: return "not applicable";
    case Claim::unclear: return "unclear";
  }
  return "?";
}

struct RollbackSection {
  bool present = false;
  std::string mechanism;
  Claim tested = Claim::unclear;  // what the prose claims; never enough for *tested*
  std::string tested_text;
  std::optional<std::int64_t> estimate_ms;  // upper end of "< 5 minutes"
  std::string estimate_text;
  std::string data_rollback;
  Position at;
};

struct CheckItem {
  std::string text;
  bool ticked = false;
  Position at;
};

struct ContractArtifact {
  std::string name;
  std::string location;
  std::string digest_text;  // "sha256:…" when the contract pins it, else empty
  Position at;
};

struct NamedItem {  // a row of the sections Flags and Migrations
  std::string name;
  std::string detail;
  Position at;
};

struct Section {
  std::string title;
  bool empty = false;  // nothing in it that a reader would see
  Position at;
};

struct Contract {
  std::string file;
  Digest revision_digest;    // of the file's bytes: what approvals and refusals are bound to
  std::string title;         // "Storefront 1.4.0"
  bool is_contract = false;  // false: some other document; see complaints
  std::string release_id;
  Position release_id_at;
  std::string status;
  Position status_at;
  std::string created;
  std::string revision;
  std::string release_manager;
  Position release_manager_at;
  std::string author;                         // field Author
  std::vector<std::string> revision_authors;  // of the section Revision History
  std::string summary;
  std::vector<Section> sections;
  std::vector<Change> changes;
  std::optional<bool> breaking;  // nothing when neither box, or both, are ticked
  std::vector<std::string> breaking_changes;
  std::vector<PlannedStage> stages;
  RollbackSection rollback;
  std::vector<CheckItem> pre_deployment;
  std::vector<CheckItem> post_deployment;
  std::vector<CheckItem> approvals;
  std::vector<ContractArtifact> artifacts;
  std::vector<ContractArtifact> configuration;  // section Configuration
  std::vector<NamedItem> flags;
  std::vector<NamedItem> migrations;
  std::string window;
  std::vector<std::string> environments;  // section Environments; empty: all, in order
  std::vector<Complaint> placeholders;    // `[...]`, `{{...}}`, `YYYY`, options never chosen from
  std::vector<Complaint> complaints;      // everything else that could not be read as meant
};

}  // namespace sluice
