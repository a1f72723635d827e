#include "net/unix_socket.h"

#include <chrono>
#include <functional>

#include <sys/socket.h>

#include "net/descriptor.h"
#include "net/listener.h"
#include "net/test_server.h"

using namespace sluice;
using net::ask;
using net::Descriptor;

namespace {

// Accepts one connection and lets `serve` do with it what it likes.
class Peer {
 public:
  Peer(const std::string& path, std::function<void(int)> serve) {
    auto listener = net::listen_unix(path);
    REQUIRE(listener.has_value());
    listener_ = std::move(*listener);
    thread_ = std::thread([this, serve = std::move(serve)] {
      int accepted = -1;
      while (accepted < 0 && !over_) {
        accepted = accept(listener_.number(), nullptr, nullptr);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      const Descriptor connection(accepted);
      if (accepted >= 0) serve(accepted);
    });
  }
  ~Peer() {
    over_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> over_ = false;
  Descriptor listener_;
  std::thread thread_;
};

std::string read_line(int descriptor) {
  std::string line;
  char one = 0;
  while (!line.ends_with('\n') && read(descriptor, &one, 1) == 1) line += one;
  return line;
}

void write_all(int descriptor, const std::string& bytes) {
  if (send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) return;
}

std::int64_t ms_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               begin)
      .count();
}

}  // namespace

TEST_CASE("ask: returns everything until the other side closes") {
  const net::TestFolder folder;
  const std::string path = folder / "s";
  const Peer peer(path, [](int connection) {
    const std::string question = read_line(connection);
    write_all(connection, "you said ");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    write_all(connection, question);
  });
  const auto answer = ask(path, "show info\n", 2'000);
  REQUIRE(answer.has_value());
  CHECK(*answer == "you said show info\n");
}

TEST_CASE("ask: an answer that drips for ever ends at the deadline") {
  const net::TestFolder folder;
  const std::string path = folder / "s";
  std::atomic<bool> over = false;
  const Peer peer(path, [&](int connection) {
    while (!over) {
      write_all(connection, ".");
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  const auto begin = std::chrono::steady_clock::now();
  const auto answer = ask(path, "show info\n", 100);
  over = true;
  REQUIRE(!answer.has_value());
  CHECK(answer.error().code == ErrorCode::unavailable);
  CHECK(answer.error().message.contains("no whole answer within 100 ms"));
  CHECK(ms_since(begin) >= 100);
  CHECK(ms_since(begin) < 1'000);
}

TEST_CASE("ask: a listener that never accepts ends at the deadline, with its queue full, too") {
  const net::TestFolder folder;
  const std::string path = folder / "s";
  const auto listener = net::listen_unix(path);
  REQUIRE(listener.has_value());
  REQUIRE(listen(listener->number(), 0) == 0);
  for (int i = 0; i < 3; ++i) {
    const auto answer = ask(path, "show info\n", 30);
    REQUIRE(!answer.has_value());
    CHECK(answer.error().code == ErrorCode::unavailable);
  }
}

TEST_CASE("ask: an answer beyond the limit is rejected, not cut") {
  const net::TestFolder folder;
  const std::string path = folder / "s";
  const Peer peer(path, [](int connection) { write_all(connection, std::string(1'001, 'x')); });
  const auto answer = ask(path, "q\n", 2'000, 1'000);
  REQUIRE(!answer.has_value());
  CHECK(answer.error().code == ErrorCode::rejected);
}

TEST_CASE("ask: a socket that is not there, or that nobody serves, is unavailable") {
  const net::TestFolder folder;
  const auto absent = ask(folder / "none", "q\n", 1'000);
  REQUIRE(!absent.has_value());
  CHECK(absent.error().code == ErrorCode::unavailable);
  CHECK(absent.error().message.contains("no such file or directory"));

  {
    const auto left_behind = net::listen_unix(folder / "stale");
  }
  const auto stale = ask(folder / "stale", "q\n", 1'000);
  REQUIRE(!stale.has_value());
  CHECK(stale.error().code == ErrorCode::unavailable);
  CHECK(stale.error().message.contains("connection refused"));
}

TEST_CASE("ask: a path longer than the system allows is refused before anything is tried") {
  const auto answer = ask("/tmp/" + std::string(103, 'x'), "q\n", 1'000);
  REQUIRE(!answer.has_value());
  CHECK(answer.error().code == ErrorCode::invalid_input);
  CHECK(answer.error().message.contains("has 108 bytes; the system allows 107"));
}
