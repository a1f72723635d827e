// WriterLock: at most one process writes to a ledger. Held until destroyed; the kernel gives it
// back when the process dies in whatever way.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace sluice::ledger {

class WriterLock {
 public:
  // Takes `<ledger>.lock`, without waiting: `conflict` when somebody else has it. The file stays
  // behind; it is the lock on it that counts.
  [[nodiscard]] static Result<WriterLock> take(const std::string& ledger);

  WriterLock(WriterLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;
  WriterLock& operator=(WriterLock&&) = delete;
  ~WriterLock();

 private:
  explicit WriterLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// Sees to it that the file exists, and that only its owner may read it (0600).
[[nodiscard]] Result<void> create_private_file(const std::string& path);

}  // namespace sluice::ledger
