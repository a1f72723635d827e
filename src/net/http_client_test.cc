#include "net/http_client.h"

#include <atomic>
#include <chrono>

#include "base/text.h"
#include "net/test_server.h"

using namespace sluice;
using net::Call;
using net::HttpClient;
using net::Request;
using net::Response;
using net::TestServer;

namespace {

Response echo(const Request& request) {
  const auto header = [&](const char* name) {
    const auto found = request.headers.find(name);
    return found == request.headers.end() ? std::string("-") : found->second;
  };
  return {.status = 200,
          .content_type = "text/plain",
          .body = fmt::format("{} {} type={} auth={} body={}", request.method, request.target,
                              header("content-type"), header("authorization"), request.body)};
}

bool step_until(HttpClient& client, const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(3);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    client.step();
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  return true;
}

}  // namespace

TEST_CASE("call: method, target, body, content type and token arrive") {
  const TestServer server(echo);
  const auto get = net::call({.url = server.url() + "/a?b=c"});
  REQUIRE(get.has_value());
  CHECK(get->status == 200);
  CHECK(get->content_type == "text/plain");
  CHECK(get->body == "GET /a?b=c type=- auth=- body=");

  const auto post = net::call(
      {.url = server.url() + "/x", .method = "POST", .body = "{}", .bearer_token = "t0ken"});
  REQUIRE(post.has_value());
  CHECK(post->body == "POST /x type=application/json auth=Bearer t0ken body={}");

  const auto removed = net::call({.url = server.url() + "/x", .method = "DELETE"});
  REQUIRE(removed.has_value());
  CHECK(removed->body == "DELETE /x type=- auth=- body=");
}

TEST_CASE("call: goes to a UNIX socket when one is named") {
  const net::TestFolder folder;
  const TestServer server(echo, {}, "unix:" + (folder / "api.sock"));
  const auto answer =
      net::call({.url = "http://sluice/status", .unix_socket = folder / "api.sock"});
  REQUIRE(answer.has_value());
  CHECK(answer->body == "GET /status type=- auth=- body=");
}

TEST_CASE("call: an HTTP status is not an error, and a redirect is not followed") {
  const TestServer server([](const Request& request) {
    return Response{.status = request.target == "/moved" ? 302 : 503, .body = "{}"};
  });
  CHECK(net::call({.url = server.url() + "/moved"})->status == 302);
  CHECK(net::call({.url = server.url() + "/other"})->status == 503);
}

TEST_CASE("call: no answer is unavailable, and the error holds neither token, password nor query") {
  const auto answer = net::call({.url = "http://user:passw0rd@127.0.0.1:1/a/b?key=secret",
                                 .bearer_token = "t0ken",
                                 .timeout_ms = 2'000});
  REQUIRE(!answer.has_value());
  CHECK(answer.error().code == ErrorCode::unavailable);
  CHECK(answer.error().message.starts_with("GET http://127.0.0.1:1/a/b: "));
  for (const char* secret : {"t0ken", "passw0rd", "secret", "user"}) {
    CHECK(!answer.error().message.contains(secret));
  }
}

TEST_CASE("call: an answer that does not come ends at the timeout") {
  const TestServer server([](const Request&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    return Response{};
  });
  const auto answer = net::call({.url = server.url(), .timeout_ms = 50});
  REQUIRE(!answer.has_value());
  CHECK(answer.error().code == ErrorCode::unavailable);
  CHECK(to_lower_ascii(answer.error().message).contains("timed out"));
}

TEST_CASE("call: an answer beyond the limit is rejected, not cut") {
  const TestServer server([](const Request&) { return Response{.body = std::string(2'000, 'x')}; });
  const auto answer = net::call({.url = server.url(), .body_bytes_max = 1'999});
  REQUIRE(!answer.has_value());
  CHECK(answer.error().code == ErrorCode::rejected);
  CHECK(net::call({.url = server.url(), .body_bytes_max = 2'000})->body.size() == 2'000);
}

TEST_CASE("call: only http and https, and no control characters") {
  for (const char* url :
       {"file:///etc/passwd", "ftp://127.0.0.1/x", "", "http://a b/", "gopher://x"}) {
    CAPTURE(url);
    const auto answer = net::call({.url = url, .timeout_ms = 500});
    REQUIRE(!answer.has_value());
    CHECK(answer.error().code == ErrorCode::invalid_input);
  }
  CHECK(net::call({.url = "http://127.0.0.1:1/\r\nX: y"}).error().code == ErrorCode::invalid_input);
  const auto split = net::call({.url = "http://127.0.0.1:1/", .bearer_token = "a\r\nX: y"});
  CHECK(split.error().code == ErrorCode::invalid_input);
  CHECK(!split.error().message.contains("X: y"));
}

TEST_CASE("call: a proxy named in the environment is not used") {
  const TestServer server(echo);
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  const auto answer = net::call({.url = server.url() + "/direct"});
  unsetenv("http_proxy");
  REQUIRE(answer.has_value());
  CHECK(answer->body.starts_with("GET /direct"));
}

TEST_CASE("http client: many calls go on at once, and step() does not wait for them") {
  std::atomic<int> served = 0;
  const TestServer server([&](const Request&) {
    ++served;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    return Response{};
  });
  HttpClient client;
  int done = 0;
  for (int i = 0; i < 3; ++i) {
    client.start({.url = server.url()},
                 [&](Result<Response> answer) { done += answer.has_value(); });
  }
  CHECK(client.under_way() == 3);
  const auto begin = std::chrono::steady_clock::now();
  client.step();
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(90));
  CHECK(step_until(client, [&] { return done == 3; }));
  CHECK(client.under_way() == 0);
  CHECK(served == 3);
}

TEST_CASE("http client: a call-back may start the next call, and failures come back, too") {
  const TestServer server(echo);
  HttpClient client;
  std::vector<std::string> order;
  client.start({.url = "ftp://nowhere"}, [&](Result<Response> first) {
    order.push_back(first ? "answer" : "error");
    client.start({.url = server.url() + "/two"}, [&](Result<Response> second) {
      order.push_back(second ? second->body.substr(0, 8) : second.error().message);
    });
  });
  CHECK(order.empty());
  CHECK(step_until(client, [&] { return order.size() == 2; }));
  CHECK(order == std::vector<std::string>{"error", "GET /two"});
}

TEST_CASE("http client: calls under way at the end are dropped in silence") {
  const TestServer server(echo);
  bool called = false;
  {
    HttpClient client;
    client.start({.url = server.url()}, [&](Result<Response>) { called = true; });
    client.step();
  }
  CHECK(!called);
}
