#include "server.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace storefront {
namespace {

constexpr std::size_t kHeadBytesMax = 8'192;
constexpr std::size_t kConnectionsMax = 10'000;
// Connections that are idle when it is told to stop are served for this long, so that a request
// that is already on its way is not lost.
constexpr std::int64_t kLastOrdersMs = 300;
constexpr std::int64_t kStopMaxMs = 5'000;

std::string_view phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 431: return "Request Header Fields Too Large";
    case 503: return "Service Unavailable";
    default: return "Internal Server Error";
  }
}

std::string bytes_of(const Answer& answer, bool last) {
  std::string out = "HTTP/1.1 " + std::to_string(answer.status) + " ";
  out += phrase(answer.status);
  out += "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ";
  out += std::to_string(answer.body.size());
  out += last ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n";
  return out + answer.body;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool contains_ignoring_case(std::string_view text, std::string_view wanted) {
  const auto same = [](char one, char other) { return lower(one) == other; };
  return !std::ranges::search(text, wanted, same).empty();
}

bool wants_close(std::string_view head) {
  const std::string_view first = head.substr(0, head.find("\r\n"));
  return !first.ends_with(" HTTP/1.1") || contains_ignoring_case(head, "\r\nconnection: close");
}

// A body would be taken for the next request.
bool has_body(std::string_view head) {
  return contains_ignoring_case(head, "\r\ntransfer-encoding:") ||
         (contains_ignoring_case(head, "\r\ncontent-length:") &&
          !contains_ignoring_case(head, "\r\ncontent-length: 0\r\n"));
}

}  // namespace

std::int64_t now_ms() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

Server::Server(int port, std::function<Answer(std::string_view path)> answer)
    : port_(port), answer_(std::move(answer)) {}

Server::~Server() {
  for (const auto& [descriptor, connection] : connections_) ::close(descriptor);
  if (listener_ >= 0) ::close(listener_);
  if (epoll_ >= 0) ::close(epoll_);
}

bool Server::open() {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  if (listener_ < 0 || epoll_ < 0) return false;
  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port_));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_, 1'024) != 0) {
    return false;
  }
  epoll_event event{.events = EPOLLIN, .data = {.fd = listener_}};
  return epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event) == 0;
}

void Server::run(int stop_descriptor) {
  epoll_event stop{.events = EPOLLIN, .data = {.fd = stop_descriptor}};
  epoll_ctl(epoll_, EPOLL_CTL_ADD, stop_descriptor, &stop);
  std::array<epoll_event, 256> events{};
  while (true) {
    const int count = epoll_wait(epoll_, events.data(), events.size(), patience_ms());
    for (int i = 0; i < count; ++i) {
      const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
      if (descriptor == stop_descriptor) {
        begin_to_stop(stop_descriptor);
      } else if (descriptor == listener_) {
        accept_all();
      } else {
        if ((events[static_cast<std::size_t>(i)].events & EPOLLOUT) != 0) flush(descriptor);
        read_from(descriptor);
      }
    }
    release_due();
    if (!stopping_) continue;
    const bool over = connections_.empty() || now_ms() >= stop_by_ms_;
    if ((over && held_.empty()) || now_ms() >= stop_by_ms_ + kStopMaxMs) return;
  }
}

void Server::begin_to_stop(int stop_descriptor) {
  epoll_ctl(epoll_, EPOLL_CTL_DEL, stop_descriptor, nullptr);
  ::close(std::exchange(listener_, -1));
  stopping_ = true;
  stop_by_ms_ = now_ms() + kLastOrdersMs;
}

int Server::patience_ms() const {
  constexpr std::int64_t kLong = 60'000;
  std::int64_t wake = now_ms() + kLong;
  if (!held_.empty()) wake = std::min(wake, held_.front().due_ms);
  if (stopping_) wake = std::min(wake, std::max(stop_by_ms_, now_ms() + 20));
  return static_cast<int>(std::clamp<std::int64_t>(wake - now_ms(), 0, kLong));
}

