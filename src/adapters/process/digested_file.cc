#include "adapters/process/digested_file.h"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include "base/assert.h"
#include "net/system_error.h"

namespace sluice::process {
namespace {

FileIdentity identity_of(const struct stat& status) {
  const auto ns = [](const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  };
  return {status.st_dev, status.st_ino, status.st_size, ns(status.st_mtim), ns(status.st_ctim)};
}

}  // namespace

struct DigestedFile::Hash {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~Hash() { EVP_MD_CTX_free(context); }
};

void DigestedFile::Free::operator()(Hash* hash) const { delete hash; }

Result<FileIdentity> identify_file(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return net::system_error("looking at", path);
  return identity_of(status);
}

Result<DigestedFile> DigestedFile::open(const std::string& path, std::int64_t bytes_max) {
  DigestedFile file;
  file.path_ = path;
  file.bytes_max_ = bytes_max;
  // Without waiting: what is no regular file (a pipe, say) could hold this up for ever.
  file.file_ = net::Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.file_.is_open()) return net::system_error("opening", path);
  struct stat status{};
  if (::fstat(file.file_.number(), &status) != 0) return net::system_error("looking at", path);
  if (!S_ISREG(status.st_mode)) return fail(ErrorCode::rejected, path + ": no regular file");
  if (status.st_size > bytes_max) {
    return fail(ErrorCode::rejected, fmt::format("{}: larger than {} bytes", path, bytes_max));
  }
  file.identity_ = identity_of(status);
  file.hash_.reset(new Hash);
  // No more memory than a small file needs; should it grow, it is read in parts of that size.
  file.part_.resize(std::min(kPartBytes, static_cast<std::size_t>(status.st_size) + 1));
  SLUICE_ASSERT(EVP_DigestInit_ex(file.hash_->context, EVP_sha256(), nullptr) == 1);
  return file;
}

Result<std::string_view> DigestedFile::next() {
  ssize_t count = 0;
  do {
    count = ::read(file_.number(), part_.data(), part_.size());
  } while (count < 0 && errno == EINTR);
  if (count < 0) return net::system_error("reading", path_);
  read_ += count;  // it may grow while it is read
  if (read_ > bytes_max_) {
    return fail(ErrorCode::rejected, fmt::format("{}: larger than {} bytes", path_, bytes_max_));
  }
  const std::string_view part(part_.data(), static_cast<std::size_t>(count));
  SLUICE_ASSERT(EVP_DigestUpdate(hash_->context, part.data(), part.size()) == 1);
  return part;
}

Digest DigestedFile::digest() {
  std::array<unsigned char, 32> raw{};
  unsigned int size = 0;
  SLUICE_ASSERT(EVP_DigestFinal_ex(hash_->context, raw.data(), &size) == 1 && size == raw.size());
  Digest digest;
  for (const unsigned char byte : raw) digest.hex += fmt::format("{:02x}", byte);
  return digest;
}

}  // namespace sluice::process
