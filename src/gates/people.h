// People of sluice.yaml against names in contracts. Inside gates/ only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/contract.h"
#include "model/policy.h"

namespace sluice::gates {

// "Ana Lima", "ana lima <ana@shop.example>", "@ana": the name or the login, whatever the case.
[[nodiscard]] bool names(std::string_view text, const Person& person);

// Everybody whom the contract names as an author, each as it is written there.
[[nodiscard]] std::vector<std::string> authors_of(const Contract& contract);

[[nodiscard]] bool is_author(const Person& person, const Contract& contract);

// What keeps anybody from showing that they are not the author: nobody is named, or somebody whom
// sluice.yaml does not know under this name. Empty: nothing.
[[nodiscard]] std::string author_doubt(const Contract& contract, const Policy& policy);

[[nodiscard]] bool has_domain(const Person& person, std::string_view domain);
// At least one of them; any person where none is asked for.
[[nodiscard]] bool has_any_domain(const Person& person, const std::vector<std::string>& domains);

}  // namespace sluice::gates
