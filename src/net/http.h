// HTTP as plain values, for server and client alike.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::net {

// Safe in a path or a query of a URL: all but letters, digits and `-._~` as %XX (RFC 3986, 2.1).
[[nodiscard]] std::string percent_encoded(std::string_view text);

struct Request {
  std::string method = "GET";
  std::string target;                          // path and query
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  // The user that the kernel says is at the other end of a UNIX socket.
  std::optional<std::uint32_t> peer_uid = {};
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
};

}  // namespace sluice::net
