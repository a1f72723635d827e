#include "contract/document_kind.h"

#include "base/text.h"
#include "contract/contains.h"
#include "contract/inline_text.h"

namespace sluice::contract {
namespace {

struct Kind {
  std::string_view word;
  std::string_view name;
};

// What titles begin with, as in "Postmortem: …".
constexpr std::array<Kind, 22> kTitleStarts{{{"postmortem", "a postmortem"},
                                             {"post-mortem", "a postmortem"},
                                             {"retrospective", "a retrospective"},
                                             {"incident", "an incident report"},
                                             {"signal", "a signal"},
                                             {"mission", "a mission brief"},
                                             {"quality evaluation", "an evaluation report"},
                                             {"evaluation", "an evaluation report"},
                                             {"governance exception", "an exception"},
                                             {"exception", "an exception"},
                                             {"waiver", "an exception"},
                                             {"outcome contract", "an outcome contract"},
                                             {"outcome report", "an outcome report"},
                                             {"example pull request", "a pull request"},
                                             {"pull request", "a pull request"},
                                             {"technical design", "a design"},
                                             {"design", "a design"},
                                             {"kep-", "an enhancement proposal"},
                                             {"adr", "a decision record"},
                                             {"tasks", "a list of tasks"},
                                             {"change log", "a change log"},
                                             {"changelog", "a change log"}}};

// Field labels that no contract has.
constexpr std::array<Kind, 9> kForeignLabels{{{"incident id", "a postmortem"},
                                              {"severity", "an incident report"},
                                              {"mission id", "a mission brief"},
                                              {"confidence", "a signal"},
                                              {"evaluated by", "an evaluation report"},
                                              {"exception id", "an exception"},
                                              {"applies to", "a policy"},
                                              {"enforced by", "a policy"},
                                              {"pr title", "a pull request"}}};

constexpr std::array<Kind, 12> kForeignSections{{{"incident summary", "a postmortem"},
                                                 {"root cause analysis", "a postmortem"},
                                                 {"recommended disposition", "a signal"},
                                                 {"outcome contract", "a mission brief"},
                                                 {"pr description", "a pull request"},
                                                 {"test plan", "a pull request"},
                                                 {"policies evaluated", "an evaluation report"},
                                                 {"findings", "an evaluation report"},
                                                 {"overall verdict", "an evaluation report"},
                                                 {"mandatory requirements", "a policy"},
                                                 {"what's changed", "release notes"},
                                                 {"unreleased", "a change log"}}};

// The word is the whole title or ends where a name would begin: "Signal: x", "Mission Brief: x".
std::string kind_of_title(std::string_view title) {
  const std::string lower = to_lower_ascii(title);
  const std::string start(trim(lower.substr(0, lower.find(':'))));
  for (const Kind& kind : kTitleStarts) {
    if (start.starts_with(kind.word) && (lower.contains(':') || start.size() < 40)) {
      return std::string(kind.name);
    }
  }
  for (const std::string_view end : {"policy", "gates", "policies", "guidelines", "process"}) {
    if (lower.ends_with(end)) return "a policy";
  }
  if (lower.starts_with("release notes")) return "release notes";
  return {};
}

std::string kind_of_fields(const Outline& outline) {
  for (const Block& block : outline.preamble) {
    for (const Field& field : line_fields(block.text.substr(0, block.text.find('\n')), block.at)) {
      for (const Kind& kind : kForeignLabels) {
        if (field.label == kind.word) return std::string(kind.name);
      }
    }
  }
  for (const OutlineSection& section : outline.sections) {
    const std::string lower = to_lower_ascii(section.title);
    for (const Kind& kind : kForeignSections) {
      if (lower == kind.word) return std::string(kind.name);
    }
    if (lower.contains("finding")) return "a piece of an evaluation report";
    if (lower.contains("rollout, upgrade and rollback")) return "an enhancement proposal";
  }
  return {};
}

bool looks_like_yaml(const SourceText& source) {
  int keys = 0;
  for (const SourceLine& line : source.lines) {
    const std::string_view text = line.text;
    if (is_blank(text) || text.starts_with('#') || text.starts_with(' ') || text.starts_with('-')) {
      continue;
    }
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || text.substr(0, colon).contains(' ')) return false;
    ++keys;
  }
  return keys > 0;
}

int core_parts(const Outline& outline) {
  int parts = 0;
  for (const Part part : {Part::summary, Part::changes, Part::rollout, Part::rollback}) {
    parts += contains(outline.sections, part, &OutlineSection::part) ? 1 : 0;
  }
  return parts;
}

std::string looks_like(const Outline& outline, const SourceText& source) {
  if (source.lines.empty()) return "an empty file";
  if (looks_like_yaml(source)) return "a YAML file";
  if (const std::string kind = kind_of_title(outline.title); !kind.empty()) return kind;
  if (const std::string kind = kind_of_fields(outline); !kind.empty()) return kind;
  return "some other document";
}

}  // namespace

DocumentKind document_kind(const Outline& outline, const SourceText& source, bool has_release_id) {
  const int parts = core_parts(outline);
  const auto title = contract_title(outline.title);
  if (title && (!title->empty() || parts > 0 || has_release_id))
    return {.is_contract = true, .looks_like = {}};
  std::string kind = looks_like(outline, source);
  const bool other = !title && kind != "some other document";
  if (!other && ((has_release_id && parts > 0) || parts >= 3))
    return {.is_contract = true, .looks_like = {}};
  return {.is_contract = false, .looks_like = std::move(kind)};
}

}  // namespace sluice::contract
