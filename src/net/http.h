// HTTP as plain values, for server and client alike.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace sluice::net {

struct Request {
  std::string method = "GET";
  std::string target;                          // path and query
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
};

}  // namespace sluice::net
