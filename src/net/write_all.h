// Writing all of some bytes to a file, however many calls that takes.
#pragma once

#include <string>
#include <string_view>

#include <unistd.h>

#include "net/system_error.h"

namespace sluice::net {

// What was written before an error stays written. `path` is for the words of an error.
[[nodiscard]] inline Result<void> write_all(int file, std::string_view bytes,
                                            const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return system_error("writing", path);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace sluice::net
