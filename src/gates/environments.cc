#include "gates/environments.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace sluice::gates {

std::vector<const EnvironmentSpec*> customer_facing(const Policy& policy) {
  std::vector<const EnvironmentSpec*> found;
  for (const EnvironmentSpec& environment : policy.environments) {
    if (environment.customer_facing) found.push_back(&environment);
  }
  return found;
}

const EnvironmentSpec* drill_place(const Policy& policy) {
  const EnvironmentSpec* last = nullptr;
  for (const EnvironmentSpec& environment : policy.environments) {
    if (environment.customer_facing) break;
    last = &environment;
    if (environment.name == policy.drill_environment) return last;
  }
  return policy.drill_environment.empty() ? last : nullptr;
}

bool is_staging_like(std::string_view name) {
  constexpr std::array<std::string_view, 7> kWords{"stag",  "preprod", "pre-prod", "pre_prod",
                                                   "accep", "uat",     "preview"};
  const std::string lower = to_lower_ascii(name);
  return std::ranges::any_of(kWords, [&](std::string_view word) { return lower.contains(word); });
}

std::vector<std::string> names_of(const Policy& policy) {
  std::vector<std::string> names;
  for (const EnvironmentSpec& environment : policy.environments) {
    names.push_back(environment.name.text);
  }
  return names;
}

std::string path_text(const std::vector<std::string>& names) {
  if (names.empty()) return "nothing";
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : " → ") + printable(name, 60);
  return out;
}

}  // namespace sluice::gates
