#include "cli/check_report.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/parameters.h"
#include "codec/event_json.h"
#include "codec/json.h"
#include "gates/before_start.h"
#include "gates/decisions.h"
#include "gates/delivery_verdict.h"

namespace sluice::cli {
namespace {

using codec::Json;

// Somebody of sluice.yaml with the clause's domain; else who answers for the contract.
std::string who_can(const Policy& policy, const Contract& contract, Clause clause) {
  const std::string_view domain = domain_of(clause);
  std::string names;
  for (const Person& person : policy.people) {
    if (std::ranges::find(person.domains, domain) == person.domains.end()) continue;
    names += (names.empty() ? "" : ", ") + printable(person.name, 80);
  }
  for (const Evaluator& evaluator : policy.evaluators) {
    if (std::ranges::find(evaluator.domains, domain) == evaluator.domains.end()) continue;
    names += (names.empty() ? "" : ", ") + printable(evaluator.name, 80);
  }
  if (!names.empty()) return fmt::format("{} ({})", names, domain);
  if (contract.release_manager.empty()) return fmt::format("whoever answers for {}", domain);
  return printable(contract.release_manager, 80) + " (release manager)";
}

struct Counted {
  int passed = 0;
  int by_exception = 0;
  int failed = 0;
  int open = 0;
  int unbuilt = 0;
  int on_the_way = 0;
};

Counted count(const CheckReport& report) {
  Counted counted;
  for (const CheckedClause& clause : report.clauses) {
    const ClauseVerdict& one = clause.verdict;
    if (one.code == kNotBuilt) {
      ++counted.unbuilt;
    } else if (gates::holds_nothing(one)) {
      ++counted.on_the_way;
    } else if (one.verdict == Verdict::pass) {
      ++counted.passed;
      counted.by_exception += one.code == gates::kByException ? 1 : 0;
    } else {
      ++(one.verdict == Verdict::fail ? counted.failed : counted.open);
    }
  }
  return counted;
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

Json::Array gauges_in(const CheckReport& report) {
  Json::Array gauges;
  for (const SeenGauges& seen : report.gauges) {
    Json::Array lines;
    for (const std::string& line : seen.lines) lines.push_back(line);
    gauges.push_back(
        Json::Object{{"environment", seen.environment.text}, {"said", std::move(lines)}});
  }
  return gauges;
}

std::string gauges_text(const CheckReport& report) {
  std::string text;
  for (const SeenGauges& seen : report.gauges) {
    for (const std::string& line : seen.lines) {
      text += fmt::format("  {}: {}\n", printable(seen.environment.text, 80), line);
    }
  }
  return text;
}

// Stages that the expected traffic does not decide in time.
Json::Array undecidable_in(const CheckReport& report) {
  Json::Array undecidable;
  for (const gates::EnvironmentForecast& environment : report.forecasts) {
    for (const gates::StageForecast& stage : environment.stages) {
      if (stage.decidable()) continue;
      undecidable.push_back(Json::Object{{"environment", environment.name.text},
                                         {"stage", stage.stage.name},
                                         {"takes_ms", stage.takes_ms},
                                         {"limit_ms", stage.limit_ms}});
    }
  }
  return undecidable;
}

}  // namespace

CheckReport make_report(const Policy& policy, const LoadedContract& contract,
                        std::vector<ClauseVerdict> clauses) {
  CheckReport report{.release_id = contract.release.id,
                     .title = contract.release.title,
                     .release = contract.release.digest,
                     .contract_file = contract.contract.file,
                     .contract_revision = contract.contract.revision_digest,
                     .policy = policy.digest,
                     .parameters = parameters_text(policy),
                     .clauses = {},
                     .complaints = contract.complaints,
                     .forecasts = {},
                     .gauges = {}};
  for (ClauseVerdict& one : clauses) {
    const bool open = one.verdict != Verdict::pass && !gates::holds_nothing(one);
    std::string who = open ? who_can(policy, contract.contract, one.clause) : std::string();
    report.clauses.push_back({std::move(one), std::move(who)});
  }
  return report;
}

Exit exit_of(const CheckReport& report) {
  const Counted counted = count(report);
  if (counted.failed > 0) return Exit::denied;
  // Something of the contract could not be read as meant, and no clause minded.
  if (!report.complaints.empty()) return Exit::usage;
  return counted.open > 0 ? Exit::undecided : Exit::allowed;
}

std::string summary_of(const CheckReport& report) {
  const Counted counted = count(report);
  const std::string excepted =
      counted.by_exception == 0 ? "" : fmt::format(" ({} by exception)", counted.by_exception);
  const std::string on_the_way =
      counted.on_the_way == 0 ? "" : fmt::format("{} decided on the way, ", counted.on_the_way);
  return fmt::format("{} clauses: {} PASS{}, {} FAIL, {} INCONCLUSIVE, {}{} not built yet: {}",
                     report.clauses.size(), counted.passed, excepted, counted.failed, counted.open,
                     on_the_way, counted.unbuilt, conclusion(exit_of(report)));
}

std::string as_text(const CheckReport& report, bool colour, int columns) {
  std::string out =
      fmt::format("{} {}, release {}, contract {}, policy {}\n\n", printable(report.release_id),
                  printable(report.title), report.release.brief(), report.contract_revision.brief(),
                  report.policy.brief());
  std::vector<ClauseVerdict> clauses;
  for (const CheckedClause& clause : report.clauses) {
    clauses.push_back(clause.verdict);
    if (!clause.who.empty()) clauses.back().remedy += "; who can: " + clause.who;
  }
  out += gates::render_clauses(clauses, colour, columns);
  out += "\nparameters\n" + report.parameters;
  if (!report.forecasts.empty()) {
    out += "\nforecast: what promotion takes\n" + gates::forecast_text(report.forecasts);
  }
  if (!report.gauges.empty()) out += "\ngauges: what Prometheus shows now\n" + gauges_text(report);
  return out + "\n" + summary_of(report) + "\n";
}

std::string as_json(const CheckReport& report) {
  Json::Array clauses;
  for (const CheckedClause& clause : report.clauses) {
    Json json = codec::to_json(clause.verdict);
    json.set("who", clause.who);
    clauses.push_back(std::move(json));
  }
  Json::Array complaints;
  for (const Complaint& complaint : report.complaints) complaints.push_back(to_text(complaint));
  return Json(Json::Object{{"release", report.release.hex},
                           {"contract", report.contract_revision.hex},
                           {"policy", report.policy.hex},
                           {"may_start", exit_of(report) == Exit::allowed},
                           {"summary", summary_of(report)},
                           {"clauses", std::move(clauses)},
                           {"complaints", std::move(complaints)},
                           {"undecidable", undecidable_in(report)},
                           {"gauges", gauges_in(report)}})
             .dump() +
         "\n";
}

}  // namespace sluice::cli
