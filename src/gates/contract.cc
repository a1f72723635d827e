// pre.contract: the contract is complete, says one thing, and may be used.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "gates/change_history.h"
#include "gates/decisions.h"
#include "gates/findings.h"
#include "gates/start_gates.h"

namespace sluice::gates {
namespace {

std::string at_text(const Position& at) {
  return at.line > 0 ? fmt::format(" at {}:{}", at.line, at.column) : std::string();
}

// REL-2026-008: four digits of a year and a number of at least three digits.
bool is_release_id(std::string_view id) {
  const auto digits = [](std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  };
  return id.size() >= 12 && id.starts_with("REL-") && digits(id.substr(4, 4)) && id[8] == '-' &&
         digits(id.substr(9));
}

void check_identity(Findings& findings, const Contract& contract) {
  findings.looked_at(2);
  if (!is_release_id(contract.release_id)) {
    findings.fail("release_id",
                  fmt::format("{} is no release id{}", quoted(contract.release_id),
                              at_text(contract.release_id_at)),
                  "write `Release ID: REL-` with the year and a number, such as REL-2026-008");
  }
  if (contract.release_manager.empty()) {
    findings.fail("no_release_manager",
                  "nobody is named as release manager" + at_text(contract.release_manager_at),
                  "name who answers for the release in `Release Manager:`");
  }
}

void check_status(Findings& findings, const Contract& contract) {
  findings.looked_at();
  const std::string status = to_lower_ascii(contract.status);
  if (status == "approved") return;
  const std::string says =
      fmt::format("the status is {}{}", quoted(contract.status), at_text(contract.status_at));
  if (status == "deployed" || status == "rolled-back" || status == "deploying") {
    findings.fail("already_used", says + ": the contract was already used",
                  "write a new contract, or a new revision with the status `approved`");
    return;
  }
  findings.fail("not_approved", says,
                "only the release manager may change it to `approved`, after reviewing it");
}

// The sections that the template's own form asks for; release notes are clauses of their own.
void check_sections(Findings& findings, const Contract& contract) {
  const auto need = [&](bool there, std::string_view title) {
    findings.looked_at();
    if (there) return;
    findings.fail("section_missing",
                  fmt::format("the section {} is missing or empty", quoted(title)),
                  fmt::format("fill in the section {}", quoted(title)));
  };
  need(!contract.summary.empty(), "Release Summary");
  need(!contract.changes.empty(), "Changes Included");
  need(!contract.stages.empty(), "Progressive Rollout Plan");
  need(contract.rollback.present, "Rollback Plan");
  need(!contract.pre_deployment.empty(), "Pre-Deployment Checklist");
  const auto open = std::ranges::count(contract.pre_deployment, false, &CheckItem::ticked);
  if (open > 0) {
    findings.note(
        fmt::format("{} of {} boxes of the checklist are not ticked; what they claim is "
                    "looked at all the same",
                    open, contract.pre_deployment.size()));
  }
  if (contract.post_deployment.empty()) {
    findings.note("the section `Post-Deployment Validation` is missing; Sluice validates anyway");
  }
}

void check_changes(Findings& findings, const Contract& contract) {
  findings.looked_at(static_cast<int>(contract.changes.size()));
  const auto unknown = std::ranges::count(contract.changes, ChangeType::unknown, &Change::type);
  const auto known = static_cast<std::ptrdiff_t>(contract.changes.size()) - unknown;
  if (!contract.changes.empty() && known == 0) {
    findings.fail("no_known_change", "no change has a type that is known",
                  "give each change one of the types feature, fix, improvement, deprecation");
  } else if (unknown > 0) {
    findings.note(count_text(static_cast<std::size_t>(unknown), "change") +
                  " of another type than feature, fix, improvement, deprecation");
  }
}

// What the column `Quality Verdict` says, which is a claim, and here one against the release.
void check_verdicts(Findings& findings, const Contract& contract) {
  constexpr std::array<std::string_view, 8> kOpen{"escalate",    "pending",     "open",
                                                  "not ",        "missing",     "in progress",
                                                  "conditional", "inconclusive"};
  for (const Change& change : contract.changes) {
    const std::string said = to_lower_ascii(trim(change.quality_verdict));
    const auto begins = [&](std::string_view word) { return said.starts_with(word); };
    if (begins("fail")) {
      findings.fail("change_failed",
                    fmt::format("of {} the contract says {}", quoted(change.text),
                                quoted(change.quality_verdict)),
                    "repair the change and have it evaluated again, or take it out");
    } else if (std::ranges::any_of(kOpen, begins)) {
      findings.doubt("change_open",
                     fmt::format("of {} the contract says {}", quoted(change.text),
                                 quoted(change.quality_verdict)),
                     "have the change evaluated, and write the verdict");
    }
  }
}

void check_breaking(Findings& findings, const Contract& contract) {
  findings.looked_at();
  if (!contract.breaking) {
    findings.fail("breaking_undecided",
                  "the section `Breaking Changes` does not say whether there are any",
                  "tick exactly one of its boxes");
  } else if (*contract.breaking && contract.breaking_changes.empty()) {
    findings.fail("breaking_unnamed", "breaking changes are announced and none is listed",
                  "list each breaking change with its migration instructions");
  }
}

void check_placeholders(Findings& findings, const Contract& contract) {
  findings.looked_at();
  if (contract.placeholders.empty()) return;
  std::vector<std::string> places;
  for (const Complaint& placeholder : contract.placeholders) {
    places.push_back(printable(placeholder.wrong, 100) + at_text(placeholder.at));
  }
  findings.fail(
      "placeholder_left",
      fmt::format("{} left: {}", count_text(places.size(), "placeholder"), list_text(places)),
      "write what is true in its place, or remove the line");
}

void check_complaints(Findings& findings, const Contract& contract) {
  for (const Complaint& complaint : contract.complaints) {
    findings.fail("unreadable", printable(complaint.wrong, 160) + at_text(complaint.at),
                  complaint.right.empty() ? "correct the place that is named"
                                          : printable(complaint.right, 160));
  }
}

void check_pinned(Findings& findings, const ContractArtifact& artifact,
                  const std::vector<Artifact>& read) {
  if (artifact.digest_text.empty()) return;
  const std::optional<Digest> pinned = parse_digest(artifact.digest_text);
  const auto found = std::ranges::find(read, artifact.name, &Artifact::name);
  if (!pinned) {
    findings.fail("artifact_digest",
                  fmt::format("{} is no SHA-256 of the artifact {}{}", quoted(artifact.digest_text),
                              quoted(artifact.name), at_text(artifact.at)),
                  "write the digest as `sha256:` and 64 hexadecimal digits");
  } else if (found != read.end() && found->digest != *pinned) {
    findings.fail("artifact_changed",
                  fmt::format("the artifact {} has the digest {}, and the contract pins {}",
                              quoted(artifact.name), found->digest.brief(), pinned->brief()),
                  "deliver the artifact that was approved, or approve the one that is there");
  }
}

void check_read(Findings& findings, const ContractArtifact& file, std::string_view kind,
                const std::vector<Artifact>& read) {
  findings.looked_at();
  const auto found = std::ranges::find(read, file.name, &Artifact::name);
  if (found != read.end() && !found->digest.empty()) return;
  findings.fail("artifact_unread",
                fmt::format("the {} {} at {} could not be read{}", kind, quoted(file.name),
                            quoted(file.location), at_text(file.at)),
                "build it, or correct its location");
}

// Everything that is delivered is under the digest of the release.
void check_artifacts(Findings& findings, const Contract& contract, const Release& release) {
  if (contract.artifacts.empty()) {
    findings.fail("no_artifacts", "the contract lists no artifact",
                  "list in the section `Artifacts` what is delivered");
  }
  for (const ContractArtifact& artifact : contract.artifacts) {
    check_pinned(findings, artifact, release.artifacts);
    check_read(findings, artifact, "artifact", release.artifacts);
  }
  for (const ContractArtifact& file : contract.configuration) {
    check_pinned(findings, file, release.configuration);
    check_read(findings, file, "file of configuration", release.configuration);
  }
  for (const NamedItem& item : contract.migrations) {
    const ContractArtifact file{.name = item.name, .location = item.name, .at = item.at};
    check_read(findings, file, "migration", release.migrations);
  }
}

// What the ledger remembers of this revision and of this release id.
void check_history(Findings& findings, const Contract& contract, const Service& service,
                   const Release& release) {
  findings.looked_at();
  for (const Outcome& past : service.outcomes) {
    const bool same_revision =
        !contract.revision_digest.empty() && past.contract_revision == contract.revision_digest;
    if (same_revision && past.phase == Phase::rolled_back) {
      findings.fail("rolled_back_before",
                    fmt::format("this revision was rolled back as {}", quoted(past.delivery.text)),
                    "change the contract: say what is different this time, and have it approved");
    }
    const Release* other = service.release(past.release);
    const bool same_id = other != nullptr && other->id == contract.release_id;
    if (same_id && past.phase == Phase::done && past.release != release.digest) {
      findings.fail("release_id_reused",
                    fmt::format("{} was delivered as {} with the digest {}, and this is {}",
                                quoted(contract.release_id), quoted(past.delivery.text),
                                past.release.brief(), release.digest.brief()),
                    "give the release an id of its own");
    }
  }
}

// Who approved is recorded outside the file; a box in it is somebody's claim.
void note_approvals(Findings& findings, const Contract& contract) {
  const auto ticked = std::ranges::count(contract.approvals, true, &CheckItem::ticked);
  findings.note(fmt::format("{} of {} approval boxes ticked, which are claims", ticked,
                            contract.approvals.size()));
}

}  // namespace

ClauseVerdict pre_contract(const Facts& facts) {
  Findings findings(Clause::pre_contract);
  const Contract& contract = facts.contract;
  if (!contract.is_contract) {
    findings.looked_at();
    findings.fail("not_a_contract", fmt::format("{} is no release contract", quoted(contract.file)),
                  "start from the template that `sluice init` writes");
    check_complaints(findings, contract);
    return findings.verdict("");
  }
  check_identity(findings, contract);
  check_status(findings, contract);
  check_sections(findings, contract);
  check_changes(findings, contract);
  check_commits(findings, contract);
  check_verdicts(findings, contract);
  check_breaking(findings, contract);
  check_artifacts(findings, contract, facts.release);
  check_placeholders(findings, contract);
  check_complaints(findings, contract);
  check_history(findings, contract, facts.service, facts.release);
  check_approvals(findings, facts);
  if (facts.policy.approvals.empty()) note_approvals(findings, contract);
  return findings.verdict(fmt::format("{} is complete: {}, {}, no placeholder left",
                                      quoted(contract.release_id),
                                      count_text(contract.changes.size(), "change"),
                                      count_text(contract.artifacts.size(), "artifact")));
}

}  // namespace sluice::gates
