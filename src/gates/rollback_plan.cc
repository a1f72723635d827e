// pre.rollback.documented: the plan is written down, and there is something to return to.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "gates/environments.h"
#include "gates/findings.h"
#include "gates/start_gates.h"

namespace sluice::gates {
namespace {

// "[e.g., deployment tool rollback]", "{{MECHANISM}}", "yes / no — [if yes, describe]".
bool is_left_open(std::string_view text) {
  return (text.starts_with('[') && text.ends_with(']')) || text.contains("{{") ||
         to_lower_ascii(text).contains("yes / no");
}

void check_section(Findings& findings, const RollbackSection& plan) {
  const auto need = [&](std::string_view text, std::string_view line) {
    findings.looked_at();
    if (!text.empty() && !is_left_open(text)) return;
    findings.fail("incomplete",
                  fmt::format("the rollback plan's line {} is {}", quoted(line),
                              text.empty() ? "missing" : "not filled in"),
                  fmt::format("say it in the section `Rollback Plan` under {}", quoted(line)));
  };
  need(plan.mechanism, "Rollback mechanism");
  need(plan.estimate_text, "Estimated rollback time");
  need(plan.data_rollback, "Data rollback needed");
  const bool written = !plan.estimate_text.empty() && !is_left_open(plan.estimate_text);
  if (written && !plan.estimate_ms) {
    findings.fail(
        "estimate_unreadable",
        fmt::format("{} is no time that can be measured against", quoted(plan.estimate_text)),
        "write the estimate as a number and a unit, such as `< 5 minutes`");
  }
}

const EnvironmentState* state_of(const Service& service, const EnvironmentName& name) {
  const auto found = std::ranges::find(service.environments, name, &EnvironmentState::name);
  return found == service.environments.end() ? nullptr : &*found;
}

std::vector<std::string> without_baseline(const Facts& facts) {
  std::vector<std::string> lacking;
  for (const EnvironmentSpec& environment : facts.policy.environments) {
    const EnvironmentState* state = state_of(facts.service, environment.name);
    if (state == nullptr || state->baseline_release.empty()) {
      lacking.push_back(quoted(environment.name.text));
    }
  }
  return lacking;
}

void check_baseline(Findings& findings, const Facts& facts) {
  const std::vector<std::string> lacking = without_baseline(facts);
  findings.looked_at(static_cast<int>(facts.policy.environments.size()));
  if (lacking.empty()) return;
  if (facts.policy.fallback.empty()) {
    findings.fail("no_baseline",
                  fmt::format("there is nothing to return to in {}", list_text(lacking)),
                  "`sluice adopt CONTRACT` records what runs now as the baseline; or name a "
                  "`fallback` in sluice.yaml");
    return;
  }
  findings.note(
      fmt::format("no baseline in {}: rollback means the fallback {}, and triggers use "
                  "fixed targets",
                  list_text(lacking), quoted(facts.policy.fallback)));
}

// What the mechanism in the contract comes down to with this wiring.
std::string what_sluice_does(const Facts& facts) {
  const auto customers = customer_facing(facts.policy);
  const EnvironmentState* state =
      customers.empty() ? nullptr : state_of(facts.service, customers.front()->name);
  if (state == nullptr || state->baseline_release.empty()) {
    return "Sluice will take the traffic off the canary, then stop the canary";
  }
  return fmt::format(
      "Sluice will put the traffic back to slot {} within milliseconds, then stop the canary",
      to_text(state->baseline));
}

// An estimate below what the deadlines allow is a promise that Sluice may have to break.
void note_estimate(Findings& findings, const Facts& facts) {
  const std::optional<std::int64_t> estimate = facts.contract.rollback.estimate_ms;
  const std::int64_t allowed = facts.policy.deadlines.rollback_ms;
  if (!estimate || *estimate >= allowed) return;
  findings.note(
      fmt::format("the estimate of {} is shorter than the {} after which people are "
                  "called",
                  duration_text(*estimate), duration_text(allowed)));
}

}  // namespace

ClauseVerdict pre_rollback_documented(const Facts& facts) {
  Findings findings(Clause::pre_rollback_documented);
  const RollbackSection& plan = facts.contract.rollback;
  if (plan.present) {
    check_section(findings, plan);
  } else {
    findings.looked_at();
    findings.fail("no_rollback_plan", "the contract has no section `Rollback Plan`",
                  "write how the release is taken back, how long that takes, and what happens to "
                  "the data");
  }
  check_baseline(findings, facts);
  note_estimate(findings, facts);
  return findings.verdict(
      fmt::format("the contract says {}; {}", quoted(plan.mechanism), what_sluice_does(facts)));
}

}  // namespace sluice::gates
