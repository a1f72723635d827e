// The contract's list of changes beside the commits of its range: whether it is whole.
//
// A commit is covered where a change names it in the column `Commits`, or where its message
// mentions the mission of a change. Merges bring nothing of their own.
#pragma once

#include <string>

#include "gates/findings.h"
#include "model/contract.h"

namespace sluice::gates {

// Empty: every commit of the range is covered by a change. Else why that is not shown, or not so.
[[nodiscard]] std::string why_incomplete(const Contract& contract);

// "compared with 12 commits of `v1.3.0..v1.4.0`"; for a contract that is complete.
[[nodiscard]] std::string compared_text(const Contract& contract);

// For pre.contract: FAIL for a commit that no change covers and for a change that names a commit
// which does not exist; INCONCLUSIVE where the range cannot be read in the repository that is
// there; a note where there is no range or no repository.
void check_commits(Findings& findings, const Contract& contract);

}  // namespace sluice::gates
