#include "codec/problem_json.h"

#include <algorithm>
#include <array>

namespace sluice::codec {
namespace {

struct Row {
  ErrorCode code;
  int status;
  std::string_view title;
};

constexpr std::array<Row, 6> kRows{{
    {ErrorCode::invalid_input, 400, "invalid input"},
    {ErrorCode::not_found, 404, "not found"},
    {ErrorCode::conflict, 409, "conflict"},
    {ErrorCode::rejected, 422, "rejected"},
    {ErrorCode::corrupt, 500, "corrupt"},
    {ErrorCode::unavailable, 503, "unavailable"},
}};

bool is_standard(std::string_view key) {
  return key == "type" || key == "status" || key == "title" || key == "detail";
}

}  // namespace

std::string encode(const Problem& problem) {
  Json json(Json::Object{});
  json.set("status", problem.status);
  json.set("title", problem.title);
  json.set("detail", problem.detail);
  if (const Json::Object* more = problem.more.object()) {
    for (const auto& [key, value] : *more) {
      if (!is_standard(key)) json.set(key, value);
    }
  }
  return json.dump();
}

Result<Problem> decode_problem(std::string_view text) {
  const auto json = parse_json(text, 1U << 20U);
  if (!json) return std::unexpected(json.error().in("problem"));
  const std::int64_t status = json->integer_or("status", 0);
  if (status < 400 || status > 599) {
    return fail(ErrorCode::invalid_input, "problem: `status`: expected an integer from 400 to 599");
  }
  Problem problem{.status = static_cast<int>(status),
                  .title = json->string_or("title", ""),
                  .detail = json->string_or("detail", ""),
                  .more = {}};
  for (const auto& [key, value] : *json->object()) {
    if (!is_standard(key)) problem.more.set(key, value);
  }
  return problem;
}

Problem problem_of(const Error& error) {
  const auto row = std::ranges::find(kRows, error.code, &Row::code);
  return {
      .status = row->status, .title = std::string(row->title), .detail = error.message, .more = {}};
}

Error error_of(const Problem& problem) {
  const auto row = std::ranges::find(kRows, problem.status, &Row::status);
  const ErrorCode otherwise = problem.status < 500 ? ErrorCode::rejected : ErrorCode::unavailable;
  return {row == kRows.end() ? otherwise : row->code,
          problem.detail.empty() ? problem.title : problem.detail};
}

}  // namespace sluice::codec
