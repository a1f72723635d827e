// Reading all bytes of a file, however many calls that takes.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <string>

#include <unistd.h>

namespace sluice::net {

// From where `file` stands to its end; one byte more than `bytes_max` where there are more. Memory
// grows with what is there, not with the limit. Nothing where reading fails: errno says why.
[[nodiscard]] inline std::optional<std::string> read_all(int file, std::size_t bytes_max) {
  constexpr std::size_t kFirstBytes = std::size_t{16} << 10U;
  std::string bytes;
  std::size_t size = 0;
  while (size <= bytes_max) {
    if (size == bytes.size()) {
      bytes.resize(std::min(bytes_max + 1, std::max(kFirstBytes, 2 * size)));
    }
    const ssize_t got = ::read(file, bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace sluice::net
