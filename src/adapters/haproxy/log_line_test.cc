#include "adapters/haproxy/log_line.h"

#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace sluice::haproxy {
namespace {

constexpr std::string_view kLine = "sluice/1 9445 shop_b b2 200 12 ---- 1795472759122 4";

TEST_CASE("log line: every field of a line is read") {
  const auto line = parse_log_line(kLine);
  REQUIRE(line);
  CHECK(line->process == 9445);
  CHECK(line->backend == "shop_b");
  CHECK(line->server == "b2");
  CHECK(line->status == 200);
  CHECK(line->active_ms == 12);
  CHECK(line->termination == "----");
  CHECK(line->ended_unix_ms == 1795472759122);
  CHECK(line->bucket == 4);
  CHECK_FALSE(is_error(*line));
}

TEST_CASE("log line: a syslog header before it and fields of the user after it are ignored") {
  const std::string text =
      "<134>Nov 23 22:19:19 haproxy[9445]: " + std::string(kLine) + " GET /cart\n";
  const auto line = parse_log_line(text);
  REQUIRE(line);
  CHECK(line->server == "b2");
  CHECK(line->bucket == 4);
}

TEST_CASE("log line: the end of the datagram may be a line end, a zero byte or nothing") {
  for (const std::string& end :
       {std::string(), std::string("\n"), std::string("\r\n"), std::string(1, '\0')}) {
    const std::string text = std::string(kLine) + end;
    const auto line = parse_log_line(text);
    REQUIRE(line);
    CHECK(line->bucket == 4);
  }
}

TEST_CASE("log line: a stream without client buckets is read") {
  const auto line = parse_log_line("sluice/1 9445 shop_b b2 200 12 ---- 1795472759122 -");
  REQUIRE(line);
  CHECK(line->bucket == -1);
}

TEST_CASE("log line: what is cut, out of range or of another version is not a line") {
  for (std::size_t length = 0; length + 16 < kLine.size(); ++length) {
    CHECK_FALSE(parse_log_line(kLine.substr(0, length)));
  }
  CHECK_FALSE(parse_log_line("sluice/2 9445 shop_b b2 200 12 ---- 1795472759122 4"));
  CHECK_FALSE(parse_log_line("xsluice/1 9445 shop_b b2 200 12 ---- 1795472759122 4"));
  CHECK_FALSE(parse_log_line("sluice/1 9445 shop_b b2 200 12 ---- 1795472759122 8"));
  CHECK_FALSE(parse_log_line("sluice/1 9445 shop_b b2 2e2 12 ---- 1795472759122 4"));
  CHECK_FALSE(parse_log_line("sluice/1 9445 shop_b b2 200 99999999999999999999 ---- 1 4"));
  CHECK_FALSE(parse_log_line(fmt::format("{:x>300} {}", "", kLine)));
}

TEST_CASE("log line: an error is the server's or HAProxy's, never the client's") {
  const auto error = [](std::string_view status, std::string_view termination) {
    const std::string text = "sluice/1 1 shop_b b2 " + std::string(status) + " 12 " +
                             std::string(termination) + " 1795472759122 4";
    const auto line = parse_log_line(text);
    REQUIRE(line);
    return is_error(*line);
  };
  CHECK(error("500", "----"));
  CHECK(error("503", "SC--"));
  CHECK(error("504", "sH--"));
  CHECK(error("200", "SD--"));  // broke off in the middle of a 200
  CHECK_FALSE(error("-1", "CH--"));
  CHECK_FALSE(error("200", "CD--"));
  CHECK_FALSE(error("404", "----"));
}

}  // namespace
}  // namespace sluice::haproxy
