#include "net/listener.h"

#include <cerrno>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/text.h"
#include "net/address.h"

namespace sluice::net {
namespace {

constexpr int kBacklog = 128;

ErrorCode code_for(int number) {
  return number == EADDRINUSE ? ErrorCode::conflict : ErrorCode::unavailable;
}

std::unexpected<Error> cannot_listen(const std::string& where, int number) {
  return fail(code_for(number),
              fmt::format("cannot listen on `{}`: {}", printable(where), errno_text(number)));
}

Result<Descriptor> listen_on(int family, const Address& address, const std::string& where) {
  Descriptor listener(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!listener.is_open()) return cannot_listen(where, errno);
  const int yes = 1;  // else a restart would have to wait for the connections of its predecessor
  if (family == AF_INET) {
    setsockopt(listener.number(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  }
  if (bind(listener.number(), address.pointer(), address.length) != 0 ||
      listen(listener.number(), kBacklog) != 0) {
    return cannot_listen(where, errno);
  }
  return listener;
}

// Removes a socket file that nobody answers on; whatever else is there stays.
Result<void> remove_stale(const std::string& path, const Address& address) {
  struct stat found{};
  if (lstat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return {};
    return cannot_listen(path, errno);
  }
  if (!S_ISSOCK(found.st_mode)) {
    return fail(ErrorCode::conflict, fmt::format("`{}` exists and is no socket", printable(path)));
  }
  const Descriptor asking(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!asking.is_open()) return cannot_listen(path, errno);
  if (connect(asking.number(), address.pointer(), address.length) == 0 || errno != ECONNREFUSED) {
    return fail(ErrorCode::conflict,
                fmt::format("somebody listens on `{}` already", printable(path)));
  }
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return cannot_listen(path, errno);
  return {};
}

}  // namespace

Result<Descriptor> listen_unix(const std::string& path, unsigned mode) {
  const Address address = SLUICE_TRY(unix_address(path));
  SLUICE_TRY(remove_stale(path, address));
  // The mode has to be right from the first instant, so chmod afterwards would be too late.
  const mode_t before = umask(0777U & ~mode);
  auto listener = listen_on(AF_UNIX, address, path);
  umask(before);
  return listener;
}

Result<Descriptor> listen_tcp(const std::string& address) {
  const Address parsed = SLUICE_TRY(parse_ip_address(address));
  return listen_on(AF_INET, parsed, address);
}

}  // namespace sluice::net
