#include "adapters/process/artifact_store.h"

#include <cstdlib>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/process/digested_file.h"
#include "base/text.h"
#include "net/descriptor.h"
#include "net/system_error.h"

namespace sluice::process {
namespace {

// A new file in the folder, gone again unless it was given its name.
class Incoming {
 public:
  explicit Incoming(const std::string& folder)
      : folder_(folder), path_(folder + "/.incoming-XXXXXX") {
    file_ = net::Descriptor(::mkostemp(path_.data(), O_CLOEXEC));
  }
  ~Incoming() {
    if (file_.is_open() && !named_) ::unlink(path_.c_str());
  }
  Incoming(const Incoming&) = delete;
  Incoming& operator=(const Incoming&) = delete;

  [[nodiscard]] bool is_open() const { return file_.is_open(); }

  [[nodiscard]] Result<void> write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = ::write(file_.number(), bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return net::system_error("writing", path_);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
  }

  // Durable when it returns.
  [[nodiscard]] Result<void> name(const std::string& path) {
    const int file = file_.number();
    if (::fchmod(file, 0555) != 0 || ::fsync(file) != 0) return net::system_error("syncing", path_);
    if (::rename(path_.c_str(), path.c_str()) != 0) return net::system_error("renaming to", path);
    named_ = true;
    const net::Descriptor opened(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened.is_open() || ::fsync(opened.number()) != 0)
      return net::system_error("syncing", folder_);
    return {};
  }

 private:
  std::string folder_;
  std::string path_;
  net::Descriptor file_;
  bool named_ = false;
};

Result<Digest> copy(DigestedFile& from, const Incoming& to, const ReadSoFar& read_so_far) {
  std::int64_t bytes = 0;
  for (;;) {
    const std::string_view part = SLUICE_TRY(from.next());
    if (part.empty()) return from.digest();
    SLUICE_TRY(to.write(part));
    bytes += std::ssize(part);
    if (read_so_far) read_so_far(bytes);
  }
}

}  // namespace

std::string artifact_path(const std::string& folder, const Digest& digest) {
  return folder + "/" + digest.hex;
}

Result<Artifact> store_artifact(const std::string& folder, const std::string& source_path,
                                const std::string& name, const ReadSoFar& read_so_far) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return net::system_error("creating", folder);
  DigestedFile source = SLUICE_TRY(DigestedFile::open(source_path, kArtifactBytesMax));
  Incoming incoming(folder);
  if (!incoming.is_open()) return net::system_error("creating a file in", folder);
  Artifact artifact{.name = name, .location = source_path, .digest = {}};
  artifact.digest = SLUICE_TRY(copy(source, incoming, read_so_far));
  if (check_artifact(folder, artifact)) return artifact;
  SLUICE_TRY(incoming.name(artifact_path(folder, artifact.digest)));
  return artifact;
}

Result<Artifact> stored_artifact(const std::string& folder, const std::string& name,
                                 const Digest& digest) {
  if (identify_file(artifact_path(folder, digest))) return Artifact{name, {}, digest};
  return fail(ErrorCode::not_found, fmt::format("artifact `{}` with digest {} is not in the store",
                                                printable(name, 60), digest.brief()));
}

Result<void> check_artifact(const std::string& folder, const Artifact& artifact) {
  const std::string path = artifact_path(folder, artifact.digest);
  DigestedFile file = SLUICE_TRY(DigestedFile::open(path, kArtifactBytesMax));
  for (;;) {
    const std::string_view part = SLUICE_TRY(file.next());
    if (part.empty()) break;
  }
  if (file.digest() == artifact.digest) return {};
  return fail(ErrorCode::corrupt, fmt::format("artifact `{}`: its stored bytes were changed: {}",
                                              printable(artifact.name, 60), path));
}

}  // namespace sluice::process
