#include "adapters/evidence_files/evidence_files.h"

#include <array>
#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "net/descriptor.h"
#include "net/read_all.h"
#include "net/system_error.h"
#include "net/write_all.h"

namespace sluice::evidence_files {
namespace {

// The name of a file is data of its folder.
Result<void> sync_folder(const std::string& folder) {
  const net::Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.is_open() || ::fsync(opened.number()) != 0) {
    return net::system_error("syncing", folder);
  }
  return {};
}

Result<void> make_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return net::system_error("creating", folder);
}

Error too_large() { return {ErrorCode::rejected, "evidence of more than 100 MiB is not kept"}; }

Result<std::string> read_all(int file, const std::string& path) {
  std::optional<std::string> bytes = net::read_all(file, kEvidenceBytesMax);
  if (!bytes) return net::system_error("reading", path);
  if (bytes->size() > kEvidenceBytesMax) return fail(ErrorCode::corrupt, path + " is too large");
  return *std::move(bytes);
}

}  // namespace

std::string EvidenceFiles::path_of(const Digest& digest) const {
  return folder_ + "/" + digest.hex;
}

struct Incoming::Hash {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
};

void Incoming::Free::operator()(Hash* hash) const {
  EVP_MD_CTX_free(hash->context);
  delete hash;
}

Incoming::Incoming(std::string folder, std::string path, net::Descriptor file)
    : folder_(std::move(folder)), path_(std::move(path)), file_(std::move(file)), hash_(new Hash) {
  const bool begun =
      hash_->context != nullptr && EVP_DigestInit_ex(hash_->context, EVP_sha256(), nullptr) == 1;
  SLUICE_ASSERT(begun);
}

Incoming::Incoming(Incoming&& other) noexcept
    : folder_(std::move(other.folder_)),
      path_(std::exchange(other.path_, {})),
      file_(std::move(other.file_)),
      hash_(std::move(other.hash_)),
      bytes_(other.bytes_) {}

Incoming::~Incoming() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

// Under a temporary name until all of it is on the disk.
Result<Incoming> Incoming::open(const std::string& folder) {
  SLUICE_TRY(make_folder(folder));
  std::string path = folder + "/.incoming-XXXXXX";
  net::Descriptor file(::mkostemp(path.data(), O_CLOEXEC));  // mode 0600
  if (!file.is_open()) return net::system_error("creating a file in", folder);
  return Incoming(folder, std::move(path), std::move(file));
}

Result<void> Incoming::add(std::string_view bytes) {
  bytes_ += bytes.size();
  if (bytes_ > kEvidenceBytesMax) return std::unexpected(too_large());
  const int hashed = EVP_DigestUpdate(hash_->context, bytes.data(), bytes.size());
  SLUICE_ASSERT(hashed == 1);
  return net::write_all(file_.number(), bytes, path_);
}

Result<Digest> Incoming::keep() {
  std::array<unsigned char, 32> raw{};
  unsigned int size = 0;
  const int hashed = EVP_DigestFinal_ex(hash_->context, raw.data(), &size);
  SLUICE_ASSERT(hashed == 1 && size == raw.size());
  Digest digest{fmt::format("{:02x}", fmt::join(raw, ""))};
  const std::string path = folder_ + "/" + digest.hex;
  if (::fsync(file_.number()) != 0) return net::system_error("syncing", path_);
  // What is there already has the same bytes, or was changed and is put right.
  if (::rename(path_.c_str(), path.c_str()) != 0) return net::system_error("renaming to", path);
  path_.clear();
  SLUICE_TRY(sync_folder(folder_));
  return digest;
}

Result<Digest> EvidenceFiles::keep(std::string_view bytes) {
  if (bytes.size() > kEvidenceBytesMax) return std::unexpected(too_large());
  const Digest digest = sha256(bytes);
  if (read(digest)) return digest;
  Incoming incoming = SLUICE_TRY(Incoming::open(folder_));
  SLUICE_TRY(incoming.add(bytes));
  return incoming.keep();
}

bool EvidenceFiles::holds(const Digest& digest) {
  struct stat status{};
  return ::stat(path_of(digest).c_str(), &status) == 0 && S_ISREG(status.st_mode);
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