void Server::accept_all() {
  while (true) {
    const int descriptor = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
    if (descriptor < 0) return;
    const int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{.events = EPOLLIN, .data = {.fd = descriptor}};
    if (connections_.size() >= kConnectionsMax ||
        epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0) {
      ::close(descriptor);
      continue;
    }
    connections_[descriptor].serial = ++serials_;
  }
}

void Server::read_from(int descriptor) {
  const auto found = connections_.find(descriptor);
  if (found == connections_.end()) return;
  std::array<char, 4'096> part{};
  const ssize_t got = recv(descriptor, part.data(), part.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return close(descriptor);
  Connection& connection = found->second;
  if (connection.closing) return;
  connection.in.append(part.data(), static_cast<std::size_t>(got));
  // While an answer is held back requests pile up; nobody needs that many.
  if (connection.in.size() > 8 * kHeadBytesMax) return close(descriptor);
  serve(descriptor, connection);
  flush(descriptor);
}

// Every complete request there is, up to the first whose answer is held back.
void Server::serve(int descriptor, Connection& connection) {
  std::size_t used = 0;
  while (!connection.held && !connection.closing) {
    const std::string_view rest = std::string_view(connection.in).substr(used);
    const std::size_t end = rest.find("\r\n\r\n");
    if (std::min(end, rest.size()) > kHeadBytesMax) {
      connection.closing = true;
      connection.out += bytes_of({.status = 431, .body = "too long\n"}, true);
    }
    if (end == rest.npos || connection.closing) break;
    take_request(descriptor, connection, rest.substr(0, end + 2));
    used += end + 4;
  }
  connection.in.erase(0, used);
}

void Server::take_request(int descriptor, Connection& connection, std::string_view head) {
  const std::string_view line = head.substr(0, head.find("\r\n"));
  const std::size_t target = line.find(' ');
  const std::size_t version = line.rfind(' ');
  Answer answer{.status = 400, .body = "not understood\n"};
  bool last = true;
  if (target != line.npos && version > target && line.substr(version + 1).starts_with("HTTP/1.")) {
    const bool get = line.substr(0, target) == "GET" && !has_body(head);
    last = stopping_ || !get || wants_close(head);
    const std::string_view path = line.substr(target + 1, version - target - 1);
    answer = get ? answer_(path.substr(0, path.find('?'))) : Answer{405, "only GET\n"};
  }
  connection.closing = last;
  if (answer.delay_ms == 0) {
    connection.out += bytes_of(answer, last);
    return;
  }
  connection.held = true;
  held_.push_back(
      {now_ms() + answer.delay_ms, descriptor, connection.serial, bytes_of(answer, last)});
}

void Server::release_due() {
  while (!held_.empty() && held_.front().due_ms <= now_ms()) {
    Held held = std::move(held_.front());
    held_.pop_front();
    const auto found = connections_.find(held.descriptor);
    if (found == connections_.end() || found->second.serial != held.serial) continue;
    found->second.held = false;
    found->second.out += held.bytes;
    serve(held.descriptor, found->second);
    flush(held.descriptor);
  }
}

void Server::flush(int descriptor) {
  const auto found = connections_.find(descriptor);
  if (found == connections_.end()) return;
  Connection& connection = found->second;
  while (!connection.out.empty()) {
    const ssize_t sent =
        send(descriptor, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) return note_blocked(descriptor, connection, true);
    if (sent < 0) return close(descriptor);
    connection.out.erase(0, static_cast<std::size_t>(sent));
  }
  note_blocked(descriptor, connection, false);
  if (connection.closing && !connection.held) close(descriptor);
}

void Server::note_blocked(int descriptor, Connection& connection, bool blocked) {
  if (connection.blocked == blocked) return;
  connection.blocked = blocked;
  const std::uint32_t events = blocked ? EPOLLIN | EPOLLOUT : EPOLLIN;
  epoll_event event{.events = events, .data = {.fd = descriptor}};
  epoll_ctl(epoll_, EPOLL_CTL_MOD, descriptor, &event);
}

void Server::close(int descriptor) {
  ::close(descriptor);
  connections_.erase(descriptor);
}

}  // namespace storefront
