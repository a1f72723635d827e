// What the reference (docs/reference/clauses.md) says of the clauses beside model/clause.h: how
// each is known, and from which line of the delivery policy it comes. The file is written from
// this; see clauses_reference_test.cc.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "model/clause.h"

namespace sluice::gates {

[[nodiscard]] std::string_view how_known(Clause clause);

// One requirement of the policy, word for word, and the clauses that see to it.
struct PolicyLine {
  std::string_view text;
  std::vector<Clause> clauses;
};

// All of them, in the order of the policy.
[[nodiscard]] std::span<const PolicyLine> policy_lines();

}  // namespace sluice::gates
