// Statement: the in-toto Statement v1 (and v0.1, which has the same members), and the predicates
// that are understood: SLSA provenance v1 and v0.2, SLSA verification summary v1, test-result v0.1
// and vulns v0.1 and v0.2.
//
// Subjects are their digests; names are ignored. A member of the Statement that the specification
// does not know is refused, as sigstore-go does: ignoring one could turn its meaning round. Unknown
// members of predicates are ignored, except `crit` and `critical`.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/tick.h"
#include "evidence/severity.h"

namespace sluice::evidence {

// Algorithm, "sha256" or "gitCommit", to the value in lower-case hexadecimal digits.
using DigestSet = std::map<std::string, std::string, std::less<>>;

struct Provenance {
  std::string builder_id;
  std::string build_type;
  std::vector<std::string> external_parameters;  // their names
  std::vector<DigestSet> sources;                // resolvedDependencies, materials
};

struct VerificationSummary {
  std::string verifier_id;
  std::string resource_uri;
  std::string policy_uri;
  bool passed = false;
  std::vector<std::string> levels;
};

enum class TestOutcome : std::uint8_t { passed, warned, failed };

struct TestResult {
  TestOutcome outcome = TestOutcome::failed;
  std::int64_t passed = 0;  // how many are named
  std::int64_t warned = 0;
  std::vector<std::string> failed;
};

struct ScannedVulnerability {
  std::string id;
  std::optional<Severity> severity;  // the worst; nothing where none can be told
};

struct VulnerabilityScan {
  std::string scanner;
  bool finished = false;  // says when
  std::vector<ScannedVulnerability> found;
};

struct UnknownPredicate {};

using Predicate =
    std::variant<UnknownPredicate, Provenance, VerificationSummary, TestResult, VulnerabilityScan>;

struct Statement {
  std::vector<DigestSet> subjects;
  std::string predicate_type;
  Predicate predicate;
  std::optional<Tick> made_at;  // when what it states was done, where the predicate says so
};

// `invalid_input` for what is no Statement, and for a known predicate that lacks what it must have.
[[nodiscard]] Result<Statement> read_statement(std::string_view bytes);

}  // namespace sluice::evidence
