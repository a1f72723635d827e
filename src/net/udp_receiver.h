// UdpReceiver: datagrams on 127.0.0.1, without waiting and with a large receive buffer. What is
// longer than 2048 bytes is handed over cut.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::net {

class UdpReceiver {
 public:
  // `listen` is "<ip>:<port>"; port 0 takes a free one. `conflict` when the port is taken.
  [[nodiscard]] static Result<std::unique_ptr<UdpReceiver>> open(const std::string& listen);
  ~UdpReceiver();

  // Hands over every datagram that has arrived, at most `most`; returns how many there were.
  int drain(int most, const std::function<void(std::string_view)>& each);
  [[nodiscard]] int port() const;
  [[nodiscard]] int descriptor() const;  // for EventLoop::watch_readable

 private:
  explicit UdpReceiver(int descriptor);
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sluice::net
