#include "net/http_server.h"

#include <cerrno>
#include <chrono>
#include <set>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/text.h"
#include "net/address.h"
#include "net/event_loop_parts.h"
#include "net/listener.h"

namespace sluice::net {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Failure = boost::system::error_code;
using Socket = asio::generic::stream_protocol::socket;

constexpr std::string_view kUnixPrefix = "unix:";
constexpr std::int64_t kLingerMs = 1'000;        // for a peer that still sends after our last word
constexpr std::int64_t kAcceptAgainMs = 100;     // after the system had no descriptor left
constexpr std::size_t kDiscardMax = 16U << 20U;  // of what such a peer still sends

// The bytes of an answer. HEAD gets the same length and no body.
std::string to_bytes(const Response& response, bool keep_alive, bool without_body) {
  const auto reason =
      http::obsolete_reason(http::int_to_status(static_cast<unsigned>(response.status)));
  std::string bytes = fmt::format(
      "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n"
      "Connection: {}\r\n\r\n",
      response.status, std::string_view(reason.data(), reason.size()), response.content_type,
      response.body.size(), keep_alive ? "keep-alive" : "close");
  if (!without_body) bytes += response.body;
  return bytes;
}

Response refusal(int status, std::string_view why) {
  return {.status = status,
          .content_type = "application/problem+json",
          .body = fmt::format(R"({{"title":"{}","status":{}}})", why, status)};
}

Request to_request(http::request<http::string_body>&& message) {
  Request request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  for (const auto& field : message) {
    std::string& value = request.headers[to_lower_ascii(std::string_view(field.name_string()))];
    if (!value.empty()) value += ", ";
    value += std::string_view(field.value());
  }
  request.body = std::move(message.body());
  return request;
}

// As the kernel noted it when the connection was made; nothing for what is no UNIX socket.
std::optional<std::uint32_t> peer_of(int socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  const bool local = getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) == 0 &&
                     address.ss_family == AF_UNIX;
  ucred peer{};
  socklen_t size = sizeof peer;
  if (!local || getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
  return peer.uid;
}

// What a request that could not be read is answered; nothing where the peer is gone.
std::optional<Response> answer_to(Failure failure) {
  if (failure == http::error::body_limit) return refusal(413, "the body is too long");
  if (failure == http::error::header_limit || failure == http::error::buffer_overflow) {
    return refusal(431, "the header is too long");
  }
  if (failure == http::error::end_of_stream) return std::nullopt;
  if (failure.category() == http::make_error_code(http::error::bad_method).category()) {
    return refusal(400, "this is no HTTP request");
  }
  return std::nullopt;
}

class Session;

}  // namespace

struct HttpServer::Parts : std::enable_shared_from_this<HttpServer::Parts> {
  Parts(EventLoop& where, Handler what, ServerLimits how_much)
      : loop(where), handler(std::move(what)), limits(how_much) {}

  void accept_all();
  void accept_again_later();
  void close();

  EventLoop& loop;
  Handler handler;
  ServerLimits limits;
  Descriptor listener;
  std::string path;  // of a UNIX socket
  struct stat file{};
  bool closed = false;
  std::set<Session*> sessions;
};

namespace {

// One connection: reads a request, answers it, and so on until either side has had enough. Every
// call-back holds the session, so it lives as long as something is under way.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<HttpServer::Parts> server, Socket socket)
      : server_(std::move(server)),
        socket_(std::move(socket)),
        deadline_(socket_.get_executor()),
        buffer_(server_->limits.header_bytes_max + 4'096) {
    server_->sessions.insert(this);
  }
  ~Session() { server_->sessions.erase(this); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void read_header();
  void refuse(const Response& response) { write(to_bytes(response, false, false), false); }
  void close();

 private:
  void read_body();
  void invite_body();
  void on_request();
  void on_unreadable(Failure failure);
  void write(std::string bytes, bool keep_alive);
  void say_goodbye();
  void discard();
  void arm(std::int64_t ms);

  std::shared_ptr<HttpServer::Parts> server_;
  Socket socket_;
  asio::steady_timer deadline_;
  bool too_late_ = false;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::string out_;
  std::array<char, 4'096> discarded_{};
  std::size_t discarded_bytes_ = 0;
};

// One deadline at a time; setting the next ends the one before.
void Session::arm(std::int64_t ms) {
  too_late_ = false;
  deadline_.expires_after(std::chrono::milliseconds(ms));
  deadline_.async_wait([self = shared_from_this()](Failure failure) {
    if (failure || self->deadline_.expiry() > std::chrono::steady_clock::now()) return;
    self->too_late_ = true;
    self->socket_.cancel(failure);
  });
}

void Session::close() {
  Failure ignored;
  deadline_.cancel(ignored);
  socket_.close(ignored);
}

void Session::read_header() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(server_->limits.header_bytes_max));
  parser_->body_limit(server_->limits.body_bytes_max);
  arm(server_->limits.read_timeout_ms);
  http::async_read_header(socket_, buffer_, *parser_,
                          [self = shared_from_this()](Failure failure, std::size_t) {
                            if (failure) return self->on_unreadable(failure);
                            const auto expected = self->parser_->get()[http::field::expect];
                            if (boost::beast::iequals(expected, "100-continue")) {
                              return self->invite_body();
                            }
                            self->read_body();
                          });
}

