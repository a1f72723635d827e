// What `sluice init` writes: a contract to fill in, and a sluice.yaml to adapt.
#pragma once

#include <string>
#include <string_view>

namespace sluice::contract {

// A release contract with every section. parse_contract knows it as one, and finds its
// placeholders.
[[nodiscard]] std::string contract_template();

// A commented sluice.yaml for development, staging and production on this machine. parse_policy
// accepts it as it stands. `service` must be a name: lower-case letters, digits and `-`.
[[nodiscard]] std::string policy_template(std::string_view service);

}  // namespace sluice::contract
