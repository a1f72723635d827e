// What event_loop.cc and http_server.cc share, and nobody else includes: Asio itself.
#pragma once

#include <map>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "net/event_loop.h"

namespace sluice::net {

struct EventLoop::Parts {
  struct Repeated;
  struct Watched;

  boost::asio::io_context io{1};
  boost::asio::signal_set signals{io};
  std::map<int, std::shared_ptr<Watched>> watched;

  ~Parts();
};

}  // namespace sluice::net
