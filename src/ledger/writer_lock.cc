#include "ledger/writer_lock.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice::ledger {
namespace {

constexpr mode_t kOwnerOnly = 0600;

std::unexpected<Error> refused(const std::string& path, std::string_view what, int why) {
  const ErrorCode code = why == ENOENT                                   ? ErrorCode::not_found
                         : why == EACCES || why == EPERM || why == EROFS ? ErrorCode::rejected
                                                                         : ErrorCode::unavailable;
  return fail(code, fmt::format("ledger {}: {}: {}", path, what, std::strerror(why)));
}

int open_file(const std::string& path, int flags) {
  return ::open(path.c_str(), flags | O_CREAT | O_RDWR | O_CLOEXEC | O_NOCTTY, kOwnerOnly);
}

}  // namespace

Result<WriterLock> WriterLock::take(const std::string& ledger) {
  WriterLock lock(open_file(ledger + ".lock", 0));
  if (lock.descriptor_ < 0) return refused(ledger, "its lock cannot be created", errno);
  if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) {
    return fail(ErrorCode::conflict,
                fmt::format("ledger {}: another process writes to it", ledger));
  }
  return refused(ledger, "its lock cannot be taken", errno);
}

WriterLock::~WriterLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

// An existing file is changed by name: opening and closing it here would drop the locks that a
// reader in this process has on it.
Result<void> create_private_file(const std::string& path) {
  const int descriptor = open_file(path, O_EXCL);
  if (descriptor >= 0) {
    ::close(descriptor);
    return {};
  }
  if (errno != EEXIST) return refused(path, "cannot be created", errno);
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) return refused(path, "cannot be examined", errno);
  if (!S_ISREG(found.st_mode)) return fail(ErrorCode::rejected, "ledger " + path + ": is no file");
  if ((found.st_mode & 07777U) != kOwnerOnly && ::chmod(path.c_str(), kOwnerOnly) != 0) {
    return refused(path, "cannot be made private", errno);
  }
  return {};
}

}  // namespace sluice::ledger
