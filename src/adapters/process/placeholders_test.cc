#include "adapters/process/placeholders.h"

#include <doctest/doctest.h>

namespace sluice::process {
namespace {

const std::map<std::string, std::string> kValues{
    {"port", "9001"}, {"release", "{port}"}, {"artifact.server", "/a/b"}};

TEST_CASE("placeholders: every name is replaced, wherever it stands in a word") {
  CHECK(fill_in("{artifact.server}", kValues).value() == "/a/b");
  CHECK(fill_in("--listen=127.0.0.1:{port}:{port}", kValues).value() ==
        "--listen=127.0.0.1:9001:9001");
  CHECK(fill_in("", kValues).value().empty());
}

TEST_CASE("placeholders: a value is not looked at again") {
  CHECK(fill_in("{release}", kValues).value() == "{port}");
}

TEST_CASE("placeholders: other braces stay as they are") {
  for (const char* text : {"{", "}", "{}", "{\"a\":1}", "{ port }", "{port", "a{b c}"}) {
    CHECK(fill_in(text, kValues).value() == text);
  }
  CHECK(fill_in("{{port}}", kValues).value() == "{9001}");
}

TEST_CASE("placeholders: a name without a value is refused") {
  const auto filled = fill_in("x{prot}", kValues);
  REQUIRE_FALSE(filled);
  CHECK(filled.error().code == ErrorCode::invalid_input);
  CHECK(filled.error().message == "`{prot}` stands for nothing");
}

}  // namespace
}  // namespace sluice::process
