// SARIF 2.1.0 (OASIS, with errata 01): what a log of static analysis says, counted result by
// result.
//
// The severity of a result is the worse of two: its level (its own, else the rule's as configured
// by the invocation, else the rule's default, else `warning`; sections 3.27.10, 3.20.5 and 3.50.3)
// and the `security-severity` among the properties of the result or its rule, a CVSS score. Level
// `error` is high, `warning` medium, `note` low.
//
// Suppressed (section 3.27.23: at least one suppression, none under review or rejected), passed
// (kind pass, notApplicable, informational) and vanished results (baselineState absent) are counted
// apart. A kind other than `fail` beside a level other than `none` is against the standard, and the
// result is taken for a failed one.
//
// Any bytes give facts or an error, in bounded memory: at most 256 MiB of text, 1,000 runs, 200,000
// rules and as many different kinds of results; what JSON may not hold, codec/json_stream.h says.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json_stream.h"
#include "evidence/severity.h"

namespace sluice::evidence {

inline constexpr std::size_t kSarifBytesMax = 256U << 20U;
inline constexpr std::size_t kWorstFindingsMax = 20;

struct SarifFinding {
  Severity severity = Severity::none;
  std::string rule;      // empty where the result names none
  std::string message;   // of the first such result, cut
  std::string location;  // "src/a.c:12" of the first; empty where it has none
  std::int64_t count = 0;
};

struct SarifRun {
  std::string tool;  // tool.driver.name
  std::string tool_version;
  bool has_results = false;  // a list, perhaps an empty one
  // Results, rules or invocations are in external property files, which are not read.
  bool elsewhere = false;
  std::int64_t invocations = 0;           // of the tool, and of what converted its output
  std::int64_t failed_invocations = 0;    // not successful, not started, or ended by a signal
  std::int64_t unstated_invocations = 0;  // executionSuccessful is missing
  std::int64_t tool_errors = 0;           // notifications of level error
  std::int64_t results = 0;               // all of the list
  std::int64_t suppressed = 0;
  std::int64_t passed = 0;
  std::int64_t vanished = 0;
  std::int64_t undecided = 0;                           // kind open or review
  std::int64_t unclear = 0;                             // no severity could be told
  std::array<std::int64_t, kSeverities.size()> open{};  // by severity
  std::vector<SarifFinding> worst;                      // open ones, the worst first
};

struct SarifFacts {
  std::string version;    // "2.1.0", or whatever the file says
  bool has_runs = false;  // a list, perhaps an empty one
  std::vector<SarifRun> runs;
};

[[nodiscard]] Result<SarifFacts> read_sarif(const codec::ByteSource& source);
[[nodiscard]] Result<SarifFacts> read_sarif(std::string_view bytes);

}  // namespace sluice::evidence
