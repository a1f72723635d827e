// pre.flags: every new feature is behind a flag that is off until somebody switches it on.
#include "gates/flags.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "gates/change_history.h"
#include "gates/findings.h"
#include "gates/start_gates.h"

namespace sluice::gates {
namespace {

constexpr std::string_view kSwitchOff =
    "switch it off for everybody in production until the release is delivered";
constexpr std::string_view kMakePlain =
    "give it one value for everybody, false, and no rules, until the release is delivered";

void judge_flag(Findings& findings, const FlagFinding& flag) {
  const std::string says = fmt::format("the flag {}: {}", quoted(flag.name), flag.why);
  switch (flag.standing) {
    case FlagStanding::off: return;
    case FlagStanding::on: return findings.fail("flag_on", says, std::string(kSwitchOff));
    case FlagStanding::varies: return findings.fail("flag_varies", says, std::string(kSwitchOff));
    case FlagStanding::missing:
      return findings.fail("flag_missing", says,
                           "create it in the flag service of production, off, or correct its name");
    case FlagStanding::wrong_type:
      return findings.doubt("flag_type", says,
                            "use a flag whose values are true and false, or correct its name");
    case FlagStanding::unknown:
      return findings.doubt("flag_unknown", says, std::string(kMakePlain));
  }
}

void judge_flags(Findings& findings, const std::vector<std::string>& names,
                 const FlagAnswers& answers) {
  if (names.empty()) return;
  if (answers.source.empty()) {
    findings.doubt("no_flag_service",
                   fmt::format("nobody was asked about {}: sluice.yaml names no flag service",
                               count_text(names.size(), "flag")),
                   "set `flags` in sluice.yaml to an OFREP or Unleash service or a flagd file");
    return;
  }
  if (!answers.trouble.empty()) {
    findings.doubt("flags_unread", printable(answers.trouble, 300),
                   "make the flag service answer, or correct `flags` in sluice.yaml");
    return;
  }
  for (const std::string& name : names) {
    findings.looked_at();
    const auto found = std::ranges::find(answers.flags, name, &FlagFinding::name);
    judge_flag(findings, found == answers.flags.end()
                             ? FlagFinding{name, FlagStanding::unknown, "there was no answer"}
                             : *found);
  }
  if (!answers.evidence.empty()) findings.rests_on(answers.evidence);
}

std::string all_off_text(const std::vector<std::string>& names, const FlagAnswers& answers) {
  std::vector<std::string> shown;
  for (const std::string& name : names) shown.push_back(quoted(name));
  return fmt::format("{} of new features, off for everybody by {}: {}",
                     count_text(names.size(), "flag"), printable(answers.source, 120),
                     list_text(shown));
}

void check_named(Findings& findings, const Contract& contract) {
  for (const Change& change : contract.changes) {
    findings.looked_at();
    if (change.type == ChangeType::unknown) {
      findings.doubt("change_type",
                     fmt::format("{} is of type {}, which may hide a new feature",
                                 quoted(change.text), quoted(change.type_text)),
                     "give each change one of the types feature, fix, improvement, deprecation");
    }
    if (change.type != ChangeType::feature || !change.flag.empty()) continue;
    findings.fail("flag_unnamed", fmt::format("the feature {} names no flag", quoted(change.text)),
                  "put the feature behind a flag, and name it in the column `Flag`");
  }
}

// Only a list that is shown to be whole shows that nothing on it is a feature.
void check_nothing_applies(Findings& findings, const Contract& contract) {
  if (contract.changes.empty()) {
    findings.doubt("no_changes", "the contract lists no change", "list what the release changes");
    return;
  }
  const std::string gap = why_incomplete(contract);
  if (gap.empty()) return;
  findings.doubt("changes_incomplete",
                 fmt::format("none of {} is a feature, and whether these are all is not shown: {}",
                             count_text(contract.changes.size(), "change"), gap),
                 "name the range of the release in `Commits:` (v1.3.0..v1.4.0), in a folder of a "
                 "Git repository, with a change for each commit");
}

// Flags that the contract names and that no change is behind.
void note_unreferenced(Findings& findings, const Contract& contract) {
  std::vector<std::string> idle;
  for (const NamedItem& flag : contract.flags) {
    const bool used = std::ranges::any_of(
        contract.changes, [&](const Change& change) { return change.flag == flag.name; });
    if (!used) idle.push_back(quoted(flag.name));
  }
  if (idle.empty()) return;
  findings.note(fmt::format("{} of the section `Flags` that no change refers to: {}",
                            count_text(idle.size(), "flag"), list_text(idle)));
}

}  // namespace

std::vector<std::string> flags_of_features(const Contract& contract) {
  std::set<std::string> names;
  for (const Change& change : contract.changes) {
    if (change.type == ChangeType::feature && !change.flag.empty()) names.insert(change.flag);
  }
  return {names.begin(), names.end()};
}

ClauseVerdict flags_are_off(const std::vector<std::string>& names, const FlagAnswers& answers) {
  Findings findings(Clause::pre_flags);
  judge_flags(findings, names, answers);
  return findings.verdict(all_off_text(names, answers) + ", asked right before the customers");
}

ClauseVerdict pre_flags(const Facts& facts) {
  Findings findings(Clause::pre_flags);
  const Contract& contract = facts.contract;
  const std::vector<std::string> names = flags_of_features(contract);
  const FlagAnswers nobody;
  const FlagAnswers& answers = facts.flags == nullptr ? nobody : *facts.flags;
  check_named(findings, contract);
  judge_flags(findings, names, answers);
  if (names.empty() && !findings.failed()) check_nothing_applies(findings, contract);
  note_unreferenced(findings, contract);
  if (!names.empty()) return findings.verdict(all_off_text(names, answers));
  return findings.verdict(fmt::format("no change is a feature: {}, which are all ({})",
                                      count_text(contract.changes.size(), "change"),
                                      compared_text(contract)));
}

}  // namespace sluice::gates
