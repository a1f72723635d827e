// HttpServer: HTTP/1.1 on a UNIX socket, or on 127.0.0.1 for the webhook.
//
// Requests beyond the limits are answered 413, 431 or 408 and the connection is closed; what is no
// HTTP is answered 400, and a connection too many 503. A UNIX socket is created with its mode; a
// stale socket file is replaced, a live one is `conflict`. The file is removed at the end.
//
// The handler runs on the loop's thread, one request at a time, and is not called after the server
// is gone. The loop outlives the server.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/event_loop.h"
#include "net/http.h"

namespace sluice::net {

struct ServerLimits {
  std::size_t body_bytes_max = 1U << 20U;
  std::size_t header_bytes_max = 16U << 10U;
  std::int64_t read_timeout_ms = 10'000;  // for a whole request, and again for taking the answer
  int connections_max = 64;
  unsigned unix_mode = 0600;  // of a UNIX socket's file: who may connect
};

class HttpServer {
 public:
  using Handler = std::function<Response(const Request&)>;

  // `listen` is "unix:<path>" or "<ip>:<port>" (port 0: any free one, see port()).
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> open(EventLoop& loop,
                                                                const std::string& listen,
                                                                Handler handler,
                                                                ServerLimits limits = {});
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] int port() const;  // 0 for a UNIX socket

  struct Parts;  // for http_server.cc alone

 private:
  explicit HttpServer(std::shared_ptr<Parts> parts);
  std::shared_ptr<Parts> parts_;
};

}  // namespace sluice::net
