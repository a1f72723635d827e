#include "adapters/change_log/change_log_file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/descriptor.h"
#include "net/read_all.h"

namespace sluice::change_log {
namespace {

constexpr std::size_t kBytesMax = std::size_t{64} << 20U;

std::unexpected<Error> refused(const std::string& path, const char* doing) {
  const ErrorCode code = errno == EACCES || errno == EROFS || errno == EISDIR
                             ? ErrorCode::rejected
                             : ErrorCode::unavailable;
  return fail(code, std::string(doing) + " change log " + path + ": " + std::strerror(errno));
}

Result<std::string> read_all(int file, const std::string& path) {
  std::optional<std::string> bytes = net::read_all(file, kBytesMax);
  if (!bytes) return refused(path, "reading");
  if (bytes->size() > kBytesMax) {
    return fail(ErrorCode::rejected, "change log " + path + " is larger than 64 MiB");
  }
  return *std::move(bytes);
}

bool has_line(std::string_view text, std::string_view line) {
  for (std::size_t at = text.find(line); at != std::string_view::npos;
       at = text.find(line, at + 1)) {
    const bool starts = at == 0 || text[at - 1] == '\n';
    const std::size_t end = at + line.size();
    if (starts && (end == text.size() || text[end] == '\n')) return true;
  }
  return false;
}

// The name of a new file is durable only once its folder is.
Result<void> sync_folder(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const net::Descriptor descriptor(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.number() < 0 || fsync(descriptor.number()) != 0) return refused(path, "writing");
  return {};
}

}  // namespace

Result<void> ChangeLogFile::write(std::string_view line) {
  const net::Descriptor file(open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (file.number() < 0) return refused(path_, "opening");
  const std::string before = SLUICE_TRY(read_all(file.number(), path_));
  if (has_line(before, line)) return {};

  std::string added;
  if (before.empty()) added = "# Change log\n\n";
  // A line that a full disk cut short stays as it is; this one begins on its own.
  if (!before.empty() && !before.ends_with('\n')) added = "\n";
  added += std::string(line) + "\n";
  for (std::size_t at = 0; at < added.size();) {
    const ssize_t put = ::write(file.number(), added.data() + at, added.size() - at);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return refused(path_, "writing");
    at += static_cast<std::size_t>(put);
  }
  if (fsync(file.number()) != 0) return refused(path_, "writing");
  return sync_folder(path_);
}

}  // namespace sluice::change_log
