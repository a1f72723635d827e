#include "net/event_loop.h"

#include <chrono>
#include <csignal>

#include <boost/asio/executor_work_guard.hpp>

#include "base/assert.h"
#include "net/event_loop_parts.h"

namespace sluice::net {
namespace {

namespace asio = boost::asio;
using Failure = boost::system::error_code;
using std::chrono::steady_clock;

void await_signal(asio::signal_set& signals,
                  const std::shared_ptr<std::function<void(int)>>& call) {
  signals.async_wait([&signals, call](Failure failure, int number) {
    if (failure) return;
    await_signal(signals, call);
    (*call)(number);
  });
}

// A call-back that throws is a bug of Sluice and ends the process where it happened.
void run_until_stopped(asio::io_context& io) noexcept { io.run(); }

}  // namespace

struct EventLoop::Parts::Repeated : std::enable_shared_from_this<Repeated> {
  asio::steady_timer timer;
  std::chrono::microseconds interval;
  std::function<void()> call;

  Repeated(asio::io_context& io, std::int64_t interval_us, std::function<void()> what)
      : timer(io, steady_clock::now()), interval(interval_us), call(std::move(what)) {}

  void arm() {
    // From when it should have been, so that it does not drift; from now, when that has passed.
    timer.expires_at(std::max(timer.expiry() + interval, steady_clock::now()));
    timer.async_wait([self = shared_from_this()](Failure failure) {
      if (failure) return;
      self->call();
      self->arm();
    });
  }
};

struct EventLoop::Parts::Watched : std::enable_shared_from_this<Watched> {
  asio::posix::stream_descriptor descriptor;
  std::function<void()> call;
  bool over = false;

  Watched(asio::io_context& io, std::function<void()> what)
      : descriptor(io), call(std::move(what)) {}
  ~Watched() { end(); }

  void arm() {
    descriptor.async_wait(asio::posix::descriptor_base::wait_read,
                          [self = shared_from_this()](Failure failure) {
                            if (failure || self->over) return;
                            self->call();
                            if (!self->over) self->arm();
                          });
  }

  // The descriptor itself stays open: it is the caller's.
  void end() {
    over = true;
    if (descriptor.is_open()) descriptor.release();
  }
};

EventLoop::Parts::~Parts() {
  for (auto& [number, one] : watched) one->end();
}

EventLoop::EventLoop() : parts_(std::make_unique<Parts>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::every(std::int64_t interval_us, std::function<void()> call) {
  SLUICE_ASSERT(interval_us > 0);
  std::make_shared<Parts::Repeated>(parts_->io, interval_us, std::move(call))->arm();
}

void EventLoop::after(std::int64_t delay_ms, std::function<void()> call) {
  auto timer =
      std::make_shared<asio::steady_timer>(parts_->io, std::chrono::milliseconds(delay_ms));
  timer->async_wait([timer, call = std::move(call)](Failure failure) {
    if (!failure) call();
  });
}

void EventLoop::on_signal(std::function<void(int)> call) {
  Failure failure;
  parts_->signals.cancel(failure);
  for (const int number : {SIGINT, SIGTERM}) {
    parts_->signals.add(number, failure);
    SLUICE_ASSERT(!failure);
  }
  await_signal(parts_->signals, std::make_shared<std::function<void(int)>>(std::move(call)));
}

void EventLoop::watch_readable(int descriptor, std::function<void()> call) {
  unwatch(descriptor);
  auto watched = std::make_shared<Parts::Watched>(parts_->io, std::move(call));
  Failure failure;
  watched->descriptor.assign(descriptor, failure);
  SLUICE_ASSERT(!failure);
  watched->arm();
  parts_->watched.emplace(descriptor, std::move(watched));
}

void EventLoop::unwatch(int descriptor) {
  const auto found = parts_->watched.find(descriptor);
  if (found == parts_->watched.end()) return;
  found->second->end();
  parts_->watched.erase(found);
}

void EventLoop::run() {
  auto work = asio::make_work_guard(parts_->io);  // stays although nothing is waited for
  run_until_stopped(parts_->io);
  work.reset();  // the last piece of work to go stops the loop, so it goes before the restart
  parts_->io.restart();
}

void EventLoop::stop() { parts_->io.stop(); }

}  // namespace sluice::net
