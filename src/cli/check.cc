// sluice check
#include <array>

#include "cli/check_report.h"
#include "cli/command.h"
#include "cli/complaints.h"
#include "cli/contract_path.h"
#include "cli/standpoint.h"
#include "gates/before_start.h"
#include "gates/flags.h"
#include "gates/forecast.h"
#include "gates/plan_of.h"

namespace sluice::cli {
namespace {

constexpr std::array<Option, 1> kOptions{
    {{"--output", "text|json|markdown|sarif|junit|github|gitlab", "text",
      "how the result is written"}}};

std::string rendered(const CheckReport& report, std::string_view format, const Terminal& terminal) {
  if (format == "json") return as_json(report);
  if (format == "markdown") return as_markdown(report);
  if (format == "sarif") return as_sarif(report);
  if (format == "junit") return as_junit(report);
  if (format == "github") return as_github(report);
  if (format == "gitlab") return as_gitlab(report);
  return as_text(report, terminal.colour, terminal.columns);
}

std::vector<gates::EnvironmentForecast> forecasts_of(const LoadedContract& contract,
                                                     const Policy& policy, const Service& service) {
  if (!gates::plan_obstacle(contract.contract, policy).empty()) return {};
  const Plan plan = gates::make_plan(contract.contract, policy, contract.release);
  return gates::forecast(plan, policy, service);
}

FlagAnswers flag_answers(const Context& context, const Policy& policy, const Contract& contract) {
  const std::vector<std::string> names = gates::flags_of_features(contract);
  if (names.empty() || !context.ask_about_flags) return {};
  return context.ask_about_flags(policy, names);
}

Result<Exit> run_check(const Context& context, const Arguments& arguments) {
  const std::string path = SLUICE_TRY(absolute_contract(arguments.text("CONTRACT")));
  const LoadedPolicy policy = SLUICE_TRY(context.load_policy());
  if (print_complaints(context, policy.complaints)) return Exit::usage;
  LoadedContract contract = SLUICE_TRY(context.load_contract(path));
  print_complaints(context, contract.complaints);
  const Service service = SLUICE_TRY(context.read_service());
  const FlagAnswers flags = flag_answers(context, policy.policy, contract.contract);
  const RunningRouters routers =
      context.look_at_routers ? context.look_at_routers(policy.policy) : RunningRouters{};
  CheckReport report =
      make_report(policy.policy, contract,
                  gates::evaluate_before_start(contract.contract, policy.policy, service,
                                               contract.release, wall_clock(), flags, routers));
  report.forecasts = forecasts_of(contract, policy.policy, service);
  if (context.look_at_gauges) report.gauges = context.look_at_gauges(policy.policy);
  context.out(rendered(report, arguments.text("output"), context.terminal));
  return exit_of(report);
}

}  // namespace

constinit const Command kCheck{
    .group = "deliver",
    .name = "check",
    .operand = "CONTRACT",
    .summary = "every clause that can be known now; changes nothing",
    .help =
        "Reads the contract and sluice.yaml, prints what is wrong with them and where, then each\n"
        "clause with its verdict, the reason, what would make it pass and who can do that; then\n"
        "every parameter with its value, and what promotion of each stage takes at the traffic "
        "that\n"
        "sluice.yaml expects. Starts nothing and changes nothing; the flag service of sluice.yaml "
        "is\n"
        "asked about the flags of new features, each HAProxy which process it is, and each "
        "Prometheus\n"
        "once for its gauges. The other formats are for a job summary (markdown),\n"
        "code scanning (sarif), test reports (junit), annotations (github) and code quality "
        "(gitlab);\n"
        "nothing but the report is on standard output.\n"
        "Exit codes: 0 it may start, 1 a clause fails, 2 a file cannot be used, 3 a clause is "
        "open.",
    .example = "sluice check work/releases/2026-11-24-storefront-release-contract.md",
    .options = kOptions,
    .run = run_check};

}  // namespace sluice::cli
