// CheckReport: what `sluice check` found, and how it is written down for each reader.
//
// Every function here is pure: the same report gives the same bytes. Text of files is made safe for
// the format that it goes into; what a platform would cut or drop is cut here, worst things first,
// and the number of what is left out is said.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/context.h"
#include "gates/forecast.h"
#include "model/verdict.h"

namespace sluice::cli {

struct CheckedClause {
  ClauseVerdict verdict;
  std::string who;  // who can do what would make it pass; empty for PASS and for what is not built
};

struct CheckReport {
  std::string release_id;
  std::string title;
  Digest release;
  std::string contract_file;  // relative to the folder of sluice.yaml
  Digest contract_revision;
  Digest policy;
  std::string parameters;  // as text, with their defaults
  std::vector<CheckedClause> clauses;
  std::vector<Complaint> complaints;
  std::vector<gates::EnvironmentForecast> forecasts;  // empty: the contract makes no plan
  std::vector<SeenGauges> gauges;                     // of environments that have some
};

[[nodiscard]] CheckReport make_report(const Policy& policy, const LoadedContract& contract,
                                      std::vector<ClauseVerdict> clauses);

[[nodiscard]] Exit exit_of(const CheckReport& report);
// "38 clauses: 12 PASS (1 by exception), 0 FAIL, 1 INCONCLUSIVE, 25 not built yet: it may start"
[[nodiscard]] std::string summary_of(const CheckReport& report);

[[nodiscard]] std::string as_text(const CheckReport& report, bool colour, int columns);
[[nodiscard]] std::string as_json(const CheckReport& report);
// At most a mebibyte: GitHub drops a longer step summary as a whole.
[[nodiscard]] std::string as_markdown(const CheckReport& report);
// SARIF 2.1.0, one run; a result for each clause that is not PASS and for each complaint.
[[nodiscard]] std::string as_sarif(const CheckReport& report);
// A FAIL is a failure, INCONCLUSIVE an error, a clause that is not built skipped.
[[nodiscard]] std::string as_junit(const CheckReport& report);
// Workflow commands of GitHub Actions: at most ten of a kind, more are not shown there.
[[nodiscard]] std::string as_github(const CheckReport& report);
// GitLab's code quality report.
[[nodiscard]] std::string as_gitlab(const CheckReport& report);

}  // namespace sluice::cli
