#include "guard/slot_spec.h"

#include <string>

#include <doctest/doctest.h>

namespace sluice::guard {
namespace {

const std::string kRelease(64, 'a');

std::string request(const std::string& instances, const std::string& rest = "") {
  return R"({"release":")" + kRelease + R"(","generation":3,"instances":)" + instances +
         R"(,"ready_path":"/healthz","stop_grace_ms":100)" + rest + "}";
}

Result<SlotSpec> read(const std::string& text) {
  const auto json = codec::parse_json(text);
  REQUIRE(json);
  return slot_spec_from(*json);
}

std::string refusal(const std::string& text) {
  const auto spec = read(text);
  REQUIRE_FALSE(spec);
  CHECK(spec.error().code == ErrorCode::invalid_input);
  return spec.error().message;
}

TEST_CASE("slot spec: what is written is what is read") {
  const auto spec = read(request(R"([{"argv":["app","--x"],"variables":{"A":"1"},"port":9001}])"));
  REQUIRE(spec);
  CHECK(spec->generation == 3);
  CHECK(spec->instances.at(0).argv == std::vector<std::string>{"app", "--x"});
  const auto again = slot_spec_from(to_json(*spec));
  REQUIRE(again);
  CHECK(runs_the_same(*spec, *again));
  CHECK(to_json(*again) == to_json(*spec));
}

TEST_CASE("slot spec: what cannot be started is refused with the reason") {
  CHECK(refusal(request("[]")) == "no instances");
  CHECK(refusal(request(R"([{"argv":[],"port":1}])")) == "instance 1: the command is empty");
  CHECK(refusal(request(R"([{"argv":["a\u0000b"],"port":1}])")) ==
        "instance 1: a command word is no text");
  CHECK(refusal(request(R"([{"argv":["a"],"port":70000}])")) ==
        "instance 1: the port is outside 1..65535");
  CHECK(refusal(request(R"([{"argv":["a"],"port":1},{"argv":["a"],"port":1}])")) ==
        "instance 2: port 1 is used twice");
  CHECK(refusal(request(R"([{"argv":["a"],"port":1,"variables":{"A=B":"x"}}])")) ==
        "instance 1: variable `A=B` cannot be set");
  CHECK(refusal(R"({"release":"zz"})") == "the release is no digest");
  CHECK(refusal("[]") == "the release is no digest");
}

TEST_CASE("slot spec: a ready path that would name another host is refused") {
  const std::string text = R"({"release":")" + kRelease +
                           R"(","generation":1,"instances":[{"argv":["a"],"port":1}],)" +
                           R"("ready_path":"@evil/","stop_grace_ms":1})";
  CHECK(refusal(text) == "ready_path is no path of a URL");
}

TEST_CASE("slot spec: a name that leaves its folder is not plain") {
  CHECK(is_plain_name("production"));
  CHECK(is_plain_name("eu-west.1"));
  CHECK_FALSE(is_plain_name(""));
  CHECK_FALSE(is_plain_name(".."));
  CHECK_FALSE(is_plain_name("a/b"));
  CHECK_FALSE(is_plain_name(std::string(65, 'a')));
}

}  // namespace
}  // namespace sluice::guard
