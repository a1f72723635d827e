#include "guard/output_file.h"

#include <algorithm>
#include <string_view>

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/descriptor.h"

namespace sluice::guard {

void rotate_output(const std::string& path, std::int64_t bytes_max) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0 || status.st_size <= bytes_max) return;
  const net::Descriptor from(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  const net::Descriptor to(
      ::open((path + ".1").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!from.is_open()) return;
  // At most twice the limit, from the end: a process may write faster than the guard looks.
  off_t at = std::max<off_t>(0, status.st_size - 2 * bytes_max);
  while (to.is_open() && ::sendfile(to.number(), from.number(), &at, 1U << 20U) > 0) {
  }
  // Also when the copy failed: a full disk is worse than lost output.
  [[maybe_unused]] const int truncated = ::ftruncate(from.number(), 0);
}

}  // namespace sluice::guard
