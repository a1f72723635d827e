#include "net/udp_receiver.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include <sys/socket.h>

#include "base/text.h"
#include "net/address.h"
#include "net/descriptor.h"

namespace sluice::net {
namespace {

constexpr int kReceiveBufferBytes = 16 << 20;
constexpr std::size_t kDatagramMax = 2'048;  // longer ones are handed over cut
constexpr std::size_t kAtOnce = 128;         // datagrams per system call

}  // namespace

struct UdpReceiver::Parts {
  Descriptor socket;
  std::vector<char> bytes = std::vector<char>(kAtOnce * kDatagramMax);
  std::array<iovec, kAtOnce> places{};
  std::array<mmsghdr, kAtOnce> messages{};
};

UdpReceiver::UdpReceiver(int descriptor) : parts_(std::make_unique<Parts>()) {
  parts_->socket = Descriptor(descriptor);
  for (std::size_t i = 0; i < kAtOnce; ++i) {
    parts_->places[i] = {.iov_base = parts_->bytes.data() + i * kDatagramMax,
                         .iov_len = kDatagramMax};
    parts_->messages[i].msg_hdr.msg_iov = &parts_->places[i];
    parts_->messages[i].msg_hdr.msg_iovlen = 1;
  }
}

UdpReceiver::~UdpReceiver() = default;

Result<std::unique_ptr<UdpReceiver>> UdpReceiver::open(const std::string& listen) {
  const Address address = SLUICE_TRY(parse_ip_address(listen));
  Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int bytes = kReceiveBufferBytes;
  // The kernel caps SO_RCVBUF at net.core.rmem_max; with the privilege to pass it, pass it.
  if (setsockopt(socket.number(), SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0) {
    setsockopt(socket.number(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  }
  if (!socket.is_open() || bind(socket.number(), address.pointer(), address.length) != 0) {
    return fail(
        errno == EADDRINUSE ? ErrorCode::conflict : ErrorCode::unavailable,
        fmt::format("cannot receive datagrams on `{}`: {}", printable(listen), errno_text(errno)));
  }
  return std::unique_ptr<UdpReceiver>(new UdpReceiver(socket.release()));
}

int UdpReceiver::drain(int most, const std::function<void(std::string_view)>& each) {
  int total = 0;
  while (total < most) {
    const auto wanted = std::min<std::size_t>(kAtOnce, static_cast<std::size_t>(most - total));
    const int got = recvmmsg(parts_->socket.number(), parts_->messages.data(),
                             static_cast<unsigned>(wanted), MSG_DONTWAIT, nullptr);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
      each({parts_->bytes.data() + i * kDatagramMax, parts_->messages[i].msg_len});
    }
    total += got;
    if (static_cast<std::size_t>(got) < wanted) break;
  }
  return total;
}

int UdpReceiver::port() const { return port_of(parts_->socket.number()); }
int UdpReceiver::descriptor() const { return parts_->socket.number(); }

}  // namespace sluice::net
