#include "guard/port.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "net/descriptor.h"

namespace sluice::guard {

bool port_is_free(int port) {
  const net::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<in_port_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return true;
  }
  return errno != EADDRINUSE;  // a port that may not be had at all is the service's to explain
}

}  // namespace sluice::guard
