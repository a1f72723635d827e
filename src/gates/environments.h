// Which environments a policy has, and what part each plays.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/policy.h"

namespace sluice::gates {

// Pointers into the policy, in its order.
[[nodiscard]] std::vector<const EnvironmentSpec*> customer_facing(const Policy& policy);

// Where the rollback is rehearsed: what the policy names, else the last before the first that
// customers use; null where there is none such.
[[nodiscard]] const EnvironmentSpec* drill_place(const Policy& policy);

// By its name: staging, stage, pre-production, acceptance and their usual spellings.
[[nodiscard]] bool is_staging_like(std::string_view name);

// "development → staging → production"; "nothing" when there is none.
[[nodiscard]] std::string path_text(const std::vector<std::string>& names);
[[nodiscard]] std::vector<std::string> names_of(const Policy& policy);

}  // namespace sluice::gates
