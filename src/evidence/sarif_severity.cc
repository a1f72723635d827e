#include "evidence/sarif_severity.h"

namespace sluice::evidence {
namespace {

using codec::Json;

// The worse of two; unclear when either is.
SaidSeverity worse_of(const SaidSeverity& one, const SaidSeverity& two) {
  return {.severity = std::max(one.severity, two.severity),  // nothing is below everything
          .unclear = one.unclear || two.unclear};
}

std::int64_t component_of(const Json* tool_component) {
  return tool_component == nullptr ? -1 : tool_component->integer_or("index", -1);
}

// "CA1000/1" names a part of rule "CA1000" (section 3.27.5).
bool is_part_of(std::string_view id, std::string_view rule) {
  return id == rule || (id.starts_with(rule) && id.substr(rule.size()).starts_with('/'));
}

}  // namespace

SaidSeverity level_of(const Json* level) {
  if (level == nullptr || level->is_null()) return {};
  const std::string* word = level->string();
  if (word != nullptr && *word == "error") return {.severity = Severity::high};
  if (word != nullptr && *word == "warning") return {.severity = Severity::medium};
  if (word != nullptr && *word == "note") return {.severity = Severity::low};
  if (word != nullptr && *word == "none") return {.severity = Severity::none};
  return {.unclear = true};
}

SaidSeverity score_of(const Json& holder) {
  const Json* properties = holder.find("properties");
  const Json* said = properties == nullptr ? nullptr : properties->find("security-severity");
  if (said == nullptr || said->is_null()) return {};
  const std::string* text = said->string();
  if (text != nullptr && text->empty()) return {};
  const auto severity =
      text == nullptr ? severity_of_score(said->number_or(-1.0)) : parse_severity(*text);
  return {.severity = severity, .unclear = !severity};
}

RuleReference rule_of_reference(const Json& reference) {
  return {.id = reference.string_or("id", ""),
          .index = reference.integer_or("index", -1),
          .component = component_of(reference.find("toolComponent"))};
}

RuleReference rule_of_result(const Json& result) {
  RuleReference rule;
  if (const Json* reference = result.find("rule")) rule = rule_of_reference(*reference);
  if (rule.id.empty()) rule.id = result.string_or("ruleId", "");
  if (rule.index < 0) rule.index = result.integer_or("ruleIndex", -1);
  return rule;
}

void SarifRules::add(std::int64_t component, std::size_t index, const Json& rule) {
  const Json* configuration = rule.find("defaultConfiguration");
  rules_[{component, index}] = {
      .id = rule.string_or("id", ""),
      .level = configuration == nullptr ? SaidSeverity{} : level_of(configuration->find("level")),
      .score = score_of(rule)};
  ++size_;
}

void SarifRules::override_level(const RuleReference& reference, const SaidSeverity& level) {
  overrides_.emplace_back(reference, level);
}

void SarifRules::index_by_id() {
  for (const auto& [place, rule] : rules_) by_id_.emplace(rule.id, &rule);
  for (const auto& [reference, level] : overrides_) {
    for (const SarifRule* rule : find(reference)) {
      SaidSeverity& configured = configured_[rule];
      configured = worse_of(configured, level);
    }
  }
}

// The rule at the place that the reference gives, unless that one has another id; then all rules of
// that id, of whatever component.
std::vector<const SarifRule*> SarifRules::find(const RuleReference& reference) const {
  if (reference.index >= 0) {
    const auto at = rules_.find({reference.component, static_cast<std::size_t>(reference.index)});
    const bool same = at != rules_.end() && (reference.id.empty() || at->second.id.empty() ||
                                             is_part_of(reference.id, at->second.id));
    if (same) return {&at->second};
  }
  std::string_view id = reference.id;
  while (!id.empty()) {
    std::vector<const SarifRule*> found;
    const auto [first, last] = by_id_.equal_range(id);
    for (auto it = first; it != last; ++it) found.push_back(it->second);
    if (!found.empty()) return found;
    const std::size_t slash = id.rfind('/');
    id = slash == std::string_view::npos ? std::string_view{} : id.substr(0, slash);
  }
  return {};
}

std::optional<Severity> SarifRules::severity(const RuleReference& reference,
                                             const SaidSeverity& level,
                                             const SaidSeverity& score) const {
  SaidSeverity by_rule;
  SaidSeverity scored = score;
  for (const SarifRule* rule : find(reference)) {
    const auto configured = configured_.find(rule);
    by_rule = worse_of(by_rule, configured == configured_.end() ? rule->level : configured->second);
    scored = worse_of(scored, rule->score);
  }
  SaidSeverity levelled = level == SaidSeverity{} ? by_rule : level;
  if (levelled == SaidSeverity{}) levelled.severity = Severity::medium;  // `warning`
  const SaidSeverity both = worse_of(levelled, scored);
  return both.unclear ? std::nullopt : both.severity;
}

}  // namespace sluice::evidence
