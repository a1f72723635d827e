// sluice simulate
#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/complaints.h"
#include "cli/contract_path.h"
#include "cli/simulation.h"
#include "gates/plan_of.h"
#include "judge/plan_settings.h"
#include "sim/random.h"

namespace sluice::cli {
namespace {

constexpr std::uint64_t kSeed = 20240917;
constexpr double kRequestsMost = 1e6;  // a second
constexpr std::int64_t kRunsMost = 100'000;

constexpr std::array<Option, 7> kOptions{
    {{"--contract", "FILE", "", "take the stages from this contract"},
     {"--rps", "RATE", "100", "requests a second that the service has"},
     {"--error-rate", "PERCENT", "0.1%", "part of them that fails today"},
     {"--trouble", "NAME", "iid", "how errors come about; `list` says which there are"},
     {"--runs", "N", "100", "simulated deliveries of each release"},
     {"--output", "text|json", "text", "how the result is written"},
     {"--svg", "FILE", "", "also draw a plot into this new file"}}};

// "12", "0.5"; nothing for anything else.
std::optional<double> number_in(std::string_view text) {
  double value = 0;
  const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (trouble != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<double> requests_in(const Arguments& arguments) {
  const std::string text = arguments.text("rps");
  const std::optional<double> value = number_in(text);
  if (!value || !(*value > 0) || *value > kRequestsMost) {
    return fail(ErrorCode::invalid_input,
                fmt::format("--rps `{}`: a number above 0, up to a million", printable(text, 60)));
  }
  return *value;
}

// "0.1%" or "0.1".
Result<double> error_rate_in(const Arguments& arguments) {
  const std::string text = arguments.text("error-rate");
  std::string_view digits = trim(text);
  if (digits.ends_with('%')) digits = trim(digits.substr(0, digits.size() - 1));
  const std::optional<double> value = number_in(digits);
  if (!value || !(*value >= 0) || *value > 50) {
    return fail(ErrorCode::invalid_input,
                fmt::format("--error-rate `{}`: per cent, from 0 to 50", printable(text, 60)));
  }
  return *value / 100;
}

std::string list_of_troubles() {
  std::string out;
  for (const sim::Trouble& trouble : sim::troubles()) {
    out += fmt::format("  {:<12} {}\n", trouble.name, trouble.what);
  }
  return out;
}

Result<sim::ServiceModel> service_in(const Arguments& arguments) {
  sim::ServiceModel service;
  service.requests_per_second = SLUICE_TRY(requests_in(arguments));
  service.error_rate = SLUICE_TRY(error_rate_in(arguments));
  service.trouble = sim::find_trouble(arguments.text("trouble"));
  if (service.trouble == nullptr) {
    return fail(ErrorCode::invalid_input,
                fmt::format("there is no trouble `{}`; `--trouble list` says which there are",
                            printable(arguments.text("trouble"), 60)));
  }
  return service;
}

// What a careful plan looks like, where no contract says another.
std::vector<PlannedStage> usual_stages(Share first_most) {
  std::vector<PlannedStage> stages;
  for (const int bp : {std::min(500, first_most.bp()), 2'500, 5'000}) {
    stages.push_back({.share = Share(bp), .soak_ms = 10 * kMinuteMs});
  }
  stages.push_back({.share = Share::whole(), .soak_ms = 0});
  return stages;
}

// The policy's plan for its customers, without traffic as yet.
Result<Simulation> simulation_of(const Context& context, const Policy& policy,
                                 const std::string& file) {
  LoadedContract loaded;
  Simulation simulation{.stages_from = "no contract: the usual ones"};
  if (file.empty()) {
    loaded.contract.stages = usual_stages(policy.first_stage_max);
  } else {
    const std::string path = SLUICE_TRY(absolute_contract(file));
    loaded = SLUICE_TRY(context.load_contract(path));
    simulation.stages_from = printable(file);
  }
  if (const std::string why = gates::plan_obstacle(loaded.contract, policy); !why.empty()) {
    return fail(ErrorCode::invalid_input, "nothing can be simulated: " + why);
  }
  simulation.plan = gates::make_plan(loaded.contract, policy, loaded.release);
  const auto& environments = simulation.plan.environments;
  const auto found = std::ranges::find_if(
      environments, [](const EnvironmentPlan& one) { return one.customer_facing && one.judged; });
  if (found == environments.end()) {
    return fail(ErrorCode::invalid_input,
                "nothing can be simulated: no environment is customer-facing and judged");
  }
  simulation.environment = *found;
  simulation.alpha = judge::settings_of(simulation.plan, *found).alpha;
  return simulation;
}

// Not to its end where somebody interrupts: a hundred thousand runs take minutes.
SimulatedRelease release_of(const Context& context, const Simulation& simulation, double error_rate,
                            int runs) {
  sim::ServiceModel service = simulation.service;
  service.canary_error_rate = error_rate;
  std::vector<sim::Rollout> sluice;
  std::vector<sim::Rollout> polling;
  for (int run = 0; run < runs && !context.interrupted(); ++run) {
    const std::uint64_t seed =
        sim::seed_of(kSeed, simulation.releases.size(), static_cast<std::uint64_t>(run));
    sluice.push_back(sim::roll_out(simulation.plan, simulation.environment, service, seed));
    polling.push_back(sim::roll_out_polled(simulation.plan, simulation.environment, service, seed,
                                           simulation.polling));
  }
  return {error_rate, sim::outcomes_of(sluice), sim::outcomes_of(polling)};
}

Result<void> run_all(const Context& context, Simulation& simulation, int runs) {
  const std::vector<double> rates = sim::canary_rates(
      simulation.service.error_rate, simulation.plan.parameters.max_error_rate_increase);
  const auto tell = [&](const std::string& line) {
    if (context.terminal.interactive) context.err("\r" + line + "\x1b[K");
  };
  for (const double rate : rates) {
    tell(fmt::format("simulating release {} of {}: {} errors", simulation.releases.size() + 1,
                     rates.size(), percent_text(rate)));
    simulation.releases.push_back(release_of(context, simulation, rate, runs));
    if (!context.interrupted()) continue;
    tell("");
    return fail(ErrorCode::unavailable, "interrupted; nothing was simulated to the end");
  }
  tell("");
  return {};
}

Result<Exit> run_simulate(const Context& context, const Arguments& arguments) {
  if (arguments.text("trouble") == "list") {
    context.out(list_of_troubles());
    return Exit::allowed;
  }
  const sim::ServiceModel service = SLUICE_TRY(service_in(arguments));
  const std::int64_t runs = arguments.number("runs");
  if (runs < 1 || runs > kRunsMost) {
    return fail(ErrorCode::invalid_input,
                fmt::format("--runs `{}`: from 1 to {}", runs, kRunsMost));
  }
  const LoadedPolicy policy = SLUICE_TRY(context.load_policy());
  if (print_complaints(context, policy.complaints)) return Exit::usage;
  Simulation simulation =
      SLUICE_TRY(simulation_of(context, policy.policy, arguments.text("contract")));
  simulation.service = service;
  SLUICE_TRY(run_all(context, simulation, static_cast<int>(runs)));
  context.out(arguments.text("output") == "json" ? simulation_json(simulation).dump() + "\n"
                                                 : simulation_table(simulation));
  const std::string plot = arguments.text("svg");
  if (!plot.empty()) SLUICE_TRY(context.write_new_file(plot, simulation_plot(simulation)));
  return Exit::allowed;
}

}  // namespace

constinit const Command kSimulate{
    .group = "deliver",
    .name = "simulate",
    .operand = "",
    .summary = "what this policy would do to releases, good and bad",
    .help =
        "Delivers simulated releases, from one as good as today to one that fails every request, "
        "to\n"
        "the customers' environment of sluice.yaml: its stages, soaks, deadlines and judge, with\n"
        "traffic as given. Says how many requests each harms until it is taken back and how long "
        "that\n"
        "takes, how long a good one takes to be promoted, and how often a good one is taken back;\n"
        "beside it a tool that polls the error rate against 1 % every 60 s and goes back at the "
        "fifth\n"
        "failure, as Flagger does. Without a contract the stages are 5 %, 25 % and 50 % for 10 "
        "min\n"
        "each, then everything. Not simulated: starting, health checks, smoke tests, alerts, "
        "latency.\n"
        "Starts nothing and changes nothing but the file of --svg. The same question gets the "
        "same\n"
        "answer.\n"
        "Exit codes: 0 simulated, 1 the file of --svg cannot be written, 2 a figure, the contract "
        "or\n"
        "sluice.yaml cannot be used.",
    .example = "sluice simulate --rps 500 --error-rate 0.2% --svg plot.svg",
    .options = kOptions,
    .run = run_simulate};

}  // namespace sluice::cli
