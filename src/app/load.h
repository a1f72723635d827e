// Files into values: sluice.yaml and contracts, as the command line and the engine read them.
#pragma once

#include <string>

#include "api/handlers.h"
#include "base/result.h"
#include "cli/context.h"

namespace sluice::app {

// Regular files of at most bytes_max; `not_found` when there is none.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t bytes_max);

// `path` as it is when absolute, else below `folder`.
[[nodiscard]] std::string below(const std::string& folder, const std::string& path);

// <folder>/sluice.yaml, with every path in it made absolute.
[[nodiscard]] Result<cli::LoadedPolicy> load_policy(const std::string& folder);

// A contract, relative to the folder of sluice.yaml or absolute, with its artifacts digested.
[[nodiscard]] Result<cli::LoadedContract> load_contract(const std::string& folder,
                                                        const std::string& path);

// The same, with a copy of every artifact's bytes under .sluice/artifacts, from where the guard
// starts them. Reads all of every artifact: not for a process that supervises meanwhile.
[[nodiscard]] Result<cli::LoadedContract> store_contract(const std::string& folder,
                                                         const std::string& path,
                                                         const cli::ReadSoFar& read_so_far);

// A contract whose files were stored: nothing large is read, the bytes of what is started are
// compared with their digests before. Complaints make it an error; `conflict` when the contract is
// not the one that they were stored for.
[[nodiscard]] Result<cli::LoadedContract> load_for_delivery(const std::string& folder,
                                                            const api::ReadContract& read);

// The same for a decision of somebody, which is about the bytes that they read: nothing of these is
// needed here.
[[nodiscard]] Result<cli::LoadedContract> load_for_decision(const std::string& folder,
                                                            const api::ReadContract& read);

}  // namespace sluice::app
