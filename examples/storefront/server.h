// Server: HTTP/1.1 over TCP on 127.0.0.1, one thread, epoll; GET only, connections kept alive.
//
// Answers in the order of the requests of a connection; an answer may be held back for a while, and
// the requests behind it wait. Whatever it does not understand it answers with 4xx and closes.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace storefront {

struct Answer {
  int status = 200;
  std::string body;
  std::int64_t delay_ms = 0;
};

class Server {
 public:
  // All answers that are held back must be held back equally long: they are kept in a queue.
  Server(int port, std::function<Answer(std::string_view path)> answer);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // False when the port cannot be had; errno says why.
  [[nodiscard]] bool open();
  // Until `stop_descriptor` becomes readable; then nothing new is accepted, what was begun is
  // finished, and it returns.
  void run(int stop_descriptor);

 private:
  struct Connection {
    std::uint64_t serial = 0;
    std::string in;
    std::string out;
    bool held = false;     // an answer is being held back
    bool closing = false;  // after what is in `out`
    bool blocked = false;  // the peer takes nothing more for now
  };
  struct Held {
    std::int64_t due_ms;
    int descriptor;
    std::uint64_t serial;
    std::string bytes;
  };

  void accept_all();
  void read_from(int descriptor);
  void serve(int descriptor, Connection& connection);
  void take_request(int descriptor, Connection& connection, std::string_view head);
  void flush(int descriptor);
  void note_blocked(int descriptor, Connection& connection, bool blocked);
  void release_due();
  void begin_to_stop(int stop_descriptor);
  void close(int descriptor);
  [[nodiscard]] int patience_ms() const;

  int port_;
  std::function<Answer(std::string_view)> answer_;
  int listener_ = -1;
  int epoll_ = -1;
  bool stopping_ = false;
  std::int64_t stop_by_ms_ = 0;
  std::uint64_t serials_ = 0;
  std::unordered_map<int, Connection> connections_;
  std::deque<Held> held_;
};

// Milliseconds of a clock that never jumps.
[[nodiscard]] std::int64_t now_ms();

}  // namespace storefront
