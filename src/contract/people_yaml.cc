#include "contract/people_yaml.h"

#include <algorithm>

#include "base/text.h"
#include "contract/contains.h"
#include "contract/value_rules.h"

namespace sluice::contract {
namespace {

constexpr std::size_t kPeopleMax = 500;
constexpr int kCountMax = 20;

void read_domains(MapReader& map, std::vector<std::string>& domains) {
  if (!map.texts("domains", domains)) return;
  for (const std::string& domain : domains) {
    if (is_name(domain)) continue;
    map.complain(*map.take("domains"), fmt::format("`{}` is no domain", printable(domain, 80)),
                 "use lower-case letters, digits and `-`, such as security");
  }
}

// One login must not stand for two people, nor one name: they would count twice.
bool is_another(const Person& one, const Person& other) {
  return one.user != other.user && to_lower_ascii(one.name) != to_lower_ascii(other.name);
}

Person read_person(const YamlNode& node, std::size_t number, ComplaintList& list) {
  MapReader map(&node, fmt::format("people[{}]", number), list);
  Person person;
  map.require("name");
  map.require("user");
  map.text("name", person.name);
  map.text("user", person.user);
  read_domains(map, person.domains);
  map.finish();
  return person;
}

ApprovalRule read_rule(const std::string& environment, const YamlNode& node, ComplaintList& list) {
  MapReader map(&node, "approvals." + environment, list);
  ApprovalRule rule{.environment = {environment}};
  map.require("count");
  map.integer("count", rule.count, {1, kCountMax});
  read_domains(map, rule.domains);
  map.finish();
  return rule;
}

// A rule that nobody can meet would only be noticed on the day of the delivery.
void check_can_be_met(const YamlNode& node, const ApprovalRule& rule,
                      const std::vector<Person>& people, ComplaintList& list) {
  std::ptrdiff_t able = 0;
  for (const Person& person : people) {
    able += rule.domains.empty() || std::ranges::any_of(person.domains, [&](const auto& domain) {
              return contains(rule.domains, domain);
            });
  }
  const std::string where = fmt::format("approvals.{}", printable(rule.environment.text, 80));
  for (const std::string& domain : rule.domains) {
    const bool there = std::ranges::any_of(
        people, [&](const Person& person) { return contains(person.domains, domain); });
    if (there) continue;
    list.add(node.at, fmt::format("`{}`: nobody has the domain `{}`", where, printable(domain, 80)),
             "give it to somebody in `people`");
  }
  if (able >= rule.count) return;
  list.add(node.at,
           fmt::format("`{}` asks for {} people, and {} could approve", where, rule.count, able),
           "list more people, or ask for fewer");
}

}  // namespace

void read_people(MapReader& root, Policy& policy, ComplaintList& list) {
  const YamlNode* node = root.take("people");
  if (root.text("people_socket", policy.people_socket) && node == nullptr &&
      root.take("evaluators") == nullptr) {
    root.complain(*root.take("people_socket"), "`people_socket` is open to nobody",
                  "list in `people` or `evaluators` who may speak there");
  }
  if (node == nullptr) return;
  if (node->kind != YamlNode::Kind::sequence || node->items.size() > kPeopleMax) {
    return root.complain(*node, "`people` is no list of people",
                         "list each as `{ name: Ana Lima, user: ana, domains: [security] }`");
  }
  for (const YamlNode& item : node->items) {
    Person person = read_person(item, policy.people.size() + 1, list);
    const bool known = std::ranges::any_of(
        policy.people, [&](const Person& earlier) { return !is_another(person, earlier); });
    if (known) {
      list.add(item.at, fmt::format("`{}` is listed twice", printable(person.name, 80)),
               "list each person, and each login, once");
    }
    policy.people.push_back(std::move(person));
  }
}

void read_approvals(MapReader& root, Policy& policy, ComplaintList& list) {
  const YamlNode* node = root.take("approvals");
  if (node == nullptr) return;
  if (node->kind != YamlNode::Kind::mapping) {
    return root.complain(*node, "`approvals` is no mapping of environments",
                         "write `production: { count: 2, domains: [security] }` below it");
  }
  for (const auto& [name, value] : node->entries) {
    if (!contains(policy.environments, EnvironmentName{name.scalar}, &EnvironmentSpec::name)) {
      list.add(name.at, fmt::format("there is no environment `{}`", printable(name.scalar, 80)),
               "name an environment of this file");
      continue;
    }
    policy.approvals.push_back(read_rule(name.scalar, value, list));
    check_can_be_met(value, policy.approvals.back(), policy.people, list);
  }
}

}  // namespace sluice::contract
