#include "base/text.h"
#include "evidence/assessment.h"
#include "evidence/assessment_text.h"

namespace sluice::evidence {
namespace {

constexpr std::string_view kVersion = "2.1.0";

bool counts(const SarifRun& run, const ScanRule& rule) {
  const std::string name = to_lower_ascii(run.tool);
  return rule.tools.empty() || std::ranges::any_of(rule.tools, [&](const std::string& tool) {
           return to_lower_ascii(tool) == name;
         });
}

std::string name_of(const SarifRun& run) {
  return run.tool.empty() ? std::string("a tool without a name") : in_ticks(run.tool);
}

std::string finding_text(const SarifFinding& finding) {
  std::string text = fmt::format("{} {}", to_text(finding.severity),
                                 in_ticks(finding.rule.empty() ? "no rule" : finding.rule));
  if (!finding.location.empty()) text += fmt::format(" at {}", in_ticks(finding.location));
  if (finding.count > 1) text += fmt::format(" and {} more like it", finding.count - 1);
  return text;
}

std::int64_t open_at_least(const SarifRun& run, Severity severity) {
  std::int64_t count = 0;
  for (std::size_t i = static_cast<std::size_t>(severity); i < run.open.size(); ++i) {
    count += run.open[i];
  }
  return count;
}

void look_for_findings(Doubts& failures, const SarifRun& run, Severity fails_at) {
  if (open_at_least(run, fails_at) == 0) return;
  for (const SarifFinding& finding : run.worst) {
    if (finding.severity < fails_at) continue;
    failures.add("findings", fmt::format("{} found {}", name_of(run), finding_text(finding)),
                 "repair what was found, or suppress it in the tool with a reason, and scan again");
  }
}

// Whether the list of results can be complete.
void doubt_completeness(Doubts& doubts, const SarifRun& run) {
  const std::string name = name_of(run);
  if (run.tool.empty()) {
    doubts.add("tool_unnamed", "a run does not say which tool it is of",
               "name the tool in the log");
  }
  if (!run.has_results) {
    doubts.add("nothing_analysed", fmt::format("the run of {} has no list of results", name),
               "let the scan run to its end; a clean run writes an empty list");
  }
  if (run.elsewhere) {
    doubts.add("results_elsewhere",
               fmt::format("results, rules or invocations of {} are in external files, which are "
                           "not read",
                           name),
               "write the log as one file");
  }
  if (run.failed_invocations > 0) {
    doubts.add("scan_failed", fmt::format("{} says that it did not run successfully", name),
               "repair the scan and run it again");
  }
  if (run.unstated_invocations > 0) {
    doubts.add("scan_unstated", fmt::format("{} does not say whether it ran to its end", name),
               "use a tool that writes `executionSuccessful`");
  }
  if (run.tool_errors > 0) {
    doubts.add("scan_errors",
               fmt::format("{} reports {} of its own", name, counted(run.tool_errors, "error")),
               "repair the scan and run it again");
  }
}

void doubt_results(Doubts& doubts, const SarifRun& run) {
  if (run.unclear > 0) {
    doubts.add("severity_unclear",
               fmt::format("{} of {} no severity can be told of", counted(run.unclear, "result"),
                           name_of(run)),
               "let the tool write levels and `security-severity` as the standard says");
  }
  if (run.undecided > 0) {
    doubts.add(
        "undecided",
        fmt::format("{} left {} to a person", name_of(run), counted(run.undecided, "result")),
        "decide the results of kind `open` and `review`, and scan again");
  }
}

std::string run_text(const SarifRun& run) {
  std::string text = fmt::format("{} found {}", name_of(run),
                                 counted(open_at_least(run, Severity::none), "open finding"));
  std::vector<std::string> apart;
  for (const Severity severity : kSeverities) {
    const std::int64_t count = run.open[static_cast<std::size_t>(severity)];
    if (count > 0) apart.push_back(fmt::format("{} {}", count, to_text(severity)));
  }
  if (run.suppressed > 0) apart.push_back(fmt::format("{} suppressed", run.suppressed));
  return apart.empty() ? text : fmt::format("{} ({})", text, fmt::join(apart, ", "));
}

Assessment clean(const SarifFacts& facts, const ScanRule& rule, std::int64_t looked_at) {
  std::vector<std::string> runs;
  for (const SarifRun& run : facts.runs) {
    if (counts(run, rule)) runs.push_back(run_text(run));
  }
  return passed(fmt::format("nothing at or above {}: {}", to_text(rule.fails_at), listed(runs)),
                looked_at);
}

}  // namespace

Assessment assess(const SarifFacts& facts, const ScanRule& rule) {
  Doubts failures;
  Doubts doubts;
  std::int64_t looked_at = 0;
  if (facts.version != kVersion) {
    doubts.add("unsupported_version",
               fmt::format("this is SARIF of version {}; only {} is understood",
                           in_ticks(facts.version), kVersion),
               "let the tool write SARIF 2.1.0");
  }
  bool counted_run = false;
  for (const SarifRun& run : facts.runs) {
    looked_at += 1 + run.results;
    look_for_findings(failures, run, rule.fails_at);
    if (!counts(run, rule)) continue;
    counted_run = true;
    doubt_completeness(doubts, run);
    doubt_results(doubts, run);
  }
  if (facts.runs.empty()) {
    doubts.add("nothing_analysed", "the log holds no run: nothing was analysed",
               "run the scan, and bring what it writes");
  } else if (!counted_run) {
    doubts.add("tool_not_allowed",
               fmt::format("no run is by a tool that counts here: {}", name_of(facts.runs.front())),
               "scan with a tool that sluice.yaml names, or have this one named there");
  }
  if (!failures.none()) return failures.assessment(Verdict::fail, looked_at);
  if (!doubts.none()) return doubts.assessment(Verdict::inconclusive, looked_at);
  return clean(facts, rule, looked_at);
}

}  // namespace sluice::evidence
