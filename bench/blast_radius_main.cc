// blast_radius: measures the judge beside its peers, and writes docs/reference/benchmarks.md.
//
//   blast_radius [--harm N] [--nulls N] [--shared N] [--type-one N] [--problems N] [--paced N]
//                [--latency N] [--series N] [--few N] [--cost 0] [--threads N] [--write FILE]
//
// N runs of each cell; 0 leaves the section out; a seed and a number of runs give the same tables
// whatever the threads, but for the last, which is of time.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <thread>

#include <fmt/format.h>

#include "base/text.h"
#include "bench/cost.h"
#include "bench/efficiency.h"
#include "bench/harm.h"
#include "bench/latency.h"
#include "bench/nulls.h"
#include "bench/paced.h"
#include "bench/series.h"
#include "sim/trouble.h"

namespace {

using namespace sluice;
using namespace sluice::bench;

struct Options {
  std::map<std::string, int, std::less<>> numbers{
      {"harm", 400},     {"nulls", 1'000}, {"shared", 5'000}, {"type-one", 100'000},
      {"problems", 500}, {"paced", 200},   {"latency", 200},  {"series", 100},
      {"few", 300},      {"cost", 1},      {"threads", 0}};
  std::string write;
  std::string command;
  bool wrong = false;

  [[nodiscard]] int threads() const {
    const int wanted = numbers.at("threads");
    return wanted > 0 ? wanted
                      : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  }
  [[nodiscard]] Effort effort(std::string_view what) const {
    return {numbers.find(what)->second, threads()};
  }
};

Options read_options(int argc, char** argv) {
  Options options;
  options.command = "build/release/bench/blast_radius";
  for (int i = 1; i < argc; i += 2) {
    const std::string name = std::string(argv[i]).substr(0, 2) == "--" ? argv[i] + 2 : "";
    if (i + 1 == argc) {
      options.wrong = true;
      break;
    }
    if (name != "write" && name != "threads") {
      options.command += fmt::format(" {} {}", argv[i], argv[i + 1]);
    }
    if (name == "write") {
      options.write = argv[i + 1];
    } else if (const auto at = options.numbers.find(name); at != options.numbers.end()) {
      at->second = static_cast<int>(parse_integer(argv[i + 1]).value_or(0));
    } else {
      options.wrong = true;
    }
  }
  return options;
}

std::string head(const Options& options) {
  return fmt::format(
      "# Benchmarks\n\n"
      "Made by `{} --write {}`; `make bench` prints the same with more "
      "runs.\n"
      "Written by the program, never by hand. Seeds are fixed (master {}): the same numbers of "
      "runs give the same tables on any\n"
      "machine with any number of threads, but for the last one, which is of time.\n\n"
      "Setting: Poisson traffic, the canary has {:g} % of it, decisions once a second without "
      "delay, one hour, α = {:g} for a\n"
      "rollout, {} s of baseline before. *Sluice fast* is the judge without groups; *robust* tells "
      "five servers of the canary,\n"
      "nineteen units of the baseline (a hundred hosts in all) and eight buckets of clients apart: "
      "the "
      "worst server or client is left out,\n"
      "evidence is divided by the design effect, and a slow track runs beside the fast one. Peers "
      "are pure functions of exact counts,\nwithout the delay that a real "
      "scrape has; each cites its source in `bench/` and `src/sim/threshold_rules.h`. N* is the "
      "least number of canary requests that\n"
      "any test with the same guarantee can need on average (`src/judge/bound.h`).\n\n",
      options.command, options.write.empty() ? "docs/reference/benchmarks.md" : options.write,
      kMaster, 100 * kShare, kAlpha, kWarmUpSeconds);
}

std::string efficiency(const Options& options) {
  const Effort effort = options.effort("problems");
  if (effort.runs == 0) return "";
  return fmt::format(
             "## Efficiency: asked after every request of the canary\n\n"
             "Mean requests until the rollback beside the least possible, {} runs of each "
             "problem.\n\n",
             effort.runs) +
         efficiency_table(problems(), run_problems(problems(), effort)) +
         "\n### A defect that appears after half an hour\n\n1,000 requests a second, baseline 0.1 "
         "%, "
         "margin 0.5 %, no groups.\n\n" +
         late_table(run_late(0.005, effort), effort) +
         "\n### Promotion: a good release is shown to be good\n\nBy its error rate, at 5 %.\n\n" +
         promotion_table(run_promotions(effort), effort);
}

std::vector<Method> all_methods() {
  std::vector<Method> methods = sluice_methods(0);
  for (Method& method : sluice_methods(0.005)) methods.push_back(std::move(method));
  for (Method& method : peers()) methods.push_back(std::move(method));
  return methods;
}

std::string harm(const Options& options) {
  const Effort effort = options.effort("harm");
  if (effort.runs == 0) return "";
  std::vector<Method> methods = all_methods();
  const std::size_t shown = methods.size();
  for (Method& method : more_peers()) methods.push_back(std::move(method));
  const HarmGrid results = run_grid(grid(), std::move(methods), effort);
  std::string out = fmt::format(
      "\n## Blast radius\n\n{} runs of each cell. Geometric means over the cells that an hour can "
      "decide (3 N* canary requests in it),\n"
      "by the method's own margin; a run without a decision counts with the whole hour. *Tick does "
      "not bind*: a second brings less\n"
      "than a third of N*. N*_op: N*, or half a second's requests where that is more.\n\n",
      effort.runs);
  out += ratio_table(results);
  out += "\nCells for δ=0 (p_b, change, requests per second): " + cell_list(results, 0);
  out += "\nCells for δ=0.5 %: " + cell_list(results, 0.005);
  out +=
      "\n### Median of canary requests until the decision\n\n*miss (x)*: taken back in fewer than "
      "half of the runs, in x of them. "
      "*ok*: within the margin, and never taken back.\n\n";
  return out + grid_table(results, shown);
}

std::string paced(const Options& options) {
  const Effort effort = options.effort("paced");
  if (effort.runs == 0) return "";
  return fmt::format(
             "\n## A share that grows with the evidence\n\n{} runs of each row, robust, δ=0.5 %, "
             "baseline 0.1 %, at most 5 %, a quarter of an hour. Failed requests are those\nof the "
             "canary until the router sends no more there.\n\n",
             effort.runs) +
         paced_table(run_paced(paced_cases(), effort, 90'000)) +
         "\n### How often one looks, and how long it takes until it is so\n\n" +
         paced_table(run_paced(cadence_cases(), effort, 95'000));
}

std::string latency(const Options& options) {
  const Effort effort = options.effort("latency");
  if (effort.runs == 0) return "";
  const std::vector<Method> methods = sluice_methods(0.005);
  return fmt::format(
             "\n## Latency\n\nLognormal, p99 of the baseline 359 ms, target 500 ms; {} runs. "
             "Median of canary requests until the decision; N* is that of a test against\nthe "
             "target alone.\n\n",
             effort.runs) +
         latency_table(run_latency(methods, effort), methods);
}

std::string shared_nulls(const Options& options) {
  const Effort effort = options.effort("shared");
  if (effort.runs == 0) return "";
  return fmt::format(
             "\n## False rollbacks\n\n### Errors that are not independent: many hours\n\n"
             "*Sluice robust*, δ=0, {} hours of a healthy release in each null, 1,000 requests a "
             "second, error rate about 0.1 %,\na look each second: how many were taken back, with "
             "95 % limits by Clopper and Pearson. *surely under*: the upper limit is\nunder the "
             "bar "
             "too.\n\n",
             effort.runs) +
         shared_null_table(run_shared_nulls(effort), effort.runs);
}

std::string few_processes(const Options& options) {
  const Effort effort = options.effort("few");
  if (effort.runs == 0) return "";
  return fmt::format(
             "\n### Few processes\n\nThe same nulls where five processes serve beside the canary's "
             "five, instead of ninety-five: {} hours of each, after ten minutes of the\nbaseline "
             "alone and after ten hours of it. What such a service does by itself, one process or "
             "two at a time, falls on two of the\ncanary's before it is ever seen in one of the "
             "baseline's about once in five times, and is then no different from a release that "
             "fails on them:\nno test can tell. What tells is how the baseline's processes were "
             "seen to fail before, which the ledger keeps from delivery to delivery.\n\n",
             effort.runs) +
         few_processes_table(run_few_processes(effort), effort.runs);
}

std::string what_troubles_are() {
  std::string out = "\n| null | what it is |\n|---|---|\n";
  for (const sim::Trouble& one : sim::troubles())
    out += fmt::format("| {} | {} |\n", one.name, one.what);
  return out;
}

std::string nulls(const Options& options) {
  const Effort effort = options.effort("nulls");
  if (effort.runs == 0) return "";
  std::vector<Method> methods = sluice_methods(0);
  methods.push_back(sluice_methods(0.005)[1]);
  for (Method& method : peers()) methods.push_back(std::move(method));
  std::string out = fmt::format(
      "\n### Beside the peers\n\n{} hours of each, other seeds. In those named *canary alone* harm "
      "does follow the canary, so taking back is no\nmistake; they are shown, and have no bar.\n\n",
      effort.runs);
  out += null_table(run_nulls(troubled_nulls(), methods, effort, 10'000), 3);
  out += what_troubles_are();
  std::vector<Method> others = {sluice_methods(0)[0]};
  for (Method& method : peers()) others.push_back(std::move(method));
  out += "\n### Independent errors\n\n";
  return out + null_table(run_nulls(independent_nulls(), others, effort, 20'000), 1);
}

std::string series(const Options& options) {
  const Effort effort = options.effort("series");
  if (effort.runs == 0) return "";
  const char* corpus = std::getenv("SLUICE_CORPUS");
  const std::string folder =
      std::string(corpus == nullptr ? "../shared/corpus" : corpus) + "/timeseries";
  const auto [all, left_out] = read_series(folder);
  std::string out = fmt::format(
      "\n### The course of real metrics\n\nSeries of the Numenta Anomaly Benchmark in `{}` as the "
      "course of both arms' error rate, ten seconds a value, 0.1 % on\naverage; {} hours each.\n\n",
      folder, effort.runs);
  for (const std::string& one : left_out) {
    fmt::print(stderr, "blast_radius: a series was left out, {}\n", one);
    out += fmt::format("Left out: {}.\n\n", one);
  }
  if (all.empty()) {
    fmt::print(stderr, "blast_radius: NO SERIES WERE RUN: there is none in {}\n", folder);
    return out + "**Not run: the folder holds no series that can be such a course.**\n";
  }
  std::vector<Method> methods = sluice_methods(0);
  for (Method& method : peers()) methods.push_back(std::move(method));
  return out + series_table(all, methods, effort);
}

std::string type_one(const Options& options) {
  const Effort effort = options.effort("type-one");
  if (effort.runs == 0) return "";
  return "\n### Many rollouts, ten seconds a batch, no groups\n\nEqual rates, and exactly on the "
         "margin.\n\n" +
         type_one_table(effort);
}

std::string cost(const Options& options) {
  if (options.numbers.at("cost") == 0) return "";
  return "\n## Cost\n\nProcessor time, this machine, this run: only the ratios mean something "
         "elsewhere.\n\n" +
         cost_table();
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = read_options(argc, argv);
  if (options.wrong) {
    fmt::print(
        stderr,
        "usage: blast_radius [--harm N] [--nulls N] [--shared N] [--type-one N] [--problems N] "
        "[--paced N] [--latency N] [--series N] [--few N] [--cost 0] [--threads N] [--write "
        "FILE]\n");
    return 2;
  }
  std::string text;
  for (const auto& section : {head, efficiency, harm, paced, latency, shared_nulls, few_processes,
                              nulls, series, type_one, cost}) {
    const std::string made = section(options);
    fmt::print("{}", made);
    std::fflush(stdout);  // it takes long: what is known is shown
    text += made;
  }
  if (options.write.empty()) return 0;
  std::ofstream file(options.write, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (file) return 0;
  fmt::print(stderr, "blast_radius: cannot write {}\n", options.write);
  return 1;
}
