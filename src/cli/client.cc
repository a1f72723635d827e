#include "cli/client.h"

#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "codec/event_json.h"
#include "codec/json.h"
#include "codec/problem_json.h"

namespace sluice::cli {
namespace {

using codec::Json;

constexpr std::int64_t kAskMs = 2'000;
constexpr std::int64_t kOrderMs = 60'000;

Result<codec::Problem> problem_in(const net::Response& response) {
  auto problem = codec::decode_problem(response.body);
  if (problem) return problem;
  return fail(ErrorCode::unavailable,
              fmt::format("the engine answered with status {} and no reason", response.status));
}

Error error_in(const net::Response& response) {
  const auto problem = problem_in(response);
  if (!problem) return problem.error();
  Error error = codec::error_of(*problem);
  if (error.message.empty()) error.message = problem->title;
  return error;
}

bool is_success(const net::Response& response) {
  return response.status >= 200 && response.status < 300;
}

Result<DeliverAnswer> refused(const net::Response& response) {
  const codec::Problem problem = SLUICE_TRY(problem_in(response));
  const Json* clauses = problem.more.find("clauses");
  if (clauses == nullptr || clauses->array() == nullptr) {
    return std::unexpected(codec::error_of(problem));
  }
  DeliverAnswer answer;
  for (const Json& clause : *clauses->array()) {
    ClauseVerdict verdict = SLUICE_TRY(codec::clause_verdict_from_json(clause));
    answer.clauses.push_back(std::move(verdict));
  }
  return answer;
}

Json::Array digests_of(const std::vector<Artifact>& files) {
  Json::Array list;
  for (const Artifact& file : files) {
    list.emplace_back(Json::Object{{"name", file.name}, {"digest", file.digest.hex}});
  }
  return list;
}

Json order_for(const std::string& contract, const LoadedContract& read) {
  return Json(Json::Object{{"contract", contract},
                           {"revision", read.contract.revision_digest.hex},
                           {"artifacts", digests_of(read.release.artifacts)},
                           {"configuration", digests_of(read.release.configuration)},
                           {"migrations", digests_of(read.release.migrations)}});
}

}  // namespace

Client::Client(const Context& context)
    : context_(context), socket_(context.folder + "/.sluice/api.sock") {}

Result<net::Response> Client::send(net::Call call, std::string_view path) const {
  call.url = fmt::format("http://engine{}", path);
  call.unix_socket = socket_;
  auto response = context_.call(call);
  if (response || response.error().code != ErrorCode::unavailable) return response;
  std::error_code ignored;
  if (!std::filesystem::exists(socket_, ignored)) {
    return fail(ErrorCode::unavailable,
                fmt::format("no engine is running for `{}`", printable(context_.folder)));
  }
  return fail(ErrorCode::unavailable,
              fmt::format("the engine does not answer: {}", response.error().message));
}

Result<net::Response> Client::get(std::string_view path) const {
  net::Call call;
  call.timeout_ms = kAskMs;
  return send(std::move(call), path);
}

Result<net::Response> Client::post(std::string_view path, std::string body) const {
  net::Call call;
  call.method = "POST";
  call.body = std::move(body);
  call.timeout_ms = kOrderMs;
  return send(std::move(call), path);
}

Result<Status> Client::status() const {
  const net::Response response = SLUICE_TRY(get("/v1/status"));
  if (!is_success(response)) return std::unexpected(error_in(response));
  return codec::decode_status(response.body);
}

Result<DeliveryVerdict> Client::verdict() const {
  const net::Response response = SLUICE_TRY(get("/v1/verdict"));
  if (!is_success(response)) return std::unexpected(error_in(response));
  const Json json = SLUICE_TRY(codec::parse_json(response.body));
  return codec::verdict_from_json(json);
}

Result<DeliverAnswer> Client::deliver(const std::string& contract, const LoadedContract& stored,
                                      bool supersede) const {
  return order_delivery(contract, stored, {.supersede = supersede});
}

Result<DeliverAnswer> Client::drill(const std::string& contract,
                                    const LoadedContract& stored) const {
  return order_delivery(contract, stored, {.drill = true});
}

Result<DeliverAnswer> Client::order_delivery(const std::string& contract,
                                             const LoadedContract& stored, Flags flags) const {
  Json order = order_for(contract, stored);
  order.set("by", context_.user);
  order.set("supersede", flags.supersede);
  if (flags.drill) order.set("drill", true);
  const net::Response response = SLUICE_TRY(post("/v1/deliveries", order.dump()));
  if (response.status == 422) return refused(response);
  if (!is_success(response)) return std::unexpected(error_in(response));
  const Json json = SLUICE_TRY(codec::parse_json(response.body));
  return DeliverAnswer{DeliveryId{json.string_or("delivery", "")}, {}};
}

Result<void> Client::adopt(const std::string& contract, const LoadedContract& stored) const {
  const std::string order = order_for(contract, stored).dump();
  const net::Response response = SLUICE_TRY(post("/v1/adoption", order));
  if (!is_success(response)) return std::unexpected(error_in(response));
  return {};
}

Result<void> Client::command(std::string_view name, const DeliveryId& delivery) const {
  Json order(Json::Object{{"command", name}, {"by", context_.user}});
  if (!delivery.empty()) order.set("delivery", delivery.text);
  const net::Response response = SLUICE_TRY(post("/v1/commands", order.dump()));
  if (!is_success(response)) return std::unexpected(error_in(response));
  return {};
}

Result<Json> Client::ask(std::string_view path, const Json& order) const {
  const net::Response response = SLUICE_TRY(post(path, order.dump()));
  if (!is_success(response)) return std::unexpected(error_in(response));
  return codec::parse_json(response.body);
}

Result<std::vector<Approval>> Client::approve(const std::string& contract,
                                              const LoadedContract& read,
                                              const std::string& environment) const {
  Json order = order_for(contract, read);
  if (!environment.empty()) order.set("environment", environment);
  const Json json = SLUICE_TRY(ask("/v1/approvals", order));
  const Json* list = json.find("approvals");
  if (list == nullptr || list->array() == nullptr) {
    return fail(ErrorCode::unavailable, "the engine's answer lists no approvals");
  }
  std::vector<Approval> approvals;
  for (const Json& one : *list->array()) {
    Approval approval = SLUICE_TRY(codec::approval_from_json(one));
    approvals.push_back(std::move(approval));
  }
  return approvals;
}

Result<Exception> Client::except(const ExceptionOrder& order, const LoadedContract& read) const {
  Json body = order_for(order.contract, read);
  body.set("clause", to_text(order.clause));
  body.set("reason", order.reason);
  body.set("until_unix_ms", order.until.unix_ms);
  const Json json = SLUICE_TRY(ask("/v1/exceptions", body));
  return codec::exception_from_json(json);
}

Result<Evidence> Client::revoke(const std::string& id, const std::string& reason) const {
  const Json json =
      SLUICE_TRY(ask("/v1/revocations", Json(Json::Object{{"evidence", id}, {"reason", reason}})));
  return codec::evidence_from_json(json);
}

}  // namespace sluice::cli
