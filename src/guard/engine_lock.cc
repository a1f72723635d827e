#include "guard/engine_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include "net/system_error.h"

namespace sluice::guard {

Result<EngineLock> EngineLock::take(const std::string& state_folder) {
  const std::string path = state_folder + "/engine.lock";
  net::Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file.is_open()) return net::system_error("opening", path);
  if (::flock(file.number(), LOCK_EX | LOCK_NB) == 0) return EngineLock(std::move(file));
  if (errno == EWOULDBLOCK) return fail(ErrorCode::conflict, path + ": held by an engine");
  return net::system_error("locking", path);
}

// Not left to close(): a child between fork and exec has the file open, too.
EngineLock::~EngineLock() {
  if (file_.is_open()) ::flock(file_.number(), LOCK_UN);
}

}  // namespace sluice::guard