// Some clients send a body only after they have been told that it is wanted.
void Session::invite_body() {
  out_ = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(socket_, asio::buffer(out_),
                    [self = shared_from_this()](Failure failure, std::size_t) {
                      if (failure) return self->close();
                      self->read_body();
                    });
}

void Session::read_body() {
  http::async_read(socket_, buffer_, *parser_,
                   [self = shared_from_this()](Failure failure, std::size_t) {
                     if (failure) return self->on_unreadable(failure);
                     self->on_request();
                   });
}

void Session::on_unreadable(Failure failure) {
  if (server_->closed) return close();
  if (too_late_) {
    const bool began = parser_->got_some() || buffer_.size() > 0;
    return began ? refuse(refusal(408, "the request took too long")) : close();
  }
  const auto response = answer_to(failure);
  return response ? refuse(*response) : close();
}

void Session::on_request() {
  if (server_->closed) return close();
  const bool keep_alive = parser_->get().keep_alive();
  Request request = to_request(parser_->release());
  request.peer_uid = peer_of(socket_.native_handle());
  write(to_bytes(server_->handler(request), keep_alive, request.method == "HEAD"), keep_alive);
}

void Session::write(std::string bytes, bool keep_alive) {
  if (!socket_.is_open()) return;  // the handler has ended the server
  out_ = std::move(bytes);
  arm(server_->limits.read_timeout_ms);
  asio::async_write(socket_, asio::buffer(out_),
                    [self = shared_from_this(), keep_alive](Failure failure, std::size_t) {
                      if (failure || self->server_->closed) return self->close();
                      keep_alive ? self->read_header() : self->say_goodbye();
                    });
}

// Closing while the peer still sends would reset the connection and take our answer with it.
void Session::say_goodbye() {
  Failure ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  arm(kLingerMs);
  discard();
}

void Session::discard() {
  socket_.async_read_some(asio::buffer(discarded_),
                          [self = shared_from_this()](Failure failure, std::size_t bytes) {
                            self->discarded_bytes_ += bytes;
                            if (failure || self->too_late_ || self->discarded_bytes_ > kDiscardMax)
                              return self->close();
                            self->discard();
                          });
}

}  // namespace

void HttpServer::Parts::accept_all() {
  while (!closed) {
    const int accepted = accept4(listener.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted < 0) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno != EAGAIN) accept_again_later();
      return;
    }
    Socket socket(loop.parts().io);
    Failure failure;
    socket.assign({path.empty() ? AF_INET : AF_UNIX, 0}, accepted, failure);
    if (failure) {
      ::close(accepted);
      continue;
    }
    const auto before = std::ssize(sessions);
    // Those that are being told 503 take room, too.
    if (before >= 2 * limits.connections_max) continue;
    const bool too_many = before >= limits.connections_max;
    const auto session = std::make_shared<Session>(shared_from_this(), std::move(socket));
    too_many ? session->refuse(refusal(503, "too many connections")) : session->read_header();
  }
}

// Out of descriptors the listener stays readable; watching it would turn the loop in circles.
void HttpServer::Parts::accept_again_later() {
  loop.unwatch(listener.number());
  loop.after(kAcceptAgainMs, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self || self->closed) return;
    self->loop.watch_readable(self->listener.number(), [raw = self.get()] { raw->accept_all(); });
  });
}

void HttpServer::Parts::close() {
  closed = true;
  loop.unwatch(listener.number());
  listener.close();
  for (Session* session : sessions) session->close();
  struct stat found{};
  const bool ours = !path.empty() && lstat(path.c_str(), &found) == 0 &&
                    found.st_ino == file.st_ino && found.st_dev == file.st_dev;
  if (ours) unlink(path.c_str());
}

Result<std::unique_ptr<HttpServer>> HttpServer::open(EventLoop& loop, const std::string& listen,
                                                     Handler handler, ServerLimits limits) {
  auto parts = std::make_shared<Parts>(loop, std::move(handler), limits);
  if (listen.starts_with(kUnixPrefix)) {
    parts->path = listen.substr(kUnixPrefix.size());
    Descriptor listener = SLUICE_TRY(listen_unix(parts->path, limits.unix_mode));
    parts->listener = std::move(listener);
    lstat(parts->path.c_str(), &parts->file);
  } else {
    Descriptor listener = SLUICE_TRY(listen_tcp(listen));
    parts->listener = std::move(listener);
  }
  // Raw, because close() ends the watching before the parts can go.
  loop.watch_readable(parts->listener.number(), [raw = parts.get()] { raw->accept_all(); });
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(parts)));
}

HttpServer::HttpServer(std::shared_ptr<Parts> parts) : parts_(std::move(parts)) {}
HttpServer::~HttpServer() { parts_->close(); }

int HttpServer::port() const { return port_of(parts_->listener.number()); }

}  // namespace sluice::net
