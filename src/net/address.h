// Address: where a socket listens or connects to, as the kernel wants it.
#pragma once

#include <string>

#include <sys/socket.h>

#include "base/result.h"

namespace sluice::net {

// The longest path of a UNIX socket; the kernel keeps one more byte for the end.
inline constexpr std::size_t kUnixPathMax = 107;

struct Address {
  sockaddr_storage bytes{};
  socklen_t length = 0;

  [[nodiscard]] const sockaddr* pointer() const {
    return reinterpret_cast<const sockaddr*>(&bytes);
  }
};

// "127.0.0.1:5514": IPv4, numbers only. `invalid_input` for anything else.
[[nodiscard]] Result<Address> parse_ip_address(const std::string& text);
// `invalid_input` when the path is empty or longer than kUnixPathMax bytes.
[[nodiscard]] Result<Address> unix_address(const std::string& path);

// The port that a bound socket listens on; 0 where it has none.
[[nodiscard]] int port_of(int descriptor);

// "connection refused": what an errno means, for the end of an error message.
[[nodiscard]] std::string errno_text(int number);

}  // namespace sluice::net
