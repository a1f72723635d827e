// HTTP client, by libcurl: http and https, and UNIX sockets for Sluice's own API.
//
// Redirects are not followed, proxies named in environment variables are not used, and a response
// beyond body_bytes_max is an error (`rejected`), not cut. An error names method and URL, without
// query, and never holds a password or token.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/http.h"

namespace sluice::net {

struct Call {
  std::string url;
  std::string unix_socket;  // path; empty: by the URL's host
  std::string method = "GET";
  std::string body;
  std::string content_type = "application/json";
  std::string bearer_token;  // never appears in an error
  std::int64_t timeout_ms = 5'000;
  std::size_t body_bytes_max = 8U << 20U;
  bool fresh_connection = false;  // a new one, closed afterwards: for probes and smoke tests
};

// Waits. `unavailable` when there is no answer, `invalid_input` when the call cannot be made as
// described; an HTTP status is not an error.
[[nodiscard]] Result<Response> call(const Call& call);

// Many calls at once, without waiting: step() does what can be done now and makes the call-backs,
// one for each call, never from within start(). Calls under way at the end are dropped in silence.
class HttpClient {
 public:
  using Done = std::function<void(Result<Response>)>;
  HttpClient();
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  void start(const Call& call, Done done);
  void step();
  [[nodiscard]] int under_way() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sluice::net
