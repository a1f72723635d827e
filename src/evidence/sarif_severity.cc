#include "evidence/sarif_severity.h"

#include "base/text.h"

namespace sluice::evidence {
namespace {

using codec::Json;

// The worse of two; unclear when either is.
SaidSeverity worse_of(const SaidSeverity& one, const SaidSeverity& two) {
  return {.severity = std::max(one.severity, two.severity),  // nothing is below everything
          .unclear = one.unclear || two.unclear};
}

ComponentReference component_of(const Json* tool_component) {
  if (tool_component == nullptr) return {};
  return {.index = tool_component->integer_or("index", -1),
          .name = tool_component->string_or("name", ""),
          .guid = to_lower_ascii(tool_component->string_or("guid", ""))};
}

// Of two rules with the same id. One without a level has `warning`.
void merge(SarifRule& into, const SarifRule& other) {
  if (into.level != other.level) {
    const SaidSeverity warning{.severity = Severity::medium};
    const auto or_default = [&](const SaidSeverity& level) {
      return level == SaidSeverity{} ? warning : level;
    };
    into.level = worse_of(or_default(into.level), or_default(other.level));
  }
  into.score = worse_of(into.score, other.score);
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
          .guid = to_lower_ascii(reference.string_or("guid", "")),
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
      .guid = to_lower_ascii(rule.string_or("guid", "")),
      .level = configuration == nullptr ? SaidSeverity{} : level_of(configuration->find("level")),
      .score = score_of(rule)};
  ++size_;
}

void SarifRules::name_component(std::int64_t component, std::string name) {
  components_by_name_.try_emplace(std::move(name), component);
}

void SarifRules::identify_component(std::int64_t component, std::string guid) {
  components_by_guid_.try_emplace(to_lower_ascii(guid), component);
}

void SarifRules::override_level(const RuleReference& reference, const SaidSeverity& level) {
  overrides_.emplace_back(reference, level);
}

void SarifRules::index_by_id() {
  for (const auto& [place, rule] : rules_) {
    const auto [same, first] = by_id_.try_emplace(rule.id, rule);
    if (!first) merge(same->second, rule);
    if (!rule.guid.empty()) by_guid_.try_emplace(rule.guid, &rule);
  }
  for (const auto& [reference, level] : overrides_) {
    const SarifRule* rule = find(reference);
    if (rule == nullptr) continue;
    for (const SarifRule* one : {rule, find_id(rule->id)}) {
      if (one != nullptr) configured_[one] = worse_of(configured_[one], level);
    }
  }
}

// The rule of that id, or of which it names a part; only so deep, since ids are strangers' text.
const SarifRule* SarifRules::find_id(std::string_view id) const {
  constexpr int kPartsMax = 16;
  for (int i = 0; i < kPartsMax && !id.empty(); ++i) {
    if (const auto found = by_id_.find(id); found != by_id_.end()) return &found->second;
    const std::size_t slash = id.rfind('/');
    id = slash == std::string_view::npos ? std::string_view{} : id.substr(0, slash);
  }
  return nullptr;
}

// Nothing where it is named, and there is none of that name.
std::optional<std::int64_t> SarifRules::place_of(const ComponentReference& component) const {
  if (component.index >= 0) return component.index;
  const bool by_guid = !component.guid.empty();
  if (!by_guid && component.name.empty()) return -1;
  const auto& names = by_guid ? components_by_guid_ : components_by_name_;
  const auto found = names.find(by_guid ? component.guid : component.name);
  return found == names.end() ? std::nullopt : std::optional(found->second);
}

// The rule with the guid, or at the place that the reference gives, unless that one has another id;
// then whatever has that id, in any component.
const SarifRule* SarifRules::find(const RuleReference& reference) const {
  if (const auto same = by_guid_.find(reference.guid); same != by_guid_.end()) return same->second;
  const auto component = place_of(reference.component);
  if (reference.index >= 0 && component) {
    const auto at = rules_.find({*component, static_cast<std::size_t>(reference.index)});
    const bool same = at != rules_.end() && (reference.id.empty() || at->second.id.empty() ||
                                             is_part_of(reference.id, at->second.id));
    if (same) return &at->second;
  }
  return find_id(reference.id);
}

// What invocations configured, by place or by id, else what the rule says.
SaidSeverity SarifRules::level_by(const SarifRule& rule) const {
  SaidSeverity configured;
  for (const SarifRule* one : {&rule, find_id(rule.id)}) {
    const auto found = configured_.find(one);
    if (found != configured_.end()) configured = worse_of(configured, found->second);
  }
  return configured == SaidSeverity{} ? rule.level : configured;
}

std::optional<Severity> SarifRules::severity(const RuleReference& reference,
                                             const SaidSeverity& level,
                                             const SaidSeverity& score) const {
  const SarifRule* rule = find(reference);
  SaidSeverity levelled = level;
  // A rule that is said where to be and is not there may be as severe as any. One that is only
  // named need not be described (section 3.27.5), and what it finds is a warning.
  const bool lost = rule == nullptr && reference.id.empty() && reference != RuleReference{};
  if (lost && levelled == SaidSeverity{}) return std::nullopt;
  if (levelled == SaidSeverity{} && rule != nullptr) levelled = level_by(*rule);
  if (levelled == SaidSeverity{}) levelled.severity = Severity::medium;  // `warning`
  const SaidSeverity both = rule == nullptr ? worse_of(levelled, score)
                                            : worse_of(levelled, worse_of(score, rule->score));
  return both.unclear ? std::nullopt : both.severity;
}

}  // namespace sluice::evidence
