#include "net/unix_socket.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <thread>

#include <poll.h>
#include <sys/socket.h>

#include "base/text.h"
#include "net/address.h"
#include "net/descriptor.h"

namespace sluice::net {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// The three steps of one exchange, all under one deadline.
class Exchange {
 public:
  Exchange(const std::string& path, std::int64_t timeout_ms)
      : path_(path), timeout_ms_(timeout_ms), deadline_(Clock::now() + milliseconds(timeout_ms)) {}

  [[nodiscard]] Result<void> connect_to(const Address& address);
  [[nodiscard]] Result<void> send_all(std::string_view question);
  [[nodiscard]] Result<std::string> read_all(std::size_t bytes_max);

 private:
  [[nodiscard]] Result<void> wait_for(short what);
  [[nodiscard]] std::unexpected<Error> unavailable(const char* doing, const std::string& why) const;
  [[nodiscard]] std::unexpected<Error> too_late() const;

  const std::string& path_;
  std::int64_t timeout_ms_;
  Clock::time_point deadline_;
  Descriptor socket_;
};

std::unexpected<Error> Exchange::unavailable(const char* doing, const std::string& why) const {
  return fail(ErrorCode::unavailable,
              fmt::format("cannot {} socket `{}`: {}", doing, printable(path_), why));
}

std::unexpected<Error> Exchange::too_late() const {
  return fail(ErrorCode::unavailable, fmt::format("socket `{}` gave no whole answer within {}",
                                                  printable(path_), duration_text(timeout_ms_)));
}

Result<void> Exchange::wait_for(short what) {
  const auto left = std::chrono::ceil<milliseconds>(deadline_ - Clock::now()).count();
  if (left <= 0) return too_late();
  pollfd wanted{.fd = socket_.number(), .events = what, .revents = 0};
  const int found = poll(&wanted, 1, static_cast<int>(left));
  if (found == 0) return too_late();
  if (found < 0 && errno != EINTR) return unavailable("wait for", errno_text(errno));
  return {};
}

Result<void> Exchange::connect_to(const Address& address) {
  socket_ = Descriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket_.is_open()) return unavailable("open", errno_text(errno));
  while (connect(socket_.number(), address.pointer(), address.length) != 0) {
    // A full queue of a UNIX socket says EAGAIN, and nothing tells when there is room again.
    if (errno != EAGAIN && errno != EINTR) return unavailable("connect to", errno_text(errno));
    if (Clock::now() >= deadline_) return too_late();
    std::this_thread::sleep_for(milliseconds(2));
  }
  return {};
}

Result<void> Exchange::send_all(std::string_view question) {
  while (!question.empty()) {
    const ssize_t sent = send(socket_.number(), question.data(), question.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      question.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN && errno != EINTR) {
      return unavailable("write to", errno_text(errno));
    } else {
      SLUICE_TRY(wait_for(POLLOUT));
    }
  }
  return {};
}

Result<std::string> Exchange::read_all(std::size_t bytes_max) {
  std::string answer;
  std::array<char, 16'384> piece;
  for (;;) {
    // Asked before each read: an answer that drips for ever must end at the deadline, too.
    SLUICE_TRY(wait_for(POLLIN));
    const ssize_t got = recv(socket_.number(), piece.data(), piece.size(), 0);
    if (got == 0) return answer;
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) continue;
      return unavailable("read from", errno_text(errno));
    }
    if (answer.size() + static_cast<std::size_t>(got) > bytes_max) {
      return fail(ErrorCode::rejected, fmt::format("the answer of socket `{}` exceeds {} bytes",
                                                   printable(path_), bytes_max));
    }
    answer.append(piece.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

Result<std::string> ask(const std::string& path, std::string_view question, std::int64_t timeout_ms,
                        std::size_t bytes_max) {
  const Address address = SLUICE_TRY(unix_address(path));
  Exchange exchange(path, timeout_ms);
  SLUICE_TRY(exchange.connect_to(address));
  SLUICE_TRY(exchange.send_all(question));
  return exchange.read_all(bytes_max);
}

}  // namespace sluice::net
