#include "codec/problem_json.h"

#include <doctest/doctest.h>

namespace sluice::codec {
namespace {

TEST_CASE("problem: each code of an error has one status, and comes back") {
  const std::pair<ErrorCode, int> rows[] = {
      {ErrorCode::invalid_input, 400}, {ErrorCode::not_found, 404}, {ErrorCode::conflict, 409},
      {ErrorCode::rejected, 422},      {ErrorCode::corrupt, 500},   {ErrorCode::unavailable, 503}};
  for (const auto& [code, status] : rows) {
    const Problem problem = problem_of({code, "D-0007 is going back"});
    CHECK(problem.status == status);
    const auto back = decode_problem(encode(problem));
    REQUIRE(back);
    CHECK(*back == problem);
    CHECK(error_of(*back).code == code);
    CHECK(error_of(*back).message == "D-0007 is going back");
  }
}

TEST_CASE("problem: the bytes are those of RFC 9457") {
  CHECK(encode(problem_of({ErrorCode::conflict, "D-0007 goes on"})) ==
        R"({"status":409,"title":"conflict","detail":"D-0007 goes on"})");
}

TEST_CASE("problem: further members travel, and cannot replace the standard ones") {
  Problem problem = problem_of({ErrorCode::rejected, "refused"});
  problem.more.set("clauses", Json(Json::Array{Json("pre.contract")}));
  problem.more.set("status", 200);
  const std::string text = encode(problem);
  CHECK(text ==
        R"({"status":422,"title":"rejected","detail":"refused","clauses":["pre.contract"]})");
  const auto back = decode_problem(text);
  REQUIRE(back);
  CHECK(back->status == 422);
  CHECK(back->more.dump() == R"({"clauses":["pre.contract"]})");
}

TEST_CASE("problem: what is no problem is refused") {
  for (const auto* text : {"", "[]", "{}", R"({"status":200})", R"({"status":"500"})",
                           R"({"status":600,"title":"x"})", "<html>"}) {
    CAPTURE(text);
    const auto problem = decode_problem(text);
    REQUIRE(!problem);
    CHECK(problem.error().message.starts_with("problem: "));
  }
}

TEST_CASE("problem: a status of somebody else's still gives an error to act on") {
  CHECK(error_of({.status = 413, .title = "too large", .detail = "", .more = {}}).code ==
        ErrorCode::rejected);
  CHECK(error_of({.status = 502, .title = "bad gateway", .detail = "", .more = {}}).message ==
        "bad gateway");
}

}  // namespace
}  // namespace sluice::codec
