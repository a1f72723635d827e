// Every clause of the delivery policy that can be known before a delivery starts.
//
// Pure: the same facts give the same verdicts, in the order of the policy. post.* are not among
// them, because they are about what happens later, nor emergency.*, because an ordinary delivery is
// none. Clauses whose gate does not exist yet are there as INCONCLUSIVE, code `not_built`.
#pragma once

#include <vector>

#include "base/tick.h"
#include "gates/start_gates.h"
#include "model/verdict.h"

namespace sluice::gates {

[[nodiscard]] std::vector<ClauseVerdict> evaluate_before_start(
    const Contract& contract, const Policy& policy, const Service& service, const Release& release,
    Tick now, const FlagAnswers& flags = {}, const RunningRouters& routers = {});

// The same without the exceptions that people made: what the gates themselves found.
[[nodiscard]] std::vector<ClauseVerdict> found_before_start(const Facts& facts);

// Those that refuse a start: every FAIL, and every INCONCLUSIVE except of a clause not built.
// Empty: the delivery may start.
// Open, and yet no reason to wait: the clause has no gate, or the delivery itself decides it before
// customers get a share.
[[nodiscard]] bool holds_nothing(const ClauseVerdict& verdict);
[[nodiscard]] std::vector<ClauseVerdict> holds_start(const std::vector<ClauseVerdict>& verdicts);

}  // namespace sluice::gates
