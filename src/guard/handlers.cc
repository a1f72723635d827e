#include "guard/handlers.h"

#include <fmt/format.h>

#include "base/text.h"
#include "codec/problem_json.h"

namespace sluice::guard {
namespace {

constexpr std::size_t kBodyMax = 16U << 20U;

net::Response good(const codec::Json& body) { return {.status = 200, .body = body.dump()}; }

net::Response bad(const Error& error) {
  const codec::Problem problem = codec::problem_of(error);
  return {.status = problem.status,
          .content_type = std::string(codec::kProblemMediaType),
          .body = codec::encode(problem)};
}

net::Response done(const Result<void>& result) {
  return result ? good(codec::Json(codec::Json::Object{})) : bad(result.error());
}

// "production/a"
Result<SlotKey> slot_key_from(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view environment = text.substr(0, slash);
  const std::string_view slot = slash == std::string_view::npos ? "" : text.substr(slash + 1);
  if (!is_plain_name(environment) || (slot != "a" && slot != "b")) {
    return fail(ErrorCode::not_found, fmt::format("no slot `{}`", printable(text, 100)));
  }
  return SlotKey{{std::string(environment)}, slot == "a" ? Slot::a : Slot::b};
}

Result<void> start_slot(Duty& duty, const SlotKey& key, const std::string& body,
                        std::int64_t now_ms) {
  const codec::Json json = SLUICE_TRY(codec::parse_json(body, kBodyMax));
  const SlotSpec spec = SLUICE_TRY(slot_spec_from(json));
  return duty.start_slot(key, spec, now_ms);
}

Result<void> stop_slot(Duty& duty, const SlotKey& key, std::string_view query,
                       std::int64_t now_ms) {
  constexpr std::string_view kName = "generation=";
  const auto generation =
      query.starts_with(kName) ? parse_integer(query.substr(kName.size())) : std::nullopt;
  if (!generation || *generation < 0) return fail(ErrorCode::invalid_input, "no generation");
  return duty.stop_slot(key, static_cast<std::uint64_t>(*generation), now_ms);
}

Result<void> renew(Duty& duty, const std::string& body, std::int64_t now_ms) {
  const codec::Json json = SLUICE_TRY(codec::parse_json(body, kBodyMax));
  const Lease lease = SLUICE_TRY(lease_from(json));
  return duty.renew(lease, now_ms);
}

net::Response not_allowed(const net::Request& request) {
  return bad({ErrorCode::not_found, fmt::format("no {} {}", printable(request.method, 20),
                                                printable(request.target, 100))});
}

net::Response answer_slot(Duty& duty, const net::Request& request, std::string_view name,
                          std::string_view query, std::int64_t now_ms) {
  const auto key = slot_key_from(name);
  if (!key) return bad(key.error());
  if (request.method == "GET") return good(to_json(duty.observe_slot(*key)));
  if (request.method == "PUT") return done(start_slot(duty, *key, request.body, now_ms));
  if (request.method == "DELETE") return done(stop_slot(duty, *key, query, now_ms));
  return not_allowed(request);
}

net::Response go_down(Duty& duty, std::int64_t now_ms) {
  duty.go_down(now_ms);
  return done({});
}

}  // namespace

net::Response answer(Duty& duty, const net::Request& request, std::int64_t now_ms) {
  constexpr std::string_view kSlots = "/v1/slots/";
  const std::string_view target = request.target;
  const std::string_view path = target.substr(0, target.find('?'));
  const std::string_view query = target.substr(std::min(path.size() + 1, target.size()));
  if (path.starts_with(kSlots)) {
    return answer_slot(duty, request, path.substr(kSlots.size()), query, now_ms);
  }
  const bool post = request.method == "POST";
  if (path == "/v1/state" && request.method == "GET") return good(duty.state(now_ms));
  if (path == "/v1/engine" && post) return done(duty.want_engine(now_ms));
  if (path == "/v1/lease" && post) return done(renew(duty, request.body, now_ms));
  if (path == "/v1/down" && post) return go_down(duty, now_ms);
  return not_allowed(request);
}

}  // namespace sluice::guard
