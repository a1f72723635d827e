#include "evidence/sarif.h"

#include "base/text.h"
#include "evidence/sarif_severity.h"

namespace sluice::evidence {
namespace {

using codec::Json;

constexpr std::size_t kRunsMax = 1'000;
constexpr std::size_t kRulesMax = 200'000;
constexpr std::size_t kKindsMax = 200'000;
constexpr std::size_t kMessageBytesMax = 160;

struct Place {
  enum : std::size_t {
    version,
    runs,
    run,
    tool_name,
    tool_version,
    driver_guid,
    driver_rule,
    extension_name,
    extension_guid,
    extension_rule,
    invocations,
    invocation,
    conversion,
    results,
    result,
    external_results,
    external_driver,
    external_extensions,
    external_invocations,
    inline_external,
  };
};

constexpr std::array<codec::JsonPlace, 20> kPlaces{{
    {"version"},
    {"runs", false},
    {"runs/*", false},
    {"runs/*/tool/driver/name"},
    {"runs/*/tool/driver/version"},
    {"runs/*/tool/driver/guid"},
    {"runs/*/tool/driver/rules/*"},
    {"runs/*/tool/extensions/*/name"},
    {"runs/*/tool/extensions/*/guid"},
    {"runs/*/tool/extensions/*/rules/*"},
    {"runs/*/invocations", false},
    {"runs/*/invocations/*"},
    {"runs/*/conversion/invocation"},
    {"runs/*/results", false},
    {"runs/*/results/*"},
    {"runs/*/externalPropertyFileReferences/results", false},
    {"runs/*/externalPropertyFileReferences/driver", false},
    {"runs/*/externalPropertyFileReferences/extensions", false},
    {"runs/*/externalPropertyFileReferences/invocations", false},
    {"inlineExternalProperties/*", false},
}};

// Results that say the same about their severity are one kind, and only counted: a log of a million
// results takes the memory of its rules.
struct Kind {
  RuleReference rule;
  SaidSeverity level;
  SaidSeverity score;
  friend auto operator<=>(const Kind&, const Kind&) = default;
};

struct Results {
  std::int64_t count = 0;
  std::string message;
  std::string location;
};

struct RunInReading {
  SarifRun run;
  SarifRules rules;
  std::map<Kind, Results> failed;
};

std::string text_of(const Json& value) {
  return value.string() == nullptr ? std::string() : printable(*value.string());
}

std::string message_of(const Json& result) {
  const Json* message = result.find("message");
  if (message == nullptr) return {};
  const std::string text = message->string_or("text", message->string_or("markdown", ""));
  return printable(std::string_view(text).substr(0, text.find('\n')), kMessageBytesMax);
}

std::string location_of(const Json& result) {
  const Json* locations = result.find("locations");
  if (locations == nullptr || locations->array() == nullptr || locations->array()->empty())
    return {};
  const Json* physical = locations->array()->front().find("physicalLocation");
  const Json* artifact = physical == nullptr ? nullptr : physical->find("artifactLocation");
  if (artifact == nullptr) return {};
  const std::string file = printable(artifact->string_or("uri", ""));
  const Json* region = physical->find("region");
  const std::int64_t line = region == nullptr ? 0 : region->integer_or("startLine", 0);
  return line > 0 && !file.empty() ? fmt::format("{}:{}", file, line) : file;
}

bool is_suppressed(const Json& result) {
  const Json* suppressions = result.find("suppressions");
  if (suppressions == nullptr || suppressions->array() == nullptr) return false;
  const Json::Array& all = *suppressions->array();
  return !all.empty() && std::ranges::all_of(all, [](const Json& one) {
    const Json* status = one.find("status");
    const bool accepted =
        status == nullptr || (status->string() != nullptr && *status->string() == "accepted");
    return one.object() != nullptr && accepted;
  });
}

std::int64_t errors_among(const Json& invocation, std::string_view notifications) {
  const Json* list = invocation.find(notifications);
  if (list == nullptr || list->array() == nullptr) return 0;
  return std::ranges::count_if(
      *list->array(), [](const Json& one) { return one.string_or("level", "warning") == "error"; });
}

void read_overrides(const Json& invocation, SarifRules& rules) {
  const Json* list = invocation.find("ruleConfigurationOverrides");
  if (list == nullptr || list->array() == nullptr) return;
  for (const Json& one : *list->array()) {
    const Json* rule = one.find("descriptor");
    const Json* configuration = one.find("configuration");
    if (rule == nullptr || configuration == nullptr) continue;
    const SaidSeverity level = level_of(configuration->find("level"));
    if (level != SaidSeverity{}) rules.override_level(rule_of_reference(*rule), level);
  }
}

// It could not start, or a signal ended it (sections 3.20.9 to 3.20.12), whatever else it says.
bool broke_off(const Json& invocation) {
  const auto is_there = [&](std::string_view name) {
    const Json* member = invocation.find(name);
    if (member == nullptr || member->is_null()) return false;
    return member->string() == nullptr || !member->string()->empty();
  };
  return is_there("processStartFailureMessage") || is_there("exitSignalName") ||
         invocation.integer_or("exitSignalNumber", 0) != 0;
}

void read_invocation(const Json& invocation, RunInReading& into) {
  const Json* successful = invocation.find("executionSuccessful");
  const bool* said = successful == nullptr ? nullptr : successful->boolean();
  ++into.run.invocations;
  if (said == nullptr) ++into.run.unstated_invocations;
  if ((said != nullptr && !*said) || broke_off(invocation)) ++into.run.failed_invocations;
  into.run.tool_errors += errors_among(invocation, "toolExecutionNotifications") +
                          errors_among(invocation, "toolConfigurationNotifications");
  read_overrides(invocation, into.rules);
}

Result<void> read_failed(const Json& result, const SaidSeverity& level, RunInReading& into) {
  Results& same =
      into.failed[{.rule = rule_of_result(result), .level = level, .score = score_of(result)}];
  if (into.failed.size() > kKindsMax) {
    return fail(ErrorCode::invalid_input,
                fmt::format("SARIF with more than {} kinds of results", kKindsMax));
  }
  if (same.count++ == 0) {
    same.message = message_of(result);
    same.location = location_of(result);
  }
  return {};
}

Result<void> read_result(const Json& result, RunInReading& into) {
  SarifRun& run = into.run;
  ++run.results;
  if (result.object() == nullptr) return ++run.unclear, Result<void>{};
  const SaidSeverity level = level_of(result.find("level"));
  const std::string kind = result.string_or("kind", "fail");
  const bool failed = kind == "fail" || level.severity.value_or(Severity::none) > Severity::none;
  const std::string baseline = result.string_or("baselineState", "");
  if (is_suppressed(result)) {
    ++run.suppressed;
  } else if (baseline == "absent") {
    ++run.vanished;
  } else if (failed) {
    return read_failed(result, level, into);
  } else if (kind == "open" || kind == "review") {
    ++run.undecided;
  } else if (kind == "pass" || kind == "notApplicable" || kind == "informational") {
    ++run.passed;
  } else {
    ++run.unclear;
  }
  return {};
}

// Rules may stand behind the results, so severities are told at the end.
SarifRun conclude(RunInReading& read) {
  read.rules.index_by_id();
  std::vector<SarifFinding> findings;
  for (auto& [kind, results] : read.failed) {
    const auto severity = read.rules.severity(kind.rule, kind.level, kind.score);
    if (!severity) {
      read.run.unclear += results.count;
      continue;
    }
    read.run.open[static_cast<std::size_t>(*severity)] += results.count;
    findings.push_back({.severity = *severity,
                        .rule = printable(kind.rule.id),
                        .message = std::move(results.message),
                        .location = std::move(results.location),
                        .count = results.count});
  }
  std::ranges::stable_sort(findings, std::greater<>{}, &SarifFinding::severity);
  findings.resize(std::min(findings.size(), kWorstFindingsMax));
  read.run.worst = std::move(findings);
  return std::move(read.run);
}

class SarifReader {
 public:
  Result<void> visit(const codec::JsonVisit& visit) {
    if (visit.place >= Place::tool_name && visit.place < Place::inline_external) {
      return visit_run(visit, runs_.at(visit.at[0]));
    }
    switch (visit.place) {
      case Place::version: facts_.version = text_of(visit.value); break;
      case Place::runs: facts_.has_runs = visit.value.array() != nullptr; break;
      case Place::inline_external: elsewhere_ = true; break;
      default: return start_run();
    }
    return {};
  }

