#include "live/support/test_origin.h"

#include <chrono>
#include <cstring>
#include <list>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sluice::live {
namespace {

using Clock = std::chrono::steady_clock;

int listen_on(int port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int yes = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::abort();
  if (listen(descriptor, 256) != 0) std::abort();
  return descriptor;
}

struct Connection {
  int descriptor = -1;
  std::string received;
  bool answering = false;
  Clock::time_point due;
};

}  // namespace

// One thread, one poll; connections are few.
class TestOrigin::Loop {
 public:
  Loop(const std::vector<int>& ports, Behaviour& behaviour) : behaviour_(behaviour) {
    for (const int port : ports) listeners_.push_back(listen_on(port));
    thread_ = std::thread([this] { run(); });
  }
  ~Loop() {
    behaviour_.stops = true;
    thread_.join();
    for (const int listener : listeners_) close(listener);
    for (const Connection& connection : connections_) close(connection.descriptor);
  }

 private:
  void run() {
    while (!behaviour_.stops) {
      std::vector<pollfd> wanted;
      for (const int listener : listeners_) wanted.push_back({listener, POLLIN, 0});
      for (const auto& c : connections_) wanted.push_back({c.descriptor, POLLIN, 0});
      poll(wanted.data(), wanted.size(), 1);
      std::size_t i = 0;
      for (const int listener : listeners_) {
        if ((wanted[i++].revents & POLLIN) != 0) accept_from(listener);
      }
      for (auto c = connections_.begin(); c != connections_.end() && i < wanted.size(); ++i) {
        const bool open = wanted[i].revents == 0 || read_from(*c);
        c = open ? std::next(c) : drop(c);
      }
      for (Connection& c : connections_) answer_if_due(c);
    }
  }

  void accept_from(int listener) {
    const int descriptor = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor >= 0) connections_.push_back({.descriptor = descriptor});
  }

  std::list<Connection>::iterator drop(std::list<Connection>::iterator connection) {
    close(connection->descriptor);
    return connections_.erase(connection);
  }

  bool read_from(Connection& connection) {
    char piece[4096];
    const ssize_t got = recv(connection.descriptor, piece, sizeof piece, 0);
    if (got <= 0) return false;
    connection.received.append(piece, static_cast<std::size_t>(got));
    if (!connection.received.contains("\r\n\r\n")) return true;
    if (connection.received.starts_with("GET /healthz")) {
      send_answer(connection, 200);
      return true;
    }
    ++behaviour_.requests;
    connection.answering = true;
    connection.due = Clock::now() + std::chrono::milliseconds(behaviour_.delay_ms);
    return true;
  }

  void answer_if_due(Connection& connection) {
    if (!connection.answering || behaviour_.hangs || Clock::now() < connection.due) return;
    send_answer(connection, behaviour_.status);
  }

  static void send_answer(Connection& connection, int status) {
    connection.answering = false;
    connection.received.clear();
    const std::string text = "HTTP/1.1 " + std::to_string(status) +
                             " Said\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\nok\n";
    send(connection.descriptor, text.data(), text.size(), MSG_NOSIGNAL);
  }

  Behaviour& behaviour_;
  std::vector<int> listeners_;
  std::list<Connection> connections_;
  std::thread thread_;
};

TestOrigin::TestOrigin(std::vector<int> ports)
    : behaviour_(std::make_unique<Behaviour>()),
      loop_(std::make_unique<Loop>(ports, *behaviour_)) {}

TestOrigin::~TestOrigin() = default;

}  // namespace sluice::live
