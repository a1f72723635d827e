#include "adapters/evidence_files/evidence_files.h"

#include <array>
#include <cstdlib>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/descriptor.h"
#include "net/system_error.h"

namespace sluice::evidence_files {
namespace {

Result<void> write_all(int file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return net::system_error("writing", path);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

// The name of a file is data of its folder.
Result<void> sync_folder(const std::string& folder) {
  const net::Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.is_open() || ::fsync(opened.number()) != 0) {
    return net::system_error("syncing", folder);
  }
  return {};
}

// Under a temporary name until all of it is on the disk.
Result<void> write_new(const std::string& folder, const std::string& path, std::string_view bytes) {
  std::string fresh = folder + "/.incoming-XXXXXX";
  const net::Descriptor file(::mkostemp(fresh.data(), O_CLOEXEC));  // mode 0600
  if (!file.is_open()) return net::system_error("creating a file in", folder);
  Result<void> written = write_all(file.number(), bytes, fresh);
  if (written && ::fsync(file.number()) != 0) written = net::system_error("syncing", fresh);
  if (written && ::rename(fresh.c_str(), path.c_str()) != 0) {
    written = net::system_error("renaming to", path);
  }
  if (!written) {
    ::unlink(fresh.c_str());
    return written;
  }
  return sync_folder(folder);
}

Result<std::string> read_all(int file, const std::string& path) {
  std::string bytes;
  std::array<char, std::size_t{64} << 10U> part{};
  for (;;) {
    const ssize_t count = ::read(file, part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return net::system_error("reading", path);
    if (count == 0) return bytes;
    bytes.append(part.data(), static_cast<std::size_t>(count));
    if (bytes.size() > kEvidenceBytesMax) return fail(ErrorCode::corrupt, path + " is too large");
  }
}

}  // namespace

std::string EvidenceFiles::path_of(const Digest& digest) const {
  return folder_ + "/" + digest.hex;
}

Result<Digest> EvidenceFiles::keep(std::string_view bytes) {
  if (bytes.size() > kEvidenceBytesMax) {
    return fail(ErrorCode::rejected, "evidence of more than 100 MiB is not kept");
  }
  if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) {
    return net::system_error("creating", folder_);
  }
  const Digest digest = sha256(bytes);
  // What is there already is as good, once it was checked; what was changed is put right.
  if (read(digest)) return digest;
  SLUICE_TRY(write_new(folder_, path_of(digest), bytes));
  return digest;
}

Result<std::string> EvidenceFiles::read(const Digest& digest) {
  const std::string path = path_of(digest);
  const net::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.is_open()) return net::system_error("opening", path);
  std::string bytes = SLUICE_TRY(read_all(file.number(), path));
  if (sha256(bytes) == digest) return bytes;
  return fail(ErrorCode::corrupt, "the stored evidence was changed: " + path);
}

}  // namespace sluice::evidence_files
