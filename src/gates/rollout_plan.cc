// plan.stages and plan.automated: how the traffic is to be shifted, and by nobody's hand.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "gates/environments.h"
#include "gates/findings.h"
#include "gates/start_gates.h"

namespace sluice::gates {
namespace {

std::string row_text(const PlannedStage& stage) {
  const std::string at =
      stage.at.line > 0 ? fmt::format(" at {}:{}", stage.at.line, stage.at.column) : std::string();
  return fmt::format("stage {}{}", quoted(stage.name), at);
}

// Whose stages, and where to correct them.
struct Place {
  std::string whose;
  std::string_view remedy;
};

void check_rise(Findings& findings, const std::vector<Share>& shares, const Place& place) {
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const Share before = i == 0 ? Share::none() : shares[i - 1];
    if (shares[i] > before) continue;
    findings.fail("not_rising",
                  fmt::format("{} do not rise: {} follows {}", place.whose, to_text(shares[i]),
                              to_text(before)),
                  std::string(place.remedy));
  }
  if (shares.empty()) {
    findings.fail("no_stages", fmt::format("{} are missing", place.whose),
                  std::string(place.remedy));
  } else if (shares.back() != Share::whole()) {
    findings.fail("not_whole", fmt::format("{} end at {}", place.whose, to_text(shares.back())),
                  std::string(place.remedy));
  }
}

void check_rows(Findings& findings, const std::vector<PlannedStage>& stages) {
  for (const PlannedStage& stage : stages) {
    if (!stage.share) {
      findings.fail("share_unreadable",
                    fmt::format("{} has {} for a share", row_text(stage), quoted(stage.share_text)),
                    "write a plain percentage in the column Target, such as `5 %`");
    }
    if (!stage.soak_ms && &stage != &stages.back()) {
      findings.fail(
          "soak_unreadable",
          fmt::format("{} has {} for a duration", row_text(stage), quoted(stage.soak_text)),
          "write a time in the column Duration, such as `30 min`; only the last stage "
          "may be `Ongoing`");
    }
  }
}

void check_first(Findings& findings, Share first, Share most) {
  if (first <= most) return;
  findings.fail("first_stage_too_large",
                fmt::format("the first stage takes {} of the customers at once, the policy allows "
                            "{}",
                            to_text(first), to_text(most)),
                fmt::format("begin the Progressive Rollout Plan with at most {}", to_text(most)));
}

void check_contract_stages(Findings& findings, const Facts& facts) {
  const std::vector<PlannedStage>& stages = facts.contract.stages;
  findings.looked_at(static_cast<int>(stages.size()));
  check_rows(findings, stages);
  std::vector<Share> shares;
  for (const PlannedStage& stage : stages) {
    if (stage.share) shares.push_back(*stage.share);
  }
  if (stages.size() < 2) {
    findings.fail(
        "big_bang",
        fmt::format("the Progressive Rollout Plan has {}", count_text(stages.size(), "stage")),
        "plan at least two stages, the last one with 100 %");
  }
  if (shares.size() != stages.size() || shares.empty()) return;
  check_rise(findings, shares,
             {"the stages of the contract", "list the stages in rising order, ending at 100 %"});
  check_first(findings, shares.front(), facts.policy.first_stage_max);
}

std::string shares_text(const std::vector<PlannedStage>& stages) {
  std::string out;
  for (const PlannedStage& stage : stages) {
    if (stage.share) out += (out.empty() ? "" : " → ") + to_text(*stage.share);
  }
  return out;
}

// Words by which a plan waits for somebody. "approval" catches "manual approval", too.
constexpr std::array<std::string_view, 27> kPeople{
    "approval",     "approved by",   "approves",      "sign-off",       "sign off",
    "signoff",      "signs off",     "signed off",    "go/no-go",       "go / no-go",
    "by hand",      "manually",      "manual check",  "manual confirm", "manual decision",
    "manual gate",  "manual go",     "manual interv", "manual judg",    "manual promotion",
    "manual qa",    "manual review", "manual step",   "manual test",    "manual verif",
    "manual valid", "human review",
};
constexpr std::array<std::string_view, 4> kNegations{"no ", "without ", "not ", "needs no"};
// A person may always stop, hold or reverse a delivery: that is no step of it.
constexpr std::array<std::string_view, 7> kReversals{
    "rollback", "roll back", "rolled back", "revert", "abort", "pause", "stop"};

template <std::size_t N>
bool holds_any(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.contains(word); });
}

// One phrase: "manual rollback available", "promote after sign-off".
bool waits_for_person(std::string_view phrase) {
  phrase = trim(phrase);
  if (phrase == "manual") return true;
  if (!holds_any(phrase, kPeople)) return false;
  const bool negated = std::ranges::any_of(kNegations, [&](std::string_view word) {
    return phrase.starts_with(word) || phrase.contains(" " + std::string(word));
  });
  if (negated) return false;
  const bool by_hand = phrase.contains("manual") || phrase.contains("by hand");
  return !(by_hand && holds_any(phrase, kReversals));
}

bool demands_person(std::string_view text) {
  std::string lower = to_lower_ascii(text);
  for (const std::string_view joint : {" and ", " or ", " then "}) {
    for (std::size_t at = lower.find(joint); at != std::string::npos; at = lower.find(joint, at)) {
      lower.replace(at, joint.size(), ",");
    }
  }
  std::ranges::replace_if(lower, [](char c) { return c == ';' || c == '.'; }, ',');
  return std::ranges::any_of(split(lower, ','), waits_for_person);
}

}  // namespace

ClauseVerdict plan_stages(const Facts& facts) {
  Findings findings(Clause::plan_stages);
  if (customer_facing(facts.policy).empty()) {
    findings.fail("no_customer_facing", "no environment of sluice.yaml is customer-facing",
                  "mark production as customer-facing in sluice.yaml");
  }
  check_contract_stages(findings, facts);
  for (const EnvironmentSpec& environment : facts.policy.environments) {
    if (environment.customer_facing) continue;
    std::vector<Share> shares;
    for (const Stage& stage : environment.stages) shares.push_back(stage.share);
    findings.looked_at(static_cast<int>(shares.size()));
    check_rise(findings, shares,
               {"the stages of " + quoted(environment.name.text),
                "list the environment's stages in sluice.yaml in rising order, ending at 100 %"});
  }
  return findings.verdict(fmt::format("{}: {}", count_text(facts.contract.stages.size(), "stage"),
                                      shares_text(facts.contract.stages)));
}

ClauseVerdict plan_automated(const Facts& facts) {
  Findings findings(Clause::plan_automated);
  for (const PlannedStage& stage : facts.contract.stages) {
    findings.looked_at();
    for (const std::string* text : {&stage.name, &stage.share_text, &stage.soak_text,
                                    &stage.health_criteria, &stage.rollback_trigger}) {
      if (!demands_person(*text)) continue;
      findings.fail("manual_step",
                    fmt::format("{} waits for a person: {}", row_text(stage), quoted(*text)),
                    "take approvals before the start, and say what is measured instead");
    }
  }
  return findings.verdict(fmt::format("none of {} waits for a person",
                                      count_text(facts.contract.stages.size(), "stage")));
}

}  // namespace sluice::gates
