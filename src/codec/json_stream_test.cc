#include "codec/json_stream.h"

#include <doctest/doctest.h>

namespace sluice::codec {
namespace {

// The document in pieces of `size` bytes.
ByteSource in_pieces(std::string_view text, std::size_t size) {
  return [text, size]() mutable {
    const std::string_view piece = text.substr(0, size);
    text.remove_prefix(piece.size());
    return piece;
  };
}

// "place[at,at]=value" for each visit, or the error.
std::string visits(const ByteSource& source, std::vector<JsonPlace> places,
                   const JsonLimits& limits = {}) {
  std::string out;
  const auto done = stream_json(
      source, places,
      [&](JsonVisit visit) -> Result<void> {
        out += fmt::format("{}[{}]={} ", visit.place, fmt::join(visit.at, ","), visit.value.dump());
        return {};
      },
      limits);
  return done ? out : done.error().message;
}

constexpr std::string_view kRuns =
    R"({"v":"2","runs":[{"t":{"n":"a"},"r":[{"x":[1]},7]},{"r":null},{"*":1,"r":[]}]})";

TEST_CASE("json stream: values at the chosen places are handed over, with their positions") {
  const std::vector<JsonPlace> places{{"v"}, {"runs", false}, {"runs/*/r", false}, {"runs/*/r/*"}};
  const std::string wanted =
      R"(0[]="2" 1[]=[] 2[0]=[] 3[0,0]={"x":[1]} 3[0,1]=7 2[1]=null 2[2]=[] )";
  CHECK(visits(bytes_of(kRuns), places) == wanted);
  for (const std::size_t size : {1U, 2U, 7U}) {
    CHECK(visits(in_pieces(kRuns, size), places) == wanted);
  }
}

TEST_CASE("json stream: a member that is called * is no element, and a name is no position") {
  CHECK(visits(bytes_of(R"({"*":1,"a":[{"*":2}]})"), {{"*"}, {"a/*/b"}, {"a/0"}}).empty());
}

TEST_CASE("json stream: what is not asked for is checked all the same") {
  const auto said = [](std::string_view text) { return visits(bytes_of(text), {{"v"}}); };
  CHECK(said(R"({"a":{"k":1,"k":2}})") == "not JSON at byte 18: the key `k` occurs twice");
  CHECK(said(R"({"a":[{"b":[1,]}]})").starts_with("not JSON at byte 15"));
  CHECK(said("{\"a\":\"\xff\"}").contains("UTF-8"));
  CHECK(said(std::string("{\"a\":1}\0", 8)) == "not JSON at byte 7: a NUL byte");
  CHECK(said(std::string("{] \0", 4)).starts_with("not JSON at byte 2: unexpected"));
  CHECK(said(R"({"a":1} x)").starts_with("not JSON at byte"));
  CHECK(said("{\"a\":" + std::string(70, '[') + std::string(70, ']') + "}")
            .contains("more than 64 levels"));
}

TEST_CASE("json stream: the limits are of the document, of one value and of one text") {
  const std::string document = R"({"a":[)" + std::string(40, ' ') + R"(1,2,3,4,5,6,7,8]})";
  CHECK(visits(in_pieces(document, 8), {{"a"}}, {.bytes_max = 50}).contains("more than 50 bytes"));
  CHECK(visits(bytes_of(document), {{"a"}}, {.values_max = 5}).contains("more than 5 values"));
  CHECK(visits(bytes_of(document), {{"a/*"}}, {.values_max = 5}).starts_with("0[0]=1 "));
  const std::string piece(1U << 20U, 'x');
  std::size_t pieces = 0;
  const ByteSource endless = [&]() -> std::string_view {
    return pieces++ == 0 ? std::string_view("[\"") : std::string_view(piece);
  };
  CHECK(visits(endless, {}, {.bytes_max = 1U << 30U}).contains("more than 16 MiB"));
  CHECK(pieces < 20);
}

TEST_CASE("json stream: the visitor's refusal ends the reading") {
  int seen = 0;
  const JsonPlace each{"*"};
  const auto done = stream_json(bytes_of("[1,2,3]"), {&each, 1}, [&](JsonVisit) -> Result<void> {
    if (++seen == 2) return fail(ErrorCode::rejected, "enough");
    return {};
  });
  REQUIRE(!done);
  CHECK(done.error().message == "enough");
  CHECK(seen == 2);
}

}  // namespace
}  // namespace sluice::codec
