// TestServer: an HttpServer on a loop and a thread of its own. For tests only.
//
// The handler is called on that thread.
#pragma once

#include <filesystem>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "net/event_loop.h"
#include "net/http_server.h"

namespace sluice::net {

class TestServer {
 public:
  explicit TestServer(HttpServer::Handler handler, ServerLimits limits = {},
                      const std::string& listen = "127.0.0.1:0") {
    auto opened = HttpServer::open(loop_, listen, std::move(handler), limits);
    REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().message));
    server_ = std::move(*opened);
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~TestServer() { stop(); }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  // Ends every connection, and nobody listens on the port any more.
  void stop() {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
    server_.reset();
  }

  [[nodiscard]] int port() const { return server_->port(); }
  [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}", port()); }

 private:
  EventLoop loop_;
  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
};

class TestFolder {
 public:
  TestFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sluice-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace sluice::net
