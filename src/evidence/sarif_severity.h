// The severity of SARIF results: what results and rules say about it, and how that comes together.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codec/json.h"
#include "evidence/severity.h"

namespace sluice::evidence {

// What a `level` or a `security-severity` says; `unclear` where it is there and cannot be read.
struct SaidSeverity {
  std::optional<Severity> severity;
  bool unclear = false;
  friend auto operator<=>(const SaidSeverity&, const SaidSeverity&) = default;
};

[[nodiscard]] SaidSeverity level_of(const codec::Json* level);
// Of a result or a rule: its properties' `security-severity`.
[[nodiscard]] SaidSeverity score_of(const codec::Json& holder);

// The driver (-1) or an extension of a tool, by index, or by name or guid (section 3.54).
struct ComponentReference {
  std::int64_t index = -1;
  std::string name;
  std::string guid;
  friend auto operator<=>(const ComponentReference&, const ComponentReference&) = default;
};

// Which rule a result, or an override, means: by id, guid, or index within a component.
struct RuleReference {
  std::string id;
  std::string guid;
  std::int64_t index = -1;  // -1: not said
  ComponentReference component;
  friend auto operator<=>(const RuleReference&, const RuleReference&) = default;
};

[[nodiscard]] RuleReference rule_of_result(const codec::Json& result);
// A reportingDescriptorReference.
[[nodiscard]] RuleReference rule_of_reference(const codec::Json& reference);

struct SarifRule {
  std::string id;
  std::string guid;
  SaidSeverity level;  // defaultConfiguration.level
  SaidSeverity score;
};

// The rules of one run.
class SarifRules {
 public:
  // Component -1 is the driver.
  void add(std::int64_t component, std::size_t index, const codec::Json& rule);
  void name_component(std::int64_t component, std::string name);
  void identify_component(std::int64_t component, std::string guid);
  void override_level(const RuleReference& reference, const SaidSeverity& level);
  [[nodiscard]] std::size_t size() const { return size_; }

  // Of a failed result that says `level` and `score` itself; nothing when it cannot be told.
  [[nodiscard]] std::optional<Severity> severity(const RuleReference& reference,
                                                 const SaidSeverity& level,
                                                 const SaidSeverity& score) const;
  // Call once, after the last rule and before the first severity().
  void index_by_id();

 private:
  [[nodiscard]] const SarifRule* find(const RuleReference& reference) const;
  [[nodiscard]] const SarifRule* find_id(std::string_view id) const;
  [[nodiscard]] std::optional<std::int64_t> place_of(const ComponentReference& component) const;
  [[nodiscard]] SaidSeverity level_by(const SarifRule& rule) const;

  std::map<std::pair<std::int64_t, std::size_t>, SarifRule> rules_;
  std::map<std::string, std::int64_t, std::less<>> components_by_name_;
  std::map<std::string, std::int64_t, std::less<>> components_by_guid_;
  std::map<std::string, SarifRule, std::less<>> by_id_;  // the worst of all that have the id
  std::map<std::string, const SarifRule*, std::less<>> by_guid_;
  std::vector<std::pair<RuleReference, SaidSeverity>> overrides_;
  std::map<const SarifRule*, SaidSeverity> configured_;  // by invocations, the worst of them
  std::size_t size_ = 0;
};

}  // namespace sluice::evidence
