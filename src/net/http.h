// HTTP as plain values, for server and client alike.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace sluice::net {

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
