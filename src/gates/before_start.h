// Every clause of the delivery policy that can be known before a delivery starts.
//
// Pure: the same facts give the same verdicts, in the order of the policy. post.* are not among
// them, because they are about what happens later, nor emergency.*, because an ordinary delivery is
// none. Clauses whose gate does not exist yet are there as INCONCLUSIVE, code `not_built`.
#pragma once

#include <vector>

#include "model/contract.h"
#include "model/policy.h"
#include "model/service.h"
#include "model/verdict.h"

namespace sluice::gates {

[[nodiscard]] std::vector<ClauseVerdict> evaluate_before_start(const Contract& contract,
                                                               const Policy& policy,
                                                               const Service& service,
                                                               const Release& release);

// Those that refuse a start: every FAIL, and every INCONCLUSIVE except of a clause not built.
// Empty: the delivery may start.
[[nodiscard]] std::vector<ClauseVerdict> holds_start(const std::vector<ClauseVerdict>& verdicts);

}  // namespace sluice::gates
