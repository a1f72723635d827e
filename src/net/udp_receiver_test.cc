#include "net/udp_receiver.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include "net/address.h"
#include "net/descriptor.h"

using namespace sluice;
using net::UdpReceiver;

namespace {

std::unique_ptr<UdpReceiver> any_port() {
  auto opened = UdpReceiver::open("127.0.0.1:0");
  REQUIRE(opened.has_value());
  return std::move(*opened);
}

void send_to(int port, const std::string& bytes) {
  const auto address = net::parse_ip_address(fmt::format("127.0.0.1:{}", port));
  const net::Descriptor socket(::socket(AF_INET, SOCK_DGRAM, 0));
  REQUIRE(sendto(socket.number(), bytes.data(), bytes.size(), 0, address->pointer(),
                 address->length) == std::ssize(bytes));
}

}  // namespace

TEST_CASE("udp receiver: hands over what has arrived, in order, and does not wait for more") {
  const auto receiver = any_port();
  for (int i = 0; i < 300; ++i) send_to(receiver->port(), std::to_string(i));

  std::vector<std::string> got;
  const auto keep = [&](std::string_view bytes) { got.emplace_back(bytes); };
  CHECK(receiver->drain(200, keep) == 200);
  CHECK(receiver->drain(200, keep) == 100);
  CHECK(receiver->drain(200, keep) == 0);
  REQUIRE(got.size() == 300);
  CHECK(got.front() == "0");
  CHECK(got.back() == "299");
}

TEST_CASE("udp receiver: an empty datagram counts, a long one is cut") {
  const auto receiver = any_port();
  send_to(receiver->port(), "");
  send_to(receiver->port(), std::string(5'000, 'x'));

  std::vector<std::size_t> sizes;
  CHECK(receiver->drain(10, [&](std::string_view bytes) { sizes.push_back(bytes.size()); }) == 2);
  CHECK(sizes == std::vector<std::size_t>{0, 2'048});
}

TEST_CASE("udp receiver: a burst that nobody reads at once is kept") {
  const auto receiver = any_port();
  const std::string line(400, 'l');
  for (int i = 0; i < 200; ++i) send_to(receiver->port(), line);
  CHECK(receiver->drain(1'000, [](std::string_view) {}) == 200);
}

TEST_CASE("udp receiver: a port that is taken is a conflict") {
  const auto first = any_port();
  const auto second = UdpReceiver::open(fmt::format("127.0.0.1:{}", first->port()));
  REQUIRE(!second.has_value());
  CHECK(second.error().code == ErrorCode::conflict);
  CHECK(second.error().message.contains("address already in use"));
}

TEST_CASE("udp receiver: what is no address is refused by name") {
  for (const char* wrong : {"", "localhost:5514", "127.0.0.1", "127.0.0.1:70000", "127.0.0.1:-1",
                            "127.0.0.1:", "[::1]:5514", "1.2.3:80"}) {
    CAPTURE(wrong);
    const auto opened = UdpReceiver::open(wrong);
    REQUIRE(!opened.has_value());
    CHECK(opened.error().code == ErrorCode::invalid_input);
    CHECK(opened.error().message.contains("`" + std::string(wrong) + "`"));
  }
}
