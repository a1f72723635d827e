#include "evidence/predicate.h"

#include "base/text.h"
#include "evidence/timestamp.h"

namespace sluice::evidence {
namespace {

using codec::Json;

constexpr std::size_t kListMax = 100'000;

std::unexpected<Error> lacks(std::string_view what) {
  return fail(ErrorCode::invalid_input, fmt::format("a predicate that cannot be read: {}", what));
}

// Unset, null and empty mean the same (SLSA provenance, "Parsing rules").
const Json& member(const Json& holder, std::string_view name) {
  static const Json kNothing;
  const Json* found = holder.find(name);
  return found == nullptr ? kNothing : *found;
}

Result<Json::Array> list_of(const Json& holder, std::string_view name) {
  const Json& list = member(holder, name);
  if (list.is_null()) return Json::Array{};
  if (list.array() == nullptr) return lacks(fmt::format("`{}` is no list", name));
  if (list.array()->size() > kListMax) return lacks(fmt::format("`{}` is too long", name));
  return *list.array();
}

Result<std::vector<std::string>> texts_of(const Json& holder, std::string_view name) {
  const Json::Array list = SLUICE_TRY(list_of(holder, name));
  std::vector<std::string> texts;
  for (const Json& one : list) {
    if (one.string() == nullptr) return lacks(fmt::format("`{}` holds no text", name));
    texts.push_back(*one.string());
  }
  return texts;
}

Result<std::string> required(const Json& holder, std::string_view name) {
  std::string text = holder.string_or(name, "");
  if (text.empty()) return lacks(fmt::format("`{}` is missing", name));
  return text;
}

// Nothing where it is absent; an error where it is no time.
Result<std::optional<Tick>> time_of(const Json& holder, std::string_view name) {
  const Json& said = member(holder, name);
  if (said.is_null()) return std::optional<Tick>{};
  const auto tick = said.string() == nullptr ? std::nullopt : parse_timestamp(*said.string());
  if (!tick) return lacks(fmt::format("`{}` is no time in UTC", name));
  return tick;
}

Result<std::vector<DigestSet>> sources_of(const Json& holder, std::string_view name) {
  const Json::Array list = SLUICE_TRY(list_of(holder, name));
  std::vector<DigestSet> sources;
  for (const Json& one : list) {
    DigestSet digests = SLUICE_TRY(read_digest_set(one));
    if (!digests.empty()) sources.push_back(std::move(digests));
  }
  return sources;
}

std::vector<std::string> names_of(const Json& object) {
  std::vector<std::string> names;
  if (object.object() == nullptr) return names;
  for (const auto& [name, value] : *object.object()) names.push_back(name);
  return names;
}

Result<DatedPredicate> provenance_v1(const Json& predicate) {
  const Json& definition = member(predicate, "buildDefinition");
  const Json& details = member(predicate, "runDetails");
  Provenance made;
  made.builder_id = SLUICE_TRY(required(member(details, "builder"), "id"));
  made.build_type = SLUICE_TRY(required(definition, "buildType"));
  made.external_parameters = names_of(member(definition, "externalParameters"));
  made.sources = SLUICE_TRY(sources_of(definition, "resolvedDependencies"));
  const auto at = SLUICE_TRY(time_of(member(details, "metadata"), "finishedOn"));
  return DatedPredicate{.predicate = std::move(made), .made_at = at};
}

Result<DatedPredicate> provenance_v02(const Json& predicate) {
  Provenance made;
  made.builder_id = SLUICE_TRY(required(member(predicate, "builder"), "id"));
  made.build_type = SLUICE_TRY(required(predicate, "buildType"));
  made.external_parameters = names_of(member(member(predicate, "invocation"), "parameters"));
  made.sources = SLUICE_TRY(sources_of(predicate, "materials"));
  const auto at = SLUICE_TRY(time_of(member(predicate, "metadata"), "buildFinishedOn"));
  return DatedPredicate{.predicate = std::move(made), .made_at = at};
}

Result<DatedPredicate> verification_summary(const Json& predicate) {
  VerificationSummary summary;
  summary.verifier_id = SLUICE_TRY(required(member(predicate, "verifier"), "id"));
  summary.resource_uri = SLUICE_TRY(required(predicate, "resourceUri"));
  summary.policy_uri = SLUICE_TRY(required(member(predicate, "policy"), "uri"));
  summary.levels = SLUICE_TRY(texts_of(predicate, "verifiedLevels"));
  const std::string result = SLUICE_TRY(required(predicate, "verificationResult"));
  if (result != "PASSED" && result != "FAILED") return lacks("`verificationResult` is no result");
  const bool failed_level = std::ranges::find(summary.levels, "FAILED") != summary.levels.end();
  summary.passed = result == "PASSED" && !failed_level;
  const auto at = SLUICE_TRY(time_of(predicate, "timeVerified"));
  return DatedPredicate{.predicate = std::move(summary), .made_at = at};
}

Result<DatedPredicate> test_result(const Json& predicate) {
  constexpr std::array<std::string_view, 3> kResults{"PASSED", "WARNED", "FAILED"};
  const std::string word = SLUICE_TRY(required(predicate, "result"));
  const auto result = std::ranges::find(kResults, word);
  if (result == kResults.end()) return lacks("`result` is no result");
  if (member(predicate, "configuration").array() == nullptr)
    return lacks("`configuration` is missing");
  const auto passed = SLUICE_TRY(texts_of(predicate, "passedTests"));
  const auto warned = SLUICE_TRY(texts_of(predicate, "warnedTests"));
  TestResult tests{.outcome = static_cast<TestOutcome>(result - kResults.begin()),
                   .passed = static_cast<std::int64_t>(passed.size()),
                   .warned = static_cast<std::int64_t>(warned.size())};
  tests.failed = SLUICE_TRY(texts_of(predicate, "failedTests"));
  return DatedPredicate{.predicate = std::move(tests), .made_at = {}};
}

// The specification's text puts id and severity into `vulnerability`, its example beside it.
ScannedVulnerability vulnerability_of(const Json& result) {
  const Json* inner = result.find("vulnerability");
  const Json& one = inner == nullptr ? result : *inner;
  ScannedVulnerability found{.id = printable(one.string_or("id", ""), 80), .severity = {}};
  const Json& ratings = member(one, "severity");
  if (ratings.array() == nullptr) return found;
  for (const Json& rating : *ratings.array()) {
    const Json& score = member(rating, "score");
    const auto severity = score.string() == nullptr ? severity_of_score(score.number_or(-1.0))
                                                    : parse_severity(*score.string());
    found.severity = std::max(found.severity, severity);  // nothing is below everything
  }
  return found;
}

Result<DatedPredicate> vulnerability_scan(const Json& predicate) {
  const Json& scanner = member(predicate, "scanner");
  VulnerabilityScan scan;
  scan.scanner = SLUICE_TRY(required(scanner, "uri"));
  if (member(scanner, "result").array() == nullptr) return lacks("`scanner.result` is missing");
  const Json::Array results = SLUICE_TRY(list_of(scanner, "result"));
  for (const Json& result : results) scan.found.push_back(vulnerability_of(result));
  const auto at = SLUICE_TRY(time_of(member(predicate, "metadata"), "scanFinishedOn"));
  scan.finished = at.has_value();
  return DatedPredicate{.predicate = std::move(scan), .made_at = at};
}

struct Reader {
  std::string_view type;
  Result<DatedPredicate> (*read)(const Json&);
};

constexpr std::array<Reader, 6> kReaders{
    {{"https://slsa.dev/provenance/v1", provenance_v1},
     {"https://slsa.dev/provenance/v0.2", provenance_v02},
     {"https://slsa.dev/verification_summary/v1", verification_summary},
     {"https://in-toto.io/attestation/test-result/v0.1", test_result},
     {"https://in-toto.io/attestation/vulns/v0.1", vulnerability_scan},
     {"https://in-toto.io/attestation/vulns/v0.2", vulnerability_scan}}};

}  // namespace

Result<DigestSet> read_digest_set(const Json& holder) {
  const Json& said = member(holder, "digest");
  DigestSet digests;
  if (said.object() == nullptr) return digests;
  for (const auto& [algorithm, value] : *said.object()) {
    if (value.string() == nullptr) return lacks("a digest is no text");
    digests.emplace(algorithm, *value.string());
  }
  return digests;
}

Result<DatedPredicate> read_predicate(std::string_view type, const Json& predicate) {
  const auto reader = std::ranges::find(kReaders, type, &Reader::type);
  if (reader == kReaders.end()) return DatedPredicate{};
  if (predicate.object() == nullptr) return lacks("it is no object");
  if (predicate.find("crit") != nullptr || predicate.find("critical") != nullptr) {
    return lacks("it has critical members");
  }
  return reader->read(predicate);
}

}  // namespace sluice::evidence
