#include "net/last_line.h"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "net/descriptor.h"

namespace sluice::net {

std::string last_line_of(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (!file.is_open() || ::fstat(file.number(), &status) != 0) return {};
  std::array<char, 4'096> tail{};
  const off_t from = std::max<off_t>(0, status.st_size - static_cast<off_t>(tail.size()));
  const ssize_t count = ::pread(file.number(), tail.data(), tail.size(), from);
  if (count <= 0) return {};
  const std::string_view text = trim({tail.data(), static_cast<std::size_t>(count)});
  return printable(text.substr(text.rfind('\n') + 1));
}

}  // namespace sluice::net
