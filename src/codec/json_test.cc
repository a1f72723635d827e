#include "codec/json.h"

#include <cmath>
#include <limits>
#include <random>

#include <doctest/doctest.h>

namespace sluice::codec {
namespace {

std::string reason_against(std::string_view text, std::size_t bytes_max = 1U << 20U) {
  const auto json = parse_json(text, bytes_max);
  if (json) return "accepted as " + json->dump();
  CHECK(json.error().code == ErrorCode::invalid_input);
  return json.error().message;
}

bool mentions(const std::string& message, std::string_view words) {
  INFO(message);
  return message.find(words) != std::string::npos;
}

std::string dumped(std::string_view text) {
  const auto json = parse_json(text);
  REQUIRE(json);
  return json->dump();
}

TEST_CASE("json: what is written is canonical, whatever white space was read") {
  CHECK(dumped(" { \"b\" : [ 1 , true , null ] , \"a\" : { } , \"c\" : [ ] } ") ==
        R"({"b":[1,true,null],"a":{},"c":[]})");
  CHECK(dumped(R"("\u00e4\/\"\\\n\u0001")") == "\"ä/\\\"\\\\\\n\\u0001\"");
  CHECK(dumped("-0") == "0");
  CHECK(dumped("9223372036854775807") == "9223372036854775807");
  CHECK(dumped("-9223372036854775808") == "-9223372036854775808");
}

TEST_CASE("json: an integer stays an integer and a double stays a double") {
  CHECK(dumped("1") == "1");
  CHECK(dumped("1.0") == "1.0");
  CHECK(dumped("1e3") == "1000.0");
  CHECK(dumped("0.001") == "0.001");
  CHECK(dumped("1e18") == "1e+18");
  CHECK(dumped("-0.0") == "-0.0");
  CHECK(parse_json("1")->integer() != nullptr);
  CHECK(parse_json("1.0")->integer() == nullptr);
}

TEST_CASE("json: every finite double reads back as the same double") {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const double value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    const auto back = parse_json(Json(value).dump());
    REQUIRE(back);
    REQUIRE(back->real() != nullptr);
    REQUIRE(std::bit_cast<std::uint64_t>(*back->real()) == std::bit_cast<std::uint64_t>(value));
  }
}

TEST_CASE("json: a double that is no number becomes null") {
  CHECK(Json(std::numeric_limits<double>::quiet_NaN()).dump() == "null");
  CHECK(Json(-std::numeric_limits<double>::infinity()).dump() == "null");
}

TEST_CASE("json: bytes that are not UTF-8 are written as U+FFFD, each by itself") {
  CHECK(Json("a\xFFz").dump() == "\"a\xEF\xBF\xBDz\"");
  CHECK(Json("\xED\xA0\x80").dump() == "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");  // a surrogate
  CHECK(Json("\xC3").dump() == "\"\xEF\xBF\xBD\"");
  CHECK(Json("\xF0\x9F\x9A\xB0").dump() == "\"\xF0\x9F\x9A\xB0\"");
}

TEST_CASE("json: every byte string that is written can be read") {
  std::mt19937_64 random(11);
  for (int i = 0; i < 5'000; ++i) {
    std::string bytes(random() % 12, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    const std::string once = Json(bytes).dump();
    const auto back = parse_json(once);
    REQUIRE_MESSAGE(back, once);
    REQUIRE(back->dump() == once);
  }
}

TEST_CASE("json: refused with the place, when malformed") {
  CHECK(mentions(reason_against("[1,]"), "byte 4: unexpected ']'"));
  CHECK(mentions(reason_against(""), "byte 0: unexpected end of input"));
  CHECK(mentions(reason_against("[1] x"), "byte 5"));
  CHECK(mentions(reason_against("{} {}"), "byte 4"));
  CHECK(mentions(reason_against("nul"), "invalid literal"));
  CHECK(mentions(reason_against("NaN"), "invalid literal"));
  CHECK(mentions(reason_against("1e999"), "byte 5"));
  CHECK(mentions(reason_against("// c\n1"), "byte 1"));
  CHECK(mentions(reason_against(std::string_view("1\0 garbage", 10)), "byte 1: a NUL byte"));
}

TEST_CASE("json: refused, when the bytes are not UTF-8 or a control character stands bare") {
  CHECK(mentions(reason_against("\"a\xFF\""), "ill-formed UTF-8"));
  CHECK(mentions(reason_against("\"\xC0\x80\""), "ill-formed UTF-8"));
  CHECK(mentions(reason_against("\"\\ud800\""), "surrogate"));
  CHECK(mentions(reason_against("\"a\nb\""), "must be escaped"));
}

TEST_CASE("json: what was read does not appear in the refusal") {
  CHECK(!mentions(reason_against(R"({"token": hunter2})"), "hunter2"));
  CHECK(!mentions(reason_against("{\"token\": \"hunter2"), "hunter2"));
}

TEST_CASE("json: a duplicate key is refused, at any depth") {
  CHECK(mentions(reason_against(R"({"a":1,"b":2,"a":3})"), "the key `a` occurs twice"));
  CHECK(mentions(reason_against(R"([{"x":{"a":1,"a":1}}])"), "the key `a` occurs twice"));
  CHECK(dumped(R"([{"a":1},{"a":{"a":2}}])") == R"([{"a":1},{"a":{"a":2}}])");
}

TEST_CASE("json: a whole number beyond 64 bits is refused, not rounded") {
  for (const auto* text : {"9223372036854775808", "18446744073709551616", "-9223372036854775809"}) {
    CHECK(mentions(reason_against(text), "a whole number beyond 64 bits"));
  }
  CHECK(dumped("9223372036854775808.0") == "9223372036854775808.0");
}

TEST_CASE("json: 64 levels are read, 65 are not") {
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };
  CHECK(parse_json(nested(64)));
  CHECK(mentions(reason_against(nested(65)), "byte 65: more than 64 levels"));
  CHECK(mentions(reason_against(std::string(500'000, '[')), "more than 64 levels"));
}

TEST_CASE("json: larger than the caller's limit is refused unread") {
  CHECK(parse_json("[1]", 3));
  CHECK(reason_against("[1,]", 3) == "JSON of 4 bytes; at most 3 are read");
}

TEST_CASE("json: more than a million values are refused") {
  std::string text = "[0";
  for (int i = 1; i < 999'999; ++i) text += ",0";
  CHECK(parse_json(text + "]", 4U << 20U));
  CHECK(mentions(reason_against(text + ",0]", 4U << 20U), "more than 1000000 values"));
}

TEST_CASE("json: members of another kind give the default") {
  const auto json = parse_json(R"({"n":3,"d":0.5,"s":"x","b":true})");
  REQUIRE(json);
  CHECK(json->integer_or("n", -1) == 3);
  CHECK(json->integer_or("d", -1) == -1);
  CHECK(json->string_or("n", "-") == "-");
  CHECK(json->string_or("s", "-") == "x");
  CHECK(json->boolean_or("b", false));
  CHECK(json->find("n")->number_or(0) == 3.0);
  CHECK(json->find("s")->number_or(-1) == -1.0);
  CHECK(json->find("none") == nullptr);
  CHECK(Json(1).find("none") == nullptr);
}

}  // namespace
}  // namespace sluice::codec
