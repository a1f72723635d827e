#include "net/event_loop.h"

#include <chrono>
#include <csignal>
#include <thread>

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/descriptor.h"

using namespace sluice;
using net::EventLoop;

TEST_CASE("event loop: every() calls again and again, after() once") {
  EventLoop loop;
  int ticks = 0;
  int once = 0;
  loop.every(500, [&] {
    if (++ticks >= 20 && once > 0) loop.stop();
  });
  loop.after(5, [&] { ++once; });
  loop.after(5'000, [&] { loop.stop(); });
  loop.run();

  CHECK(once == 1);
  CHECK(ticks >= 20);
}

TEST_CASE("event loop: calls that came late are not made up for") {
  EventLoop loop;
  int ticks = 0;
  loop.every(10'000, [&] { ++ticks; });
  loop.after(1, [] { std::this_thread::sleep_for(std::chrono::milliseconds(100)); });
  loop.after(105, [&] { loop.stop(); });
  loop.run();

  CHECK(ticks >= 1);
  CHECK(ticks <= 5);  // ten would be made up for
}

TEST_CASE("event loop: a readable descriptor calls back until it has been emptied") {
  int pair[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
  const net::Descriptor ours(pair[0]);
  const net::Descriptor theirs(pair[1]);
  REQUIRE(write(theirs.number(), "abc", 3) == 3);

  EventLoop loop;
  std::string read_bytes;
  loop.watch_readable(ours.number(), [&] {
    char one = 0;  // one byte a call, so that the rest has to be announced again
    if (read(ours.number(), &one, 1) == 1) read_bytes += one;
    if (read_bytes.size() == 3) loop.stop();
  });
  loop.after(2'000, [&] { loop.stop(); });
  loop.run();

  CHECK(read_bytes == "abc");
}

TEST_CASE("event loop: an unwatched descriptor is silent and stays open") {
  int pair[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
  const net::Descriptor ours(pair[0]);
  const net::Descriptor theirs(pair[1]);
  REQUIRE(write(theirs.number(), "abc", 3) == 3);

  EventLoop loop;
  int calls = 0;
  loop.watch_readable(ours.number(), [&] {
    ++calls;
    loop.unwatch(ours.number());
  });
  loop.after(20, [&] { loop.stop(); });
  loop.run();

  CHECK(calls == 1);
  char bytes[3];
  CHECK(read(ours.number(), bytes, sizeof bytes) == 3);
}

TEST_CASE("event loop: SIGTERM arrives as a call and does not end the process") {
  EventLoop loop;
  std::vector<int> numbers;
  loop.on_signal([&](int number) {
    numbers.push_back(number);
    numbers.size() == 2 ? loop.stop() : static_cast<void>(raise(SIGTERM));
  });
  loop.after(0, [] { raise(SIGTERM); });
  loop.after(2'000, [&] { loop.stop(); });
  loop.run();

  CHECK(numbers == std::vector<int>{SIGTERM, SIGTERM});
}

TEST_CASE("event loop: a stopped loop can run again") {
  EventLoop loop;
  int runs = 0;
  for (int i = 0; i < 2; ++i) {
    loop.after(0, [&] {
      ++runs;
      loop.stop();
    });
    loop.run();
  }
  CHECK(runs == 2);
}
