#include "cli/simulation.h"

#include <doctest/doctest.h>

#include "cli/cli.h"

namespace sluice::cli {
namespace {

sim::Outcomes outcomes(int promoted, int rolled_back, int no_evidence, double failed) {
  return {.runs = promoted + rolled_back + no_evidence,
          .promoted = promoted,
          .rolled_back = rolled_back,
          .no_evidence = no_evidence,
          .requests = {100, 101, 150},
          .failed = {failed, failed, 2 * failed},
          .took_ms = {1'500, 1'600, 2'000}};
}

Simulation three_releases() {
  Simulation simulation{.stages_from = "no contract", .alpha = 8e-4};
  simulation.plan.service = {"store<front>"};
  simulation.environment = {.name = {"production"},
                            .customer_facing = true,
                            .judged = true,
                            .stages = {{"", Share(500), 10 * kMinuteMs}, {"", Share::whole(), 0}}};
  simulation.releases = {{1e-3, outcomes(10, 0, 0, 1), outcomes(10, 0, 0, 1)},
                         {0.05, outcomes(2, 8, 0, 20), outcomes(0, 10, 0, 900)},
                         {1, outcomes(0, 10, 0, 6), outcomes(0, 10, 0, 18'000)}};
  return simulation;
}

// The program with sluice.yaml in memory.
struct Typed {
  Context context;
  Policy policy;
  std::string out;
  std::string err;
  std::map<std::string, std::string> written;
  bool interrupt = false;

  Typed() {
    policy.service = {"storefront"};
    policy.environments.resize(1);
    policy.environments[0].name = {"production"};
    policy.environments[0].customer_facing = true;
    policy.environments[0].judged = true;
    context.load_policy = [this]() -> Result<LoadedPolicy> { return LoadedPolicy{policy, {}}; };
    context.write_new_file = [this](const std::string& path,
                                    const std::string& text) -> Result<void> {
      if (!written.emplace(path, text).second) return fail(ErrorCode::conflict, "exists");
      return {};
    };
    context.interrupted = [this] { return interrupt; };
    context.out = [this](std::string_view text) { out += text; };
    context.err = [this](std::string_view text) { err += text; };
  }

  int simulate(std::vector<std::string> words) {
    words.insert(words.begin(), "simulate");
    return run(context, std::move(words));
  }
};

TEST_CASE("simulation: the table says what becomes of each release, and of a good one in words") {
  const std::string table = simulation_table(three_releases());
  CHECK(table.contains("5 % for 10 min, 100 %, then 30 min of validation"));
  CHECK(table.contains("2 promoted, 8 back"));
  CHECK(table.contains("18,000 (36,000)"));
  CHECK(table.contains("a release as good as today: 10 of 10 promoted, after 1 s"));
  CHECK(table.contains("0 of 10 (so at most 31 % with 97.5 % confidence)"));
  CHECK(table.contains("the judge allows itself 0.08 %"));
  CHECK_FALSE(table.contains("deadline"));  // nothing lacked evidence
}

TEST_CASE("simulation: a good release that lacks evidence gets advice") {
  Simulation simulation = three_releases();
  simulation.releases[0].sluice = outcomes(4, 0, 6, 1);
  CHECK(
      simulation_table(simulation).contains("evidence was still missing at the deadline: 6 of 10"));
}

TEST_CASE(
    "simulation: where today's service misses the target that decides at 100 %, that is said") {
  Simulation simulation = three_releases();
  CHECK_FALSE(simulation_table(simulation).contains("error_rate_target"));
  simulation.service.error_rate = 0.02;
  CHECK(simulation_table(simulation).contains("`error_rate_target` decides: 1.0 %"));
  simulation.environment.stages.pop_back();  // it ends beside its baseline
  CHECK_FALSE(simulation_table(simulation).contains("error_rate_target"));
}

TEST_CASE("simulation: JSON has the numbers, unrounded") {
  const codec::Json json = simulation_json(three_releases());
  const codec::Json& worst = json.find("releases")->array()->at(2);
  CHECK(worst.find("error_rate")->number_or(0) == 1);
  CHECK(worst.find("sluice")->integer_or("rolled_back", -1) == 10);
  CHECK(worst.find("polling")->find("failed_requests")->find("p95")->number_or(0) == 36'000);
  CHECK(json.find("false_rollback_allowed")->number_or(0) == 8e-4);
  CHECK(codec::parse_json(json.dump()));
}

TEST_CASE(
    "simulation: the plot is a whole document, lets no name become markup, and has both lines") {
  const std::string plot = simulation_plot(three_releases());
  CHECK(plot.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  CHECK(plot.ends_with("</svg>\n"));
  CHECK(plot.contains("store&lt;front&gt;"));
  CHECK_FALSE(plot.contains("store<front>"));
  const std::size_t first = plot.find("<polyline");
  CHECK(plot.find("<polyline", first + 1) != std::string::npos);
  CHECK_FALSE(plot.contains("nan"));
}

TEST_CASE("simulate: good releases are promoted, bad ones go back, and the plot is written") {
  Typed typed;
  CHECK(typed.simulate({"--runs", "3", "--svg", "plot.svg"}) == 0);
  CHECK(typed.out.contains("storefront, production: 5 % for 10 min, 25 % for 10 min"));
  CHECK(typed.out.contains("a release as good as today: 3 of 3 promoted, after 1 h"));
  CHECK(typed.written["plot.svg"].contains("<polyline"));
  CHECK(typed.err.empty());
}

TEST_CASE("simulate: the same question gets the same answer, another one another") {
  Typed one;
  Typed same;
  Typed other;
  CHECK(one.simulate({"--runs", "2", "--output", "json"}) == 0);
  CHECK(same.simulate({"--runs", "2", "--output", "json"}) == 0);
  CHECK(other.simulate({"--runs", "2", "--output", "json", "--rps", "50"}) == 0);
  CHECK(one.out == same.out);
  CHECK(one.out != other.out);
}

TEST_CASE("simulate: an existing file is not overwritten") {
  Typed typed;
  typed.written["plot.svg"] = "mine";
  CHECK(typed.simulate({"--runs", "1", "--svg", "plot.svg"}) == 1);
  CHECK(typed.written["plot.svg"] == "mine");
  CHECK(typed.out.contains("a release as good as today"));  // what took minutes is not lost for it
}

TEST_CASE("simulate: what makes no sense is refused with its name") {
  for (const auto& [option, value] : {std::pair{"--rps", "0"},
                                      {"--rps", "nan"},
                                      {"--rps", "1e9"},
                                      {"--error-rate", "60%"},
                                      {"--error-rate", "-1"},
                                      {"--trouble", "rain"},
                                      {"--runs", "0"}}) {
    Typed typed;
    INFO(option << " " << value);
    CHECK(typed.simulate({option, value}) == 2);
    CHECK(typed.err.contains(value));
  }
}

TEST_CASE("simulate: without an environment for customers there is nothing to simulate") {
  Typed typed;
  typed.policy.environments[0].judged = false;
  CHECK(typed.simulate({}) == 2);
  CHECK(typed.err.contains("customer-facing"));
}

TEST_CASE("simulate: lists the troubles, and stops at Ctrl-C without a table") {
  Typed typed;
  CHECK(typed.simulate({"--trouble", "list"}) == 0);
  CHECK(typed.out.contains("badhost"));
  Typed stopped;
  stopped.interrupt = true;
  CHECK(stopped.simulate({"--runs", "100000"}) == 3);  // at once, not after the release under way
  CHECK(stopped.out.empty());
}

TEST_CASE("simulate: progress is told on a terminal only, and wiped away") {
  Typed typed;
  typed.context.terminal.interactive = true;
  CHECK(typed.simulate({"--runs", "1"}) == 0);
  CHECK(typed.err.contains("release 1 of 8"));
  CHECK(typed.err.ends_with("\r\x1b[K"));
}

}  // namespace
}  // namespace sluice::cli
