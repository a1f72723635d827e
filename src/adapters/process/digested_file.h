// DigestedFile: a file read in parts, with the digest of what was read.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/digest.h"
#include "base/result.h"
#include "net/descriptor.h"

namespace sluice::process {

// As long as this stays the same, so do the bytes; ctime cannot be set back by a program.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  friend auto operator<=>(const FileIdentity&, const FileIdentity&) = default;
};
[[nodiscard]] Result<FileIdentity> identify_file(const std::string& path);

class DigestedFile {
 public:
  // `not_found`; `rejected` for what is no regular file or larger than bytes_max.
  [[nodiscard]] static Result<DigestedFile> open(const std::string& path, std::int64_t bytes_max);

  // The next bytes, at most kPartBytes, valid until the next call; empty at the end.
  [[nodiscard]] Result<std::string_view> next();
  // Of all bytes, after the end; nothing may be read after it.
  [[nodiscard]] Digest digest();
  [[nodiscard]] const FileIdentity& identity() const { return identity_; }  // when it was opened

  static constexpr std::size_t kPartBytes = 1U << 20U;

 private:
  DigestedFile() = default;
  struct Hash;
  struct Free {
    void operator()(Hash* hash) const;
  };
  std::string path_;
  net::Descriptor file_;
  FileIdentity identity_;
  std::unique_ptr<Hash, Free> hash_;
  std::vector<char> part_;
  std::int64_t read_ = 0;
  std::int64_t bytes_max_ = 0;
};

}  // namespace sluice::process
