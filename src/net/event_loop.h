// EventLoop: one thread that waits for sockets and timers. Nothing called from it may block.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace sluice::net {

class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Calls back until the loop stops; a late call is not made up for.
  void every(std::int64_t interval_us, std::function<void()> call);
  void after(std::int64_t delay_ms, std::function<void()> call);
  // SIGINT and SIGTERM arrive here instead of ending the process.
  void on_signal(std::function<void(int)> call);
  // A descriptor that the caller owns and closes after the loop has stopped or after unwatch().
  void watch_readable(int descriptor, std::function<void()> call);
  void unwatch(int descriptor);

  void run();   // until stop()
  void stop();  // may be called from within a call-back

  struct Parts;
  [[nodiscard]] Parts& parts() { return *parts_; }  // for http_server.cc alone

 private:
  std::unique_ptr<Parts> parts_;
};

}  // namespace sluice::net
