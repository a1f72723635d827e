// The artifact store: bytes of releases, kept under their own digest, so that what was approved is
// what is started, whatever happens to the file that they came from.
//
// Invariant: a file of the store appears whole and durable under its name, and is never written to.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/digest.h"
#include "base/result.h"
#include "model/release.h"

namespace sluice::process {

inline constexpr std::int64_t kArtifactBytesMax = 2LL << 30U;

// <folder>/<64 digits>
[[nodiscard]] std::string artifact_path(const std::string& folder, const Digest& digest);

// How many bytes of a file were read so far.
using ReadSoFar = std::function<void(std::int64_t bytes)>;

// Copies the file into the store, mode 0555, and creates the folder where it is missing. What is
// there already is used again once its bytes were checked, and replaced where they are wrong.
// `location` of the artifact is source_path. `not_found`; `rejected` for what is no regular file or
// larger than the limit.
[[nodiscard]] Result<Artifact> store_artifact(const std::string& folder,
                                              const std::string& source_path,
                                              const std::string& name,
                                              const ReadSoFar& read_so_far = {});

// The artifact as it lies in the store, not read. `not_found` when it does not.
[[nodiscard]] Result<Artifact> stored_artifact(const std::string& folder, const std::string& name,
                                               const Digest& digest);

// Reads all of it. `corrupt` when the stored bytes are not those of the digest, `not_found`.
[[nodiscard]] Result<void> check_artifact(const std::string& folder, const Artifact& artifact);

}  // namespace sluice::process
