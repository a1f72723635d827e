#include "guard/durable_file.h"

#include <array>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "net/system_error.h"
#include "net/write_all.h"
#include "net/descriptor.h"

namespace sluice::guard {
namespace {

// The name of a file is data of its folder.
Result<void> sync_folder_of(const std::string& path) {
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  const net::Descriptor opened(
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.is_open() || ::fsync(opened.number()) != 0) return net::system_error("syncing", folder);
  return {};
}

}  // namespace

Result<void> replace_file(const std::string& path, std::string_view bytes, Durability durability) {
  const bool durable = durability == Durability::survives_power;
  const std::string fresh = path + ".new";
  {
    const net::Descriptor file(
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.is_open()) return net::system_error("opening", fresh);
    SLUICE_TRY(net::write_all(file.number(), bytes, fresh));
    if (durable && ::fsync(file.number()) != 0) return net::system_error("syncing", fresh);
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) return net::system_error("renaming to", path);
  return durable ? sync_folder_of(path) : Result<void>{};
}

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  const net::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return net::system_error("opening", path);
  std::string bytes;
  std::array<char, 64U << 10U> part{};
  for (;;) {
    const ssize_t count = ::read(file.number(), part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return net::system_error("reading", path);
    if (count == 0) return bytes;
    bytes.append(part.data(), static_cast<std::size_t>(count));
    if (bytes.size() > bytes_max) return fail(ErrorCode::rejected, path + ": too large");
  }
}

Result<void> remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0) {
    if (errno == ENOENT) return {};
    return net::system_error("removing", path);
  }
  return sync_folder_of(path);
}

}  // namespace sluice::guard
