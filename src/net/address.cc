#include "net/address.h"

#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "base/text.h"

namespace sluice::net {

Result<Address> parse_ip_address(const std::string& text) {
  const auto refuse = [&] {
    return fail(ErrorCode::invalid_input,
                fmt::format("address `{}` is not <IPv4 address>:<port>", printable(text)));
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return refuse();
  const auto port = parse_integer(std::string_view(text).substr(colon + 1));
  sockaddr_in ip{};
  ip.sin_family = AF_INET;
  if (!port || *port < 0 || *port > 65'535) return refuse();
  if (inet_pton(AF_INET, text.substr(0, colon).c_str(), &ip.sin_addr) != 1) return refuse();
  ip.sin_port = htons(static_cast<std::uint16_t>(*port));

  Address address;
  std::memcpy(&address.bytes, &ip, sizeof ip);
  address.length = sizeof ip;
  return address;
}

Result<Address> unix_address(const std::string& path) {
  if (path.empty() || path.contains('\0')) {
    return fail(ErrorCode::invalid_input, "the path of a socket is empty or holds a zero byte");
  }
  if (path.size() > kUnixPathMax) {
    return fail(ErrorCode::invalid_input,
                fmt::format("the path of socket `{}` has {} bytes; the system allows {}",
                            printable(path), path.size(), kUnixPathMax));
  }
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  std::memcpy(local.sun_path, path.data(), path.size());

  Address address;
  std::memcpy(&address.bytes, &local, sizeof local);
  address.length = sizeof local;
  return address;
}

int port_of(int descriptor) {
  sockaddr_in ip{};
  socklen_t length = sizeof ip;
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&ip), &length) != 0) return 0;
  return ip.sin_family == AF_INET ? ntohs(ip.sin_port) : 0;
}

std::string errno_text(int number) {
  const char* text = strerrordesc_np(number);
  return text == nullptr ? fmt::format("error {}", number) : to_lower_ascii(text);
}

}  // namespace sluice::net