  SarifFacts take() {
    for (RunInReading& read : runs_) {
      read.run.elsewhere |= elsewhere_;
      facts_.runs.push_back(conclude(read));
    }
    return std::move(facts_);
  }

 private:
  Result<void> start_run() {
    if (runs_.size() == kRunsMax) {
      return fail(ErrorCode::invalid_input, fmt::format("SARIF of more than {} runs", kRunsMax));
    }
    runs_.emplace_back();
    return {};
  }

  static void identify(const codec::JsonVisit& visit, RunInReading& into) {
    if (visit.value.string() == nullptr) return;
    const std::string& text = *visit.value.string();
    const bool driver = visit.place == Place::tool_name || visit.place == Place::driver_guid;
    const std::int64_t component = driver ? -1 : static_cast<std::int64_t>(visit.at[1]);
    if (visit.place == Place::driver_guid || visit.place == Place::extension_guid) {
      into.rules.identify_component(component, text);
    } else {
      into.rules.name_component(component, text);
    }
  }

  Result<void> visit_run(const codec::JsonVisit& visit, RunInReading& into) {
    switch (visit.place) {
      case Place::tool_name: into.run.tool = text_of(visit.value); [[fallthrough]];
      case Place::driver_guid:
      case Place::extension_name:
      case Place::extension_guid: identify(visit, into); break;
      case Place::tool_version: into.run.tool_version = text_of(visit.value); break;
      case Place::driver_rule: return add_rule(into, -1, visit.at[1], visit.value);
      case Place::extension_rule:
        return add_rule(into, static_cast<std::int64_t>(visit.at[1]), visit.at[2], visit.value);
      case Place::invocations:
        if (visit.value.array() == nullptr && !visit.value.is_null()) {
          ++into.run.unstated_invocations;
        }
        break;
      case Place::invocation:
      case Place::conversion: read_invocation(visit.value, into); break;
      case Place::results: into.run.has_results = visit.value.array() != nullptr; break;
      case Place::external_results:
      case Place::external_driver:
      case Place::external_extensions:
      case Place::external_invocations: into.run.elsewhere |= !visit.value.is_null(); break;
      default: return read_result(visit.value, into);
    }
    return {};
  }

  Result<void> add_rule(RunInReading& into, std::int64_t component, std::size_t index,
                        const Json& rule) {
    if (++rules_read_ > kRulesMax) {
      return fail(ErrorCode::invalid_input, fmt::format("SARIF of more than {} rules", kRulesMax));
    }
    into.rules.add(component, index, rule);
    return {};
  }

  SarifFacts facts_;
  std::vector<RunInReading> runs_;
  std::size_t rules_read_ = 0;
  bool elsewhere_ = false;
};

}  // namespace

Result<SarifFacts> read_sarif(const codec::ByteSource& source) {
  SarifReader reader;
  SLUICE_TRY(codec::stream_json(source, kPlaces,
                                [&](const codec::JsonVisit& visit) { return reader.visit(visit); },
                                {.bytes_max = kSarifBytesMax}));
  return reader.take();
}

Result<SarifFacts> read_sarif(std::string_view bytes) { return read_sarif(codec::bytes_of(bytes)); }

}  // namespace sluice::evidence
