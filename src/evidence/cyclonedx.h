// CycloneDX JSON, 1.2 to 1.7 (ECMA-424), read lightly: whether it is a bill of materials that can
// be relied on, what it is about, and what it says of vulnerabilities (as VEX). Of the schema,
// formats, required members and enumerations of what is read here are checked; unknown members are
// ignored.
//
// Any bytes give facts or an error: at most 64 MiB, 64 levels, a million values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evidence/severity.h"

namespace sluice::evidence {

inline constexpr std::size_t kCycloneDxBytesMax = 64U << 20U;

// `analysis.state`; `unstated` where there is no analysis.
enum class Exploitability : std::uint8_t {
  unstated,
  resolved,
  resolved_with_pedigree,
  exploitable,
  in_triage,
  false_positive,
  not_affected,
};

[[nodiscard]] std::string_view to_text(Exploitability state);

struct VulnerabilityStatement {
  std::string id;
  Exploitability state = Exploitability::unstated;
  bool justified = false;            // a justification or a detail stands beside the state
  std::optional<Severity> severity;  // the worst of the ratings; nothing where none can be told
};

struct CycloneDxFacts {
  std::string spec_version;
  std::string about;  // metadata.component: "name version"; empty where it says none
  std::int64_t components = 0;
  bool has_vulnerabilities = false;  // a list, perhaps an empty one
  std::vector<VulnerabilityStatement> vulnerabilities;
};

[[nodiscard]] Result<CycloneDxFacts> read_cyclonedx(std::string_view bytes);

}  // namespace sluice::evidence
