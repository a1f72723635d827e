#include "adapters/process/guard_call.h"

#include <fmt/format.h>

#include "base/text.h"
#include "codec/problem_json.h"
#include "net/http_client.h"

namespace sluice::process {

Result<codec::Json> ask_guard(const GuardCall& call) {
  const auto response = net::call({.url = "http://guard" + call.target,
                                   .unix_socket = call.socket,
                                   .method = call.method,
                                   .body = call.body,
                                   .timeout_ms = call.timeout_ms});
  if (!response) return std::unexpected(response.error().in("guard"));
  if (response->status >= 200 && response->status < 300) return codec::parse_json(response->body);
  const auto problem = codec::decode_problem(response->body);
  if (problem) return std::unexpected(codec::error_of(*problem).in("guard"));
  return fail(ErrorCode::unavailable, fmt::format("guard: HTTP {}", response->status));
}

}  // namespace sluice::process
