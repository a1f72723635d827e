#include "contract/quality_yaml.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "contract/contains.h"

namespace sluice::contract {
namespace {

constexpr std::size_t kEvaluatorsMax = 200;
constexpr int kTestsMax = 1'000'000;
constexpr DurationRange kValidFor{kMinuteMs, 365 * kDayMs};
constexpr std::array kProofs{Proof::scan, Proof::evaluation, Proof::tests};
constexpr std::array<std::string_view, 4> kSeverities{"low", "medium", "high", "critical"};

std::optional<Proof> proof_of(std::string_view word) {
  const auto* found = std::ranges::find(kProofs, word, [](Proof proof) { return to_text(proof); });
  if (found == kProofs.end()) return std::nullopt;
  return *found;
}

std::string domains_text(const std::vector<QualityRule>& rules) {
  std::string text;
  for (const QualityRule& rule : rules) text += (text.empty() ? "" : ", ") + rule.domain;
  return text;
}

void read_proofs(MapReader& map, std::string_view key, std::vector<Proof>& proofs) {
  std::vector<std::string> words;
  if (!map.texts(key, words)) return;
  proofs.clear();
  for (const std::string& word : words) {
    const auto proof = proof_of(word);
    if (proof) {
      proofs.push_back(*proof);
      continue;
    }
    map.complain(*map.take(key), fmt::format("`{}` names `{}`", map.path(key), printable(word, 80)),
                 "use scan, evaluation and tests");
  }
}

void check_domains(MapReader& map, const Evaluator& evaluator,
                   const std::vector<QualityRule>& rules) {
  for (const std::string& domain : evaluator.domains) {
    if (contains(rules, domain, &QualityRule::domain)) continue;
    map.complain(*map.take("domains"),
                 fmt::format("`{}` is no domain of quality", printable(domain, 80)),
                 "use " + domains_text(rules));
  }
}

Evaluator read_evaluator(const YamlNode& node, std::size_t number, const Policy& policy,
                         ComplaintList& list) {
  MapReader map(&node, fmt::format("evaluators[{}]", number), list);
  Evaluator evaluator;
  map.require("name");
  map.require("domains");
  if (map.text("name", evaluator.name) && evaluator.name.contains(',')) {
    map.complain(*map.take("name"), "a name of an evaluator holds a comma",
                 "records list names with commas between them: leave it out");
  }
  map.text("user", evaluator.user);
  if (map.text("key", evaluator.key_file)) evaluator.key_at = map.take("key")->at;
  if (map.texts("domains", evaluator.domains)) check_domains(map, evaluator, policy.quality);
  read_proofs(map, "signs", evaluator.signs);
  map.texts("speaks_for", evaluator.speaks_for);
  map.finish();
  if (map.present() && evaluator.user.empty() && evaluator.key_file.empty()) {
    map.complain(node, fmt::format("`evaluators[{}]` has neither `user` nor `key`", number),
                 "give the login that it records with, or the file of its public key");
  }
  return evaluator;
}

bool is_same(std::string_view one, std::string_view other) {
  return !one.empty() && to_lower_ascii(one) == to_lower_ascii(other);
}

// An author must not come back as an evaluator by another name.
bool is_known(const Evaluator& evaluator, const Policy& policy) {
  const auto same = [&](const auto& other) {
    return is_same(evaluator.name, other.name) || is_same(evaluator.user, other.user);
  };
  return std::ranges::any_of(policy.people, same) || std::ranges::any_of(policy.evaluators, same);
}

void read_rule(const YamlNode& node, QualityRule& rule, ComplaintList& list) {
  MapReader map(&node, "quality." + rule.domain, list);
  read_proofs(map, "requires", rule.demands);
  if (map.text("fails_at", rule.fails_at) && !contains(kSeverities, rule.fails_at)) {
    map.complain(*map.take("fails_at"),
                 fmt::format("`{}` is `{}`", map.path("fails_at"), printable(rule.fails_at, 80)),
                 "write low, medium, high or critical");
  }
  map.texts("tools", rule.tools);
  map.integer("tests_min", rule.tests_min, {1, kTestsMax});
  map.boolean("flaky_passes", rule.flaky_passes);
  map.boolean("skipped_passes", rule.skipped_passes);
  map.duration("valid_for", rule.valid_for_ms, kValidFor);
  map.finish();
}

// The policy asks for an evaluation of each, and for scans of security; sluice.yaml only adds.
void check_demands(const YamlNode& node, const QualityRule& rule, const QualityRule& usual,
                   ComplaintList& list) {
  for (const Proof proof : usual.demands) {
    if (contains(rule.demands, proof)) continue;
    list.add(node.at,
             fmt::format("`quality.{}.requires` leaves out `{}`", rule.domain, to_text(proof)),
             "list it: the delivery policy asks for it");
  }
}

}  // namespace

void read_evaluators(MapReader& root, Policy& policy, ComplaintList& list) {
  const YamlNode* node = root.take("evaluators");
  if (node == nullptr) return;
  if (node->kind != YamlNode::Kind::sequence || node->items.size() > kEvaluatorsMax) {
    return root.complain(*node, "`evaluators` is no list of evaluators",
                         "list each as `{ name: ci, user: ci, domains: [security] }`");
  }
  for (const YamlNode& item : node->items) {
    Evaluator evaluator = read_evaluator(item, policy.evaluators.size() + 1, policy, list);
    if (is_known(evaluator, policy)) {
      list.add(item.at,
               fmt::format("`{}` is listed twice, in `people` or here, or its login is",
                           printable(evaluator.name, 80)),
               "list everybody, and each login, once; people with a domain evaluate, too");
    }
    policy.evaluators.push_back(std::move(evaluator));
  }
}

void read_quality(MapReader& root, Policy& policy, ComplaintList& list) {
  const YamlNode* node = root.take("quality");
  if (node == nullptr) return;
  if (node->kind != YamlNode::Kind::mapping) {
    return root.complain(*node, "`quality` is no mapping of domains",
                         "write `security: { fails_at: high }` below it");
  }
  const std::vector<QualityRule> usual = usual_quality();
  for (const auto& [name, value] : node->entries) {
    const auto rule = std::ranges::find(policy.quality, name.scalar, &QualityRule::domain);
    if (rule == policy.quality.end()) {
      list.add(name.at, fmt::format("`quality` has no domain `{}`", printable(name.scalar, 80)),
               "use " + domains_text(policy.quality));
      continue;
    }
    read_rule(value, *rule, list);
    check_demands(value, *rule, usual[static_cast<std::size_t>(rule - policy.quality.begin())],
                  list);
  }
}

}  // namespace sluice::contract
