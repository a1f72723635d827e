// Small files that somebody else wrote: read whole, at once, or refused.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace sluice::net {

// A regular file of at most bytes_max. An error names the path and never shows what is in it:
// `not_found` where it cannot be read, `rejected` where it is too large.
[[nodiscard]] Result<std::string> read_regular_file(const std::string& path, std::size_t bytes_max);

// A secret, such as a bearer token: the text of a file of at most 8 KiB, without white space around
// it. `rejected`, also where it is empty.
[[nodiscard]] Result<std::string> read_secret(const std::string& path);

}  // namespace sluice::net
