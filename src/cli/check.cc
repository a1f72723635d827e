// sluice check
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/complaints.h"
#include "cli/contract_path.h"
#include "cli/parameters.h"
#include "codec/event_json.h"
#include "codec/json.h"
#include "gates/before_start.h"
#include "gates/delivery_verdict.h"
#include "gates/forecast.h"
#include "gates/plan_of.h"

namespace sluice::cli {
namespace {

using codec::Json;

constexpr std::array<Option, 1> kOptions{
    {{"--output", "text|json", "text", "how the result is written"}}};

struct Checked {
  Policy policy;
  LoadedContract contract;
  std::vector<ClauseVerdict> clauses;
  std::vector<gates::EnvironmentForecast> forecasts;  // empty: the contract makes no plan
};

bool any(const std::vector<ClauseVerdict>& clauses, Verdict verdict) {
  return std::ranges::any_of(clauses, [verdict](const ClauseVerdict& clause) {
    return clause.verdict == verdict && clause.code != kNotBuilt;
  });
}

Exit exit_of(const Checked& checked) {
  if (any(checked.clauses, Verdict::fail)) return Exit::denied;
  // Something of the contract could not be read as meant, and no clause minded.
  if (!checked.contract.complaints.empty()) return Exit::usage;
  return any(checked.clauses, Verdict::inconclusive) ? Exit::undecided : Exit::allowed;
}

std::string summary(const Checked& checked) {
  int passed = 0;
  int failed = 0;
  int open = 0;
  int unbuilt = 0;
  for (const ClauseVerdict& clause : checked.clauses) {
    if (clause.code == kNotBuilt) {
      ++unbuilt;
    } else if (clause.verdict == Verdict::pass) {
      ++passed;
    } else {
      ++(clause.verdict == Verdict::fail ? failed : open);
    }
  }
  return fmt::format("{} clauses: {} PASS, {} FAIL, {} INCONCLUSIVE, {} not built yet",
                     checked.clauses.size(), passed, failed, open, unbuilt);
}

std::string_view conclusion(Exit exit) {
  switch (exit) {
    case Exit::allowed: return "this delivery may start";
    case Exit::denied: return "this delivery would be refused";
    case Exit::usage: return "the contract cannot be used as it is";
    case Exit::undecided:
      return "this delivery would be refused until the open clauses are decided";
  }
  return "";
}

void print_text(const Context& context, const Checked& checked) {
  const Release& release = checked.contract.release;
  const Terminal& terminal = context.terminal;
  context.out(fmt::format("{} {}, release {}, contract {}, policy {}\n\n", printable(release.id),
                          printable(release.title), release.digest.brief(),
                          checked.contract.contract.revision_digest.brief(),
                          checked.policy.digest.brief()));
  context.out(gates::render_clauses(checked.clauses, terminal.colour, terminal.columns));
  context.out("\nparameters\n" + parameters_text(checked.policy));
  if (!checked.forecasts.empty()) {
    context.out("\nforecast: what promotion takes\n" + gates::forecast_text(checked.forecasts));
  }
  context.out(fmt::format("\n{}: {}\n", summary(checked), conclusion(exit_of(checked))));
}

void print_json(const Context& context, const Checked& checked) {
  Json::Array clauses;
  for (const ClauseVerdict& clause : checked.clauses) clauses.push_back(codec::to_json(clause));
  Json::Array complaints;
  for (const Complaint& complaint : checked.contract.complaints) {
    complaints.push_back(to_text(complaint));
  }
  Json::Array undecidable;
  for (const gates::EnvironmentForecast& environment : checked.forecasts) {
    for (const gates::StageForecast& stage : environment.stages) {
      if (stage.decidable()) continue;
      undecidable.push_back(Json::Object{{"environment", environment.name.text},
                                         {"stage", stage.stage.name},
                                         {"takes_ms", stage.takes_ms},
                                         {"limit_ms", stage.limit_ms}});
    }
  }
  const Json json(Json::Object{
      {"release", checked.contract.release.digest.hex},
      {"contract", checked.contract.contract.revision_digest.hex},
      {"policy", checked.policy.digest.hex},
      {"may_start", exit_of(checked) == Exit::allowed},
      {"clauses", std::move(clauses)},
      {"complaints", std::move(complaints)},
      {"undecidable", std::move(undecidable)},
  });
  context.out(json.dump() + "\n");
}

std::vector<gates::EnvironmentForecast> forecasts_of(const Checked& checked,
                                                     const Service& service) {
  const Contract& contract = checked.contract.contract;
  if (!gates::plan_obstacle(contract, checked.policy).empty()) return {};
  const Plan plan = gates::make_plan(contract, checked.policy, checked.contract.release);
  return gates::forecast(plan, checked.policy, service);
}

Result<Exit> run_check(const Context& context, const Arguments& arguments) {
  const std::string path = SLUICE_TRY(absolute_contract(arguments.text("CONTRACT")));
  LoadedPolicy policy = SLUICE_TRY(context.load_policy());
  if (print_complaints(context, policy.complaints)) return Exit::usage;
  LoadedContract contract = SLUICE_TRY(context.load_contract(path));
  print_complaints(context, contract.complaints);
  const Service service = SLUICE_TRY(context.read_service());

  Checked checked{std::move(policy.policy), std::move(contract), {}, {}};
  checked.clauses = gates::evaluate_before_start(checked.contract.contract, checked.policy, service,
                                                 checked.contract.release);
  checked.forecasts = forecasts_of(checked, service);
  arguments.text("output") == "json" ? print_json(context, checked) : print_text(context, checked);
  return exit_of(checked);
}

}  // namespace

constinit const Command kCheck{
    .group = "deliver",
    .name = "check",
    .operand = "CONTRACT",
    .summary = "every clause that can be known now; changes nothing",
    .help =
        "Reads the contract and sluice.yaml, prints what is wrong with them and where, then each\n"
        "clause with its verdict, the reason, and what would make it pass; then every parameter\n"
        "with its value, and what promotion of each stage takes at the traffic that sluice.yaml\n"
        "expects. Starts nothing and changes nothing.\n"
        "Exit codes: 0 it may start, 1 a clause fails, 2 a file cannot be used, 3 a clause is "
        "open.",
    .example = "sluice check work/releases/2026-11-24-storefront-release-contract.md",
    .options = kOptions,
    .run = run_check};

}  // namespace sluice::cli
