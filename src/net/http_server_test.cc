#include "net/http_server.h"

#include <atomic>
#include <chrono>

#include <sys/socket.h>
#include <sys/stat.h>

#include "net/address.h"
#include "net/http_client.h"
#include "net/listener.h"
#include "net/test_server.h"

using namespace sluice;
using net::Descriptor;
using net::HttpServer;
using net::Request;
using net::Response;
using net::ServerLimits;
using net::TestServer;

namespace {

using std::chrono::milliseconds;

Response say(const Request& request) {
  return {.status = 200, .content_type = "text/plain", .body = request.method + request.body};
}

Descriptor connect_to(int port) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = net::parse_ip_address(fmt::format("127.0.0.1:{}", port));
  REQUIRE(connect(socket.number(), address->pointer(), address->length) == 0);
  const timeval patience{.tv_sec = 5, .tv_usec = 0};
  setsockopt(socket.number(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return socket;
}

void send_bytes(const Descriptor& socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the server has had enough
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

// Until the server closes, or 5 seconds have passed, which no test expects.
std::string read_to_end(const Descriptor& socket) {
  std::string all;
  std::array<char, 4'096> piece;
  for (;;) {
    const ssize_t got = recv(socket.number(), piece.data(), piece.size(), 0);
    if (got <= 0) return got == 0 ? all : all + "<broken>";
    all.append(piece.data(), static_cast<std::size_t>(got));
  }
}

// What the server answers to these bytes, with the connection closed by it.
std::string answer_to(int port, std::string_view bytes) {
  const Descriptor socket = connect_to(port);
  send_bytes(socket, bytes);
  return read_to_end(socket);
}

bool still_serves(const TestServer& server) {
  const auto answer = net::call({.url = server.url() + "/"});
  return answer && answer->body == "GET";
}

}  // namespace

TEST_CASE("http server: the handler gets names in lower case, repeated headers joined") {
  Request seen;
  TestServer server([&](const Request& request) {
    seen = request;
    return Response{.status = 201, .body = "{}"};
  });
  const std::string answer =
      answer_to(server.port(),
                "POST /a?b=c HTTP/1.1\r\nHost: x\r\nX-Two: 1\r\nx-two: 2\r\nContent-Length: 3\r\n"
                "Connection: close\r\n\r\nabc");
  server.stop();
  CHECK(answer.starts_with("HTTP/1.1 201 Created\r\n"));
  CHECK(answer.contains("Content-Type: application/json\r\n"));
  CHECK(answer.ends_with("\r\n\r\n{}"));
  CHECK(seen.method == "POST");
  CHECK(seen.target == "/a?b=c");
  CHECK(seen.body == "abc");
  CHECK(seen.headers["x-two"] == "1, 2");
}

TEST_CASE("http server: keeps a connection, and answers requests sent ahead in order") {
  const TestServer server(say);
  const std::string answer = answer_to(server.port(),
                                       "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n1"
                                       "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n2"
                                       "HEAD / HTTP/1.1\r\n\r\n"
                                       "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
                                       "Connection: close\r\n\r\n1\r\n3\r\n0\r\n\r\n");
  const std::size_t one = answer.find("POST1HTTP");
  const std::size_t two = answer.find("POST2HTTP");
  CHECK(one != std::string::npos);
  CHECK(two != std::string::npos);
  CHECK(one < two);
  CHECK(
      answer.contains("Content-Length: 4\r\nCache-Control: no-store\r\nConnection: keep-alive"
                      "\r\n\r\nHTTP"));  // HEAD: a length and no body
  CHECK(answer.ends_with("POST3"));
}

TEST_CASE(
    "http server: a body or a header beyond the limit is 413 or 431, and the next is served") {
  const TestServer server(say, {.body_bytes_max = 100, .header_bytes_max = 1'000});
  const std::string long_body(50'000, 'x');
  const auto post = [&](std::string_view header) {
    return answer_to(server.port(), fmt::format("POST / HTTP/1.1\r\n{}\r\n{}", header, long_body));
  };
  CHECK(post("Content-Length: 50000\r\n").starts_with("HTTP/1.1 413 "));
  CHECK(post("Content-Length: 99999999999999\r\n").starts_with("HTTP/1.1 413 "));
  CHECK(answer_to(server.port(),
                  "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nc350\r\n" + long_body)
            .starts_with("HTTP/1.1 413 "));
  CHECK(post("X: " + std::string(1'000, 'y') + "\r\n").starts_with("HTTP/1.1 431 "));
  CHECK(answer_to(server.port(), "GET /" + std::string(200'000, 'a')).starts_with("HTTP/1.1 431 "));
  CHECK(still_serves(server));
}

TEST_CASE("http server: bytes that are no HTTP are 400 and do no harm") {
  const TestServer server(say);
  for (const std::string& bytes :
       {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15),
        std::string("\0\0\0\0\r\n\r\n", 8), std::string("GET\r\n\r\n"),
        std::string("GET / HTTP/9.9\r\n\r\n"), std::string("GET / HTTP/1.1\r\nno colon\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        std::string("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")}) {
    CAPTURE(bytes);
    CHECK(answer_to(server.port(), bytes).starts_with("HTTP/1.1 400 "));
  }
  CHECK(still_serves(server));
}

TEST_CASE("http server: half a request is 408 when its time is over, silence is just closed") {
  const TestServer server(say, {.read_timeout_ms = 150});
  CHECK(answer_to(server.port(), "GET / HT").starts_with("HTTP/1.1 408 "));
  CHECK(answer_to(server.port(), "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc")
            .starts_with("HTTP/1.1 408 "));
  CHECK(answer_to(server.port(), "").empty());
  CHECK(still_serves(server));
}

TEST_CASE("http server: a byte now and then does not keep a request alive") {
  const TestServer server(say, {.read_timeout_ms = 100});
  const Descriptor socket = connect_to(server.port());
  const auto begin = std::chrono::steady_clock::now();
  std::string answer;
  while (answer.empty() && std::chrono::steady_clock::now() - begin < std::chrono::seconds(3)) {
    send_bytes(socket, "G");
    std::this_thread::sleep_for(milliseconds(10));
    char bytes[64];
    const ssize_t got = recv(socket.number(), bytes, sizeof bytes, MSG_DONTWAIT);
    if (got > 0) answer.assign(bytes, static_cast<std::size_t>(got));
  }
  CHECK(answer.starts_with("HTTP/1.1 40"));  // 408, or 400 as soon as that can be no method
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(1));
}

TEST_CASE("http server: a peer that does not take its answer is closed") {
  const TestServer server(
      [](const Request&) { return Response{.body = std::string(32U << 20U, 'x')}; },
      {.read_timeout_ms = 150});
  const Descriptor socket = connect_to(server.port());
  send_bytes(socket, "GET / HTTP/1.1\r\n\r\n");
  std::this_thread::sleep_for(milliseconds(600));
  CHECK(read_to_end(socket).size() < 32U << 20U);
}

TEST_CASE("http server: a peer that leaves in the middle does no harm") {
  const TestServer server(say);
  for (const char* bytes : {"", "GET", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab"}) {
    const Descriptor socket = connect_to(server.port());
    send_bytes(socket, bytes);
    const linger at_once{.l_onoff = 1, .l_linger = 0};  // a reset instead of an end
    setsockopt(socket.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  CHECK(still_serves(server));
}

TEST_CASE("http server: a connection too many is 503, and there is room again when one has gone") {
  const TestServer server(say, {.connections_max = 2});
  Descriptor first = connect_to(server.port());
  const Descriptor second = connect_to(server.port());
  std::this_thread::sleep_for(milliseconds(20));
  CHECK(answer_to(server.port(), "").starts_with("HTTP/1.1 503 "));
  first.close();
  bool room = false;
  for (int i = 0; i < 100 && !room; ++i) {
    std::this_thread::sleep_for(milliseconds(20));
    room = still_serves(server);
  }
  CHECK(room);
}

TEST_CASE("http server: a client that waits for leave to send its body gets it") {
  const TestServer server(say);
  const Descriptor socket = connect_to(server.port());
  send_bytes(socket,
             "POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n"
             "Connection: close\r\n\r\n");
  char leave[25];
  REQUIRE(recv(socket.number(), leave, sizeof leave, MSG_WAITALL) == 25);
  CHECK(std::string_view(leave, 25) == "HTTP/1.1 100 Continue\r\n\r\n");
  send_bytes(socket, "ok");
  CHECK(read_to_end(socket).ends_with("POSTok"));
}

TEST_CASE("http server: a UNIX socket is for its owner alone, and gone when the server is") {
  const net::TestFolder folder;
  const std::string path = folder / "api.sock";
  {
    const TestServer server(say, {}, "unix:" + path);
    struct stat found{};
    REQUIRE(stat(path.c_str(), &found) == 0);
    CHECK((found.st_mode & 0777U) == 0600U);
    CHECK(net::call({.url = "http://sluice/", .unix_socket = path})->body == "GET");
  }
  CHECK(!std::filesystem::exists(path));
}

TEST_CASE("http server: a stale socket is replaced; a live one and an ordinary file are not") {
  const net::TestFolder folder;
  const std::string path = folder / "api.sock";
  {
    const auto left_behind = net::listen_unix(path);
  }
  REQUIRE(std::filesystem::exists(path));
  const TestServer server(say, {}, "unix:" + path);

  net::EventLoop loop;
  const auto second = HttpServer::open(loop, "unix:" + path, say);
  REQUIRE(!second.has_value());
  CHECK(second.error().code == ErrorCode::conflict);
  CHECK(net::call({.url = "http://sluice/", .unix_socket = path}).has_value());

  const std::string file = folder / "notes.txt";
  fclose(fopen(file.c_str(), "w"));
  const auto third = HttpServer::open(loop, "unix:" + file, say);
  REQUIRE(!third.has_value());
  CHECK(third.error().code == ErrorCode::conflict);
  CHECK(third.error().message.contains("is no socket"));
  CHECK(std::filesystem::exists(file));
}

TEST_CASE("http server: a UNIX socket may be opened to everybody, where that is asked for") {
  const net::TestFolder folder;
  const std::string path = folder / "people.sock";
  const TestServer server(say, {.unix_mode = 0666}, "unix:" + path);
  struct stat found{};
  REQUIRE(stat(path.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777U) == 0666U);
}

TEST_CASE("http server: who is at the other end of a UNIX socket is known, of TCP nobody") {
  const net::TestFolder folder;
  const std::string path = folder / "who.sock";
  const auto who = [](const Request& request) {
    return Response{.body = request.peer_uid ? std::to_string(*request.peer_uid) : "nobody"};
  };
  const TestServer local(who, {}, "unix:" + path);
  CHECK(net::call({.url = "http://sluice/", .unix_socket = path})->body ==
        std::to_string(::getuid()));
  const TestServer remote(who);
  CHECK(net::call({.url = remote.url()})->body == "nobody");
}

TEST_CASE("http server: addresses that cannot be are refused with the reason") {
  net::EventLoop loop;
  const TestServer server(say);
  const auto taken = HttpServer::open(loop, fmt::format("127.0.0.1:{}", server.port()), say);
  REQUIRE(!taken.has_value());
  CHECK(taken.error().code == ErrorCode::conflict);

  const auto too_long = HttpServer::open(loop, "unix:/tmp/" + std::string(200, 'x'), say);
  REQUIRE(!too_long.has_value());
  CHECK(too_long.error().code == ErrorCode::invalid_input);
  CHECK(too_long.error().message.contains("the system allows 107"));

  CHECK(HttpServer::open(loop, "somewhere", say).error().code == ErrorCode::invalid_input);
  CHECK(HttpServer::open(loop, "unix:/nowhere/at/all", say).error().code == ErrorCode::unavailable);
}

TEST_CASE("http server: the handler is not called any more once the server is gone") {
  net::EventLoop loop;
  int calls = 0;
  auto server = HttpServer::open(loop, "127.0.0.1:0", [&](const Request&) {
    ++calls;
    return Response{};
  });
  REQUIRE(server.has_value());
  const Descriptor socket = connect_to((*server)->port());
  loop.after(20, [&] { server->reset(); });
  loop.after(30, [&] { send_bytes(socket, "GET / HTTP/1.1\r\n\r\n"); });
  loop.after(60, [&] { loop.stop(); });
  loop.run();
  CHECK(calls == 0);
}
