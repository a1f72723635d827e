#include "evidence/cyclonedx.h"

#include "base/text.h"
#include "codec/json.h"
#include "evidence/cyclonedx_schema.h"

namespace sluice::evidence {
namespace {

using codec::Json;

constexpr std::array<Exploitability, 7> kStates{
    Exploitability::unstated,    Exploitability::resolved,
    Exploitability::exploitable, Exploitability::resolved_with_pedigree,
    Exploitability::in_triage,   Exploitability::false_positive,
    Exploitability::not_affected};

Result<Exploitability> state_of(const Json* analysis) {
  const Json* said = analysis == nullptr ? nullptr : analysis->find("state");
  if (said == nullptr) return Exploitability::unstated;
  for (const Exploitability state : kStates) {
    const bool same = said->string() != nullptr && *said->string() == to_text(state);
    if (same && state != Exploitability::unstated) return state;
  }
  return fail(ErrorCode::invalid_input,
              fmt::format("against the CycloneDX schema: the state of a vulnerability is {}",
                          printable(said->dump(), 60)));
}

std::optional<Severity> severity_of(const Json& rating) {
  const std::optional<Severity> said = parse_severity(rating.string_or("severity", ""));
  const Json* score = rating.find("score");
  const bool cvss = rating.string_or("method", "").starts_with("CVSS");
  const auto scored =
      score == nullptr || !cvss ? std::nullopt : severity_of_score(score->number_or(-1.0));
  return std::max(said, scored);  // nothing is below everything
}

Result<VulnerabilityStatement> statement_of(const Json& vulnerability) {
  if (vulnerability.object() == nullptr) {
    return fail(ErrorCode::invalid_input,
                "against the CycloneDX schema: a vulnerability is no object");
  }
  const Json* analysis = vulnerability.find("analysis");
  const Exploitability state = SLUICE_TRY(state_of(analysis));
  VulnerabilityStatement statement{.id = printable(vulnerability.string_or("id", ""), 80),
                                   .state = state};
  if (analysis != nullptr) {
    statement.justified = !trim(analysis->string_or("justification", "")).empty() ||
                          !trim(analysis->string_or("detail", "")).empty();
  }
  const Json* ratings = vulnerability.find("ratings");
  if (ratings == nullptr || ratings->array() == nullptr) return statement;
  for (const Json& rating : *ratings->array()) {
    statement.severity = std::max(statement.severity, severity_of(rating));
  }
  return statement;
}

std::string about_of(const Json& bom) {
  const Json* metadata = bom.find("metadata");
  const Json* component = metadata == nullptr ? nullptr : metadata->find("component");
  if (component == nullptr) return {};
  const std::string text =
      component->string_or("name", "") + " " + component->string_or("version", "");
  return printable(trim(text));
}

}  // namespace

std::string_view to_text(Exploitability state) {
  switch (state) {
    case Exploitability::unstated: return "unstated";
    case Exploitability::resolved: return "resolved";
    case Exploitability::resolved_with_pedigree: return "resolved_with_pedigree";
    case Exploitability::exploitable: return "exploitable";
    case Exploitability::in_triage: return "in_triage";
    case Exploitability::false_positive: return "false_positive";
    case Exploitability::not_affected: return "not_affected";
  }
  return "?";
}

Result<CycloneDxFacts> read_cyclonedx(std::string_view bytes) {
  const Json bom = SLUICE_TRY(codec::parse_json(bytes, kCycloneDxBytesMax));
  CycloneDxFacts facts;
  facts.components = SLUICE_TRY(check_cyclonedx(bom));
  facts.spec_version = bom.string_or("specVersion", "");
  facts.about = about_of(bom);
  const Json* list = bom.find("vulnerabilities");
  if (list == nullptr) return facts;
  if (list->array() == nullptr) {
    return fail(ErrorCode::invalid_input,
                "against the CycloneDX schema: `vulnerabilities` is no list");
  }
  facts.has_vulnerabilities = true;
  for (const Json& one : *list->array()) {
    VulnerabilityStatement statement = SLUICE_TRY(statement_of(one));
    facts.vulnerabilities.push_back(std::move(statement));
  }
  return facts;
}

}  // namespace sluice::evidence
