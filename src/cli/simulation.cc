#include "cli/simulation.h"

#include <cmath>

#include <fmt/format.h>

#include "base/figure.h"
#include "base/text.h"
#include "cli/figures.h"

namespace sluice::cli {
namespace {

using codec::Json;

std::string whole(double number) { return grouped(std::llround(number)); }

std::string plan_text(const Simulation& simulation) {
  std::string out;
  for (const Stage& stage : simulation.environment.stages) {
    if (!out.empty()) out += ", ";
    out += to_text(stage.share);
    if (stage.soak_ms > 0) out += " for " + duration_text(stage.soak_ms);
  }
  return out + ", then " + duration_text(simulation.plan.parameters.validation_window_ms) +
         " of validation";
}

std::string ending_text(const sim::Outcomes& out) {
  if (out.promoted == out.runs) return "promoted";
  if (out.rolled_back == out.runs) return "taken back";
  if (out.no_evidence == out.runs) return "no evidence";
  std::string text;
  const auto part = [&](int count, std::string_view what) {
    if (count == 0) return;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  };
  part(out.promoted, "promoted");
  part(out.rolled_back, "back");
  part(out.no_evidence, "no evidence");
  return text;
}

std::string time_text(double ms) {
  // Below a second to the tenth, above it without what nobody reads.
  if (ms < 1'000) return fmt::format("{:.2g} s", ms / 1'000);
  const auto seconds = static_cast<std::int64_t>(ms) / kSecondMs;
  return duration_text((seconds >= 600 ? seconds / 60 * 60 : seconds) * kSecondMs);
}

std::string median_and_p95(const sim::Figures& figures) {
  return fmt::format("{} ({})", whole(figures.median), whole(figures.p95));
}

std::string row(const SimulatedRelease& release, double today) {
  const double more = release.error_rate - today;
  const std::string name = more <= 0 ? "as today" : "+" + percent_text(more);
  const bool harmless = more <= 0;  // what a good release does is no harm
  return fmt::format("  {:<10} {:<27} {:>11} {:>17} {:>15}   {:<16} {:>15}\n", name,
                     ending_text(release.sluice), time_text(release.sluice.took_ms.median),
                     harmless ? "–" : median_and_p95(release.sluice.requests),
                     harmless ? "–" : median_and_p95(release.sluice.failed),
                     ending_text(release.polling),
                     harmless ? "–" : median_and_p95(release.polling.failed));
}

std::string runs_text(int runs) { return runs == 1 ? "1 run" : grouped(runs) + " runs"; }

// What decides at 100 %, where nothing is left to compare with, said where today's service misses
// it.
std::string over_target(const Simulation& simulation) {
  const double target = simulation.plan.parameters.error_rate_target;
  const auto& stages = simulation.environment.stages;
  const bool alone = !stages.empty() && stages.back().share == Share::whole();
  if (!alone || simulation.service.error_rate < target) return {};
  return fmt::format(
      "at 100 % nothing serves beside it, and `error_rate_target` decides: {}. The service misses "
      "it "
      "today, so no release passes, however good\n",
      percent_text(target));
}

std::string conclusion(const Simulation& simulation) {
  const sim::Outcomes& good = simulation.releases.front().sluice;
  const int back = good.rolled_back + good.no_evidence;
  std::string out = fmt::format("a release as good as today: {} of {} promoted, after {}\n",
                                good.promoted, good.runs, time_text(good.took_ms.median));
  out += fmt::format(
      "taken back for harm that it did not do: {} of {} (so at most {} with 97.5 % confidence); "
      "the judge allows itself {}\n",
      good.rolled_back, good.runs, percent_text(sim::highest_chance(good.rolled_back, good.runs)),
      percent_text(simulation.alpha));
  if (good.no_evidence > 0) {
    out += fmt::format(
        "taken back because evidence was still missing at the deadline: {} of {}; more traffic, a "
        "larger share or a longer `deadlines.evidence` would help\n",
        back - good.rolled_back, good.runs);
  }
  return out + over_target(simulation);
}

Json figures_json(const sim::Figures& figures) {
  return Json(
      Json::Object{{"median", figures.median}, {"mean", figures.mean}, {"p95", figures.p95}});
}

Json outcomes_json(const sim::Outcomes& out) {
  return Json(Json::Object{{"runs", out.runs},
                           {"promoted", out.promoted},
                           {"rolled_back", out.rolled_back},
                           {"no_evidence", out.no_evidence},
                           {"canary_requests", figures_json(out.requests)},
                           {"failed_requests", figures_json(out.failed)},
                           {"took_ms", figures_json(out.took_ms)}});
}

}  // namespace

std::string simulation_table(const Simulation& simulation) {
  const sim::ServiceModel& service = simulation.service;
  std::string out = fmt::format(
      "{}, {}: {}\n  stages from {}\n  {:g} requests a second, of which {} fail today; {} of "
      "each release; {} tolerated\n\n",
      printable(simulation.plan.service.text), printable(simulation.environment.name.text),
      plan_text(simulation), simulation.stages_from, service.requests_per_second,
      percent_text(service.error_rate), runs_text(simulation.releases.front().sluice.runs),
      fmt::format("+{}", percent_text(simulation.plan.parameters.max_error_rate_increase)));
  out += fmt::format(
      "  {:<10} {:<27} {:>11} {:>17} {:>15}   {:<16} {:>15}\n", "errors", "Sluice", "after",
      "canary requests", "of them failed",
      fmt::format("polling {} s/{}", simulation.polling.interval_s, simulation.polling.threshold),
      "failed");
  for (const SimulatedRelease& release : simulation.releases) {
    out += row(release, service.error_rate);
  }
  return out + "\n  medians, and 95 % of the runs below the number in brackets\n\n" +
         conclusion(simulation);
}

Json simulation_json(const Simulation& simulation) {
  Json::Array stages;
  for (const Stage& stage : simulation.environment.stages) {
    stages.push_back(
        Json(Json::Object{{"share_bp", stage.share.bp()}, {"soak_ms", stage.soak_ms}}));
  }
  Json::Array releases;
  for (const SimulatedRelease& release : simulation.releases) {
    releases.push_back(Json(Json::Object{{"error_rate", release.error_rate},
                                         {"sluice", outcomes_json(release.sluice)},
                                         {"polling", outcomes_json(release.polling)}}));
  }
  const sim::Outcomes& good = simulation.releases.front().sluice;
  return Json(
      Json::Object{{"service", simulation.plan.service.text},
                   {"environment", simulation.environment.name.text},
                   {"stages", std::move(stages)},
                   {"validation_window_ms", simulation.plan.parameters.validation_window_ms},
                   {"requests_per_second", simulation.service.requests_per_second},
                   {"error_rate", simulation.service.error_rate},
                   {"max_error_rate_increase", simulation.plan.parameters.max_error_rate_increase},
                   {"false_rollback_allowed", simulation.alpha},
                   {"false_rollback_at_most", sim::highest_chance(good.rolled_back, good.runs)},
                   {"releases", std::move(releases)}});
}

}  // namespace sluice::cli
