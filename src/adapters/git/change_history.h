// The commits of a contract's range, from the Git repository that its folder lies in. By libgit2:
// nothing is executed, no hook, no filter and no network.
//
// A repository of another user is not read, as `git` itself would not. At most 2,000 commits; a
// range of more is trouble, not cut.
#pragma once

#include <optional>
#include <string>

#include "model/contract.h"

namespace sluice::git {

// Nothing where the contract names no commits at all, or the folder lies in no repository.
// `commits` of the contract is "FROM..TO", or one commit: names of branches and tags, ids, or HEAD,
// with `~` and `^`.
[[nodiscard]] std::optional<ChangeHistory> read_history(const std::string& folder,
                                                        const Contract& contract);

}  // namespace sluice::git
