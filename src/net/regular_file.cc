#include "net/regular_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/text.h"
#include "net/descriptor.h"
#include "net/read_all.h"

namespace sluice::net {
namespace {

constexpr std::size_t kSecretBytesMax = 8'192;

}  // namespace

Result<std::string> read_regular_file(const std::string& path, std::size_t bytes_max) {
  // Without waiting: somebody may have put a pipe there.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status{};
  if (!file.is_open() || ::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return fail(ErrorCode::not_found, printable(path) + " cannot be read");
  }
  std::optional<std::string> bytes = read_all(file.number(), bytes_max);
  if (!bytes) return fail(ErrorCode::not_found, printable(path) + " cannot be read");
  if (bytes->size() > bytes_max) {
    return fail(ErrorCode::rejected, printable(path) + " is too large");
  }
  return *std::move(bytes);
}

Result<std::string> read_secret(const std::string& path) {
  const std::string bytes = SLUICE_TRY(read_regular_file(path, kSecretBytesMax));
  if (trim(bytes).empty()) return fail(ErrorCode::rejected, printable(path) + " is empty");
  return std::string(trim(bytes));
}

}  // namespace sluice::net
