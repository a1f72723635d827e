// Sockets that wait for connections: the listening half of HttpServer.
#pragma once

#include <string>

#include "base/result.h"
#include "net/descriptor.h"

namespace sluice::net {

// A UNIX socket with this mode. A socket file that refuses connections is stale and is replaced;
// one that somebody answers on, and a file that is no socket, are `conflict` and left alone. The
// caller removes the file.
[[nodiscard]] Result<Descriptor> listen_unix(const std::string& path, unsigned mode = 0600);

// "<IPv4 address>:<port>"; `conflict` when the port is taken.
[[nodiscard]] Result<Descriptor> listen_tcp(const std::string& address);

}  // namespace sluice::net
