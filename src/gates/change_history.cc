#include "gates/change_history.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace sluice::gates {
namespace {

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// MIS-4 is not mentioned by MIS-44.
bool mentions(std::string_view message, std::string_view mission) {
  for (std::size_t at = message.find(mission); at != std::string_view::npos;
       at = message.find(mission, at + 1)) {
    const std::size_t end = at + mission.size();
    const bool begins = at == 0 || !is_word_character(message[at - 1]);
    if (begins && (end == message.size() || !is_word_character(message[end]))) return true;
  }
  return false;
}

// At least a letter or digit: "-" is the mission of nothing.
bool is_mission(std::string_view text) {
  return text.size() >= 3 && std::ranges::any_of(text, is_word_character);
}

bool covers(const Change& change, const Commit& commit, const ChangeHistory& history) {
  if (is_mission(change.mission) && mentions(commit.message, change.mission)) return true;
  return std::ranges::any_of(change.commits, [&](const std::string& name) {
    const auto named = history.named.find(name);
    return named != history.named.end() && named->second == commit.id;
  });
}

std::vector<const Commit*> uncovered(const Contract& contract, const ChangeHistory& history) {
  std::vector<const Commit*> all;
  for (const Commit& commit : history.commits) {
    if (commit.merge) continue;
    const bool covered = std::ranges::any_of(
        contract.changes, [&](const Change& change) { return covers(change, commit, history); });
    if (!covered) all.push_back(&commit);
  }
  return all;
}

std::string why_not_compared(const Contract& contract) {
  if (contract.commits.empty()) return "the contract names no commits to compare them with";
  if (!contract.history) return "there is no Git repository to compare them with";
  return contract.history->trouble;
}

void check_named(Findings& findings, const Contract& contract) {
  for (const Change& change : contract.changes) {
    for (const std::string& name : change.commits) {
      findings.looked_at();
      const auto named = contract.history->named.find(name);
      if (named == contract.history->named.end() || !named->second.empty()) continue;
      findings.fail("commit_unknown",
                    fmt::format("the change {} names the commit {}, which is not in the repository",
                                quoted(change.text), quoted(name)),
                    "name commits that exist, or fetch them");
    }
  }
}

}  // namespace

std::string why_incomplete(const Contract& contract) {
  if (std::string why = why_not_compared(contract); !why.empty()) return why;
  if (contract.history->commits.empty()) {
    return fmt::format("the range {} holds no commit", quoted(contract.commits));
  }
  const std::size_t open = uncovered(contract, *contract.history).size();
  if (open == 0) return {};
  return fmt::format("{} of {} covered by no change", count_text(open, "commit"),
                     quoted(contract.commits));
}

std::string compared_text(const Contract& contract) {
  const std::size_t commits = contract.history ? contract.history->commits.size() : 0;
  return fmt::format("compared with {} of {}", count_text(commits, "commit"),
                     quoted(contract.commits));
}

void check_commits(Findings& findings, const Contract& contract) {
  const bool names_commits =
      std::ranges::any_of(contract.changes, [](const Change& one) { return !one.commits.empty(); });
  if (contract.history && contract.history->trouble.empty()) check_named(findings, contract);
  if (contract.commits.empty() && !names_commits) {
    return findings.note("the changes were not compared with commits: no field `Commits`");
  }
  if (contract.history && !contract.history->trouble.empty()) {
    return findings.doubt("commits_unread", contract.history->trouble,
                          "correct the field `Commits`, or fetch what it names");
  }
  const std::string why = why_not_compared(contract);
  if (!why.empty()) return findings.note("the changes were not compared with commits: " + why);
  findings.looked_at(static_cast<int>(contract.history->commits.size()));
  const std::vector<const Commit*> open = uncovered(contract, *contract.history);
  for (const Commit* commit : open) {
    findings.fail("commit_uncovered",
                  fmt::format("the commit {} {} is covered by no change", commit->id.substr(0, 10),
                              quoted(commit->subject)),
                  "add a change for it that names its mission or, in the column `Commits`, itself");
  }
  if (open.empty()) findings.note("every one is covered: " + compared_text(contract));
}

}  // namespace sluice::gates
