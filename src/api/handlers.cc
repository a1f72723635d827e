#include "api/handlers.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "codec/base64.h"
#include "codec/event_json.h"
#include "codec/json.h"
#include "codec/problem_json.h"

namespace sluice::api {
namespace {

using codec::Json;

constexpr std::size_t kBodyMax = 64U << 10U;
constexpr std::size_t kPathMax = 4'096;
constexpr std::size_t kWhoMax = 200;
constexpr std::size_t kReasonMax = 1'000;
constexpr std::size_t kFilesMax = 200;  // of one list

net::Response answer(int status, const Json& json) {
  return {.status = status, .content_type = "application/json", .body = json.dump()};
}

net::Response refusal(const codec::Problem& problem) {
  return {.status = problem.status,
          .content_type = std::string(codec::kProblemMediaType),
          .body = codec::encode(problem)};
}

net::Response refusal(const Error& error) { return refusal(codec::problem_of(error)); }

net::Response accepted() { return answer(202, Json(Json::Object{{"accepted", true}})); }

Result<Json> read_body(const net::Request& request, const std::vector<std::string_view>& known,
                       std::size_t bytes_max = kBodyMax) {
  auto json = codec::parse_json(request.body, bytes_max);
  if (!json) return std::unexpected(json.error().in("the request's body"));
  if (json->object() == nullptr) {
    return fail(ErrorCode::invalid_input, "the request's body: expected a JSON object");
  }
  for (const auto& [key, value] : *json->object()) {
    if (std::ranges::find(known, key) != known.end()) continue;
    return fail(ErrorCode::invalid_input,
                fmt::format("the request's body: unknown member `{}`", printable(key, 60)));
  }
  return json;
}

Result<std::string> read_text(const Json& body, std::string_view key, std::size_t bytes_max) {
  const Json* member = body.find(key);
  const std::string* text = member == nullptr ? nullptr : member->string();
  if (text == nullptr || text->empty()) {
    return fail(ErrorCode::invalid_input, fmt::format("`{}`: expected a text, not empty", key));
  }
  if (text->size() > bytes_max || text->contains('\0')) {
    return fail(ErrorCode::invalid_input,
                fmt::format("`{}`: expected at most {} bytes, none of them NUL", key, bytes_max));
  }
  return *text;
}

// Who gave a command ends up in the ledger and on terminals.
Result<std::string> read_who(const Json& body) {
  const std::string by = SLUICE_TRY(read_text(body, "by", kWhoMax));
  return printable(by, kWhoMax);
}

Result<bool> read_flag(const Json& body, std::string_view key) {
  const Json* member = body.find(key);
  if (member == nullptr) return false;
  if (member->boolean() != nullptr) return *member->boolean();
  return fail(ErrorCode::invalid_input, fmt::format("`{}`: expected true or false", key));
}

Result<Digest> read_digest(const Json& body, std::string_view key) {
  const std::string text = SLUICE_TRY(read_text(body, key, kWhoMax));
  const auto digest = parse_digest(text);
  if (digest) return *digest;
  return fail(ErrorCode::invalid_input,
              fmt::format("`{}`: expected a SHA-256 digest, found `{}`", key, printable(text, 80)));
}

Result<const Json::Array*> read_list(const Json& body, std::string_view key) {
  const Json* list = body.find(key);
  if (list != nullptr && list->array() != nullptr && list->array()->size() <= kFilesMax) {
    return list->array();
  }
  return fail(ErrorCode::invalid_input,
              fmt::format("`{}`: expected a list of at most {}", key, kFilesMax));
}

Result<std::vector<Artifact>> read_files(const Json& body, std::string_view key) {
  const Json::Array* list = SLUICE_TRY(read_list(body, key));
  std::vector<Artifact> artifacts;
  for (const Json& item : *list) {
    Artifact artifact;
    artifact.name = SLUICE_TRY(read_text(item, "name", kWhoMax));
    artifact.digest = SLUICE_TRY(read_digest(item, "digest"));
    artifacts.push_back(std::move(artifact));
  }
  return artifacts;
}

// A body that is about a contract, with members of its own beside.
Result<Json> read_about_contract(const net::Request& request, std::vector<std::string_view> known,
                                 std::size_t bytes_max = kBodyMax) {
  known.insert(known.end(), {"contract", "revision", "artifacts", "configuration", "migrations"});
  return read_body(request, known, bytes_max);
}

Result<ReadContract> read_contract(const Json& body) {
  ReadContract read;
  read.path = SLUICE_TRY(read_text(body, "contract", kPathMax));
  read.revision = SLUICE_TRY(read_digest(body, "revision"));
  read.files.artifacts = SLUICE_TRY(read_files(body, "artifacts"));
  if (body.find("configuration") != nullptr) {
    read.files.configuration = SLUICE_TRY(read_files(body, "configuration"));
  }
  if (body.find("migrations") != nullptr) {
    read.files.migrations = SLUICE_TRY(read_files(body, "migrations"));
  }
  return read;
}

Result<DeliverOrder> read_order(const net::Request& request) {
  const Json body = SLUICE_TRY(read_about_contract(request, {"by", "supersede", "drill"}));
  DeliverOrder order;
  order.contract = SLUICE_TRY(read_contract(body));
  order.by = SLUICE_TRY(read_who(body));
  order.supersede = SLUICE_TRY(read_flag(body, "supersede"));
  order.drill = SLUICE_TRY(read_flag(body, "drill"));
  return order;
}

Result<Command> read_command(const net::Request& request) {
  // `supersede` is no command of a person: it comes with a delivery.
  constexpr std::array<std::pair<std::string_view, CommandKind>, 4> kCommands{
      {{"pause", CommandKind::pause},
       {"resume", CommandKind::resume},
       {"rollback", CommandKind::rollback},
       {"abort", CommandKind::abort}}};
  const Json body = SLUICE_TRY(read_body(request, {"command", "by", "delivery"}));
  const std::string name = SLUICE_TRY(read_text(body, "command", kWhoMax));
  const auto* found = std::ranges::find(kCommands, name, [](const auto& row) { return row.first; });
  if (found == kCommands.end()) {
    return fail(ErrorCode::invalid_input,
                fmt::format("`command`: `{}` is not pause, resume, rollback or abort",
                            printable(name, 60)));
  }
  Command command{.kind = found->second, .by = {}, .delivery = {}};
  command.by = SLUICE_TRY(read_who(body));
  if (body.find("delivery") != nullptr) {
    command.delivery.text = SLUICE_TRY(read_text(body, "delivery", kWhoMax));
  }
  return command;
}

net::Response get_health(const Doors&, const net::Request&) {
  return answer(200, Json(Json::Object{{"ok", true}}));
}

net::Response get_status(const Doors& doors, const net::Request&) {
  return {.status = 200, .content_type = "application/json", .body = codec::encode(doors.status())};
}

net::Response get_verdict(const Doors& doors, const net::Request&) {
  const auto verdict = doors.verdict();
  return verdict ? answer(200, codec::to_json(*verdict)) : refusal(verdict.error());
}

net::Response refused_by_policy(const std::vector<ClauseVerdict>& clauses) {
  codec::Problem problem =
      codec::problem_of({ErrorCode::rejected, "the policy refuses this delivery"});
  Json::Array list;
  for (const ClauseVerdict& clause : clauses) list.push_back(codec::to_json(clause));
  problem.more.set("clauses", Json(std::move(list)));
  return refusal(problem);
}

net::Response post_delivery(const Doors& doors, const net::Request& request) {
  const auto order = read_order(request);
  if (!order) return refusal(order.error());
  const auto admission = doors.deliver(*order);
  if (!admission) return refusal(admission.error());
  if (!admission->delivery) return refused_by_policy(admission->clauses);
  return answer(201, Json(Json::Object{{"delivery", admission->delivery->text}}));
}

net::Response post_adoption(const Doors& doors, const net::Request& request) {
  const auto body = read_about_contract(request, {});
  if (!body) return refusal(body.error());
  const auto contract = read_contract(*body);
  if (!contract) return refusal(contract.error());
  const auto adopted = doors.adopt({.contract = *contract, .by = {}});
  return adopted ? accepted() : refusal(adopted.error());
}

net::Response post_command(const Doors& doors, const net::Request& request) {
  const auto command = read_command(request);
  if (!command) return refusal(command.error());
  const auto obeyed = doors.command(*command);
  return obeyed ? accepted() : refusal(obeyed.error());
}

Result<std::uint32_t> read_peer(const net::Request& request) {
  if (request.peer_uid) return *request.peer_uid;
  return fail(ErrorCode::rejected, "nobody is known at the other end of this connection");
}

Result<std::string> read_reason(const Json& body) {
  const std::string reason = SLUICE_TRY(read_text(body, "reason", kReasonMax));
  return printable(reason, kReasonMax);
}

Result<ApprovalOrder> read_approval(const net::Request& request) {
  ApprovalOrder order;
  order.uid = SLUICE_TRY(read_peer(request));
  const Json body = SLUICE_TRY(read_about_contract(request, {"environment"}));
  order.contract = SLUICE_TRY(read_contract(body));
  if (body.find("environment") == nullptr) return order;
  order.environment = SLUICE_TRY(read_text(body, "environment", kWhoMax));
  return order;
}

Result<ExceptionOrder> read_exception(const net::Request& request) {
  ExceptionOrder order;
  order.uid = SLUICE_TRY(read_peer(request));
  const Json body = SLUICE_TRY(read_about_contract(request, {"clause", "reason", "until_unix_ms"}));
  order.contract = SLUICE_TRY(read_contract(body));
  const std::string id = SLUICE_TRY(read_text(body, "clause", kWhoMax));
  const auto clause = find_clause(id);
  if (!clause) {
    return fail(ErrorCode::invalid_input,
                fmt::format("`clause`: there is no clause `{}`", printable(id, 60)));
  }
  order.clause = *clause;
  order.reason = SLUICE_TRY(read_reason(body));
  const Json* until = body.find("until_unix_ms");
  if (until == nullptr || until->integer() == nullptr) {
    return fail(ErrorCode::invalid_input, "`until_unix_ms`: expected an integer");
  }
  order.until = {*until->integer()};
  return order;
}

Result<RevocationOrder> read_revocation(const net::Request& request) {
  RevocationOrder order;
  order.uid = SLUICE_TRY(read_peer(request));
  const Json body = SLUICE_TRY(read_body(request, {"evidence", "reason"}));
  order.evidence = SLUICE_TRY(read_text(body, "evidence", kWhoMax));
  order.reason = SLUICE_TRY(read_reason(body));
  return order;
}

Result<EvidenceOrder> read_evidence(const net::Request& request) {
  EvidenceOrder order;
  order.uid = SLUICE_TRY(read_peer(request));
  const Json body = SLUICE_TRY(read_about_contract(request, {"evidence"}, kFilesBodyMax));
  order.contract = SLUICE_TRY(read_contract(body));
  const Json::Array* list = SLUICE_TRY(read_list(body, "evidence"));
  for (const Json& item : *list) {
    Evidence evidence = SLUICE_TRY(codec::evidence_from_json(item));
    order.examined.push_back(std::move(evidence));
  }
  return order;
}

Result<EvidenceFile> read_file(const Json& item) {
  EvidenceFile file;
  file.source = SLUICE_TRY(read_text(item, "source", kPathMax));
  const std::string text = SLUICE_TRY(read_text(item, "base64", kFilesBodyMax));
  auto bytes = codec::decode_base64(text);
  if (!bytes) return fail(ErrorCode::invalid_input, "`base64`: this is no base64");
  file.bytes = *std::move(bytes);
  return file;
}

Result<FilesOrder> read_file_order(const net::Request& request) {
  FilesOrder order;
  order.uid = SLUICE_TRY(read_peer(request));
  const Json body = SLUICE_TRY(read_about_contract(request, {"domains", "files"}, kFilesBodyMax));
  order.contract = SLUICE_TRY(read_contract(body));
  const Json::Array* domains = SLUICE_TRY(read_list(body, "domains"));
  for (const Json& item : *domains) {
    if (item.string() == nullptr)
      return fail(ErrorCode::invalid_input, "`domains`: expected texts");
    order.domains.push_back(printable(*item.string(), kWhoMax));
  }
  const Json::Array* files = SLUICE_TRY(read_list(body, "files"));
  for (const Json& item : *files) {
    EvidenceFile file = SLUICE_TRY(read_file(item));
    order.files.push_back(std::move(file));
  }
  return order;
}

net::Response recorded(const Result<std::vector<Evidence>>& records) {
  if (!records) return refusal(records.error());
  Json::Array list;
  for (const Evidence& evidence : *records) list.push_back(codec::to_json(evidence));
  return answer(201, Json(Json::Object{{"evidence", Json(std::move(list))}}));
}

net::Response post_evidence(const Doors& doors, const net::Request& request) {
  const auto order = read_evidence(request);
  return order ? recorded(doors.record(*order)) : refusal(order.error());
}

net::Response post_files(const Doors& doors, const net::Request& request) {
  const auto order = read_file_order(request);
  return order ? recorded(doors.examine(*order)) : refusal(order.error());
}

net::Response post_approval(const Doors& doors, const net::Request& request) {
  const auto order = read_approval(request);
  if (!order) return refusal(order.error());
  const auto approvals = doors.approve(*order);
  if (!approvals) return refusal(approvals.error());
  Json::Array list;
  for (const Approval& approval : *approvals) list.push_back(codec::to_json(approval));
  return answer(201, Json(Json::Object{{"approvals", Json(std::move(list))}}));
}

net::Response post_exception(const Doors& doors, const net::Request& request) {
  const auto order = read_exception(request);
  if (!order) return refusal(order.error());
  const auto made = doors.except(*order);
  return made ? answer(201, codec::to_json(*made)) : refusal(made.error());
}

net::Response post_revocation(const Doors& doors, const net::Request& request) {
  const auto order = read_revocation(request);
  if (!order) return refusal(order.error());
  const auto revoked = doors.revoke(*order);
  return revoked ? answer(201, codec::to_json(*revoked)) : refusal(revoked.error());
}

struct Route {
  std::string_view method;
  std::string_view path;
  net::Response (*handle)(const Doors&, const net::Request&);
};

constexpr std::array<Route, 11> kRoutes{{
    {"GET", "/v1/healthz", get_health},
    {"GET", "/v1/status", get_status},
    {"GET", "/v1/verdict", get_verdict},
    {"POST", "/v1/deliveries", post_delivery},
    {"POST", "/v1/adoption", post_adoption},
    {"POST", "/v1/commands", post_command},
    {"POST", "/v1/approvals", post_approval},
    {"POST", "/v1/exceptions", post_exception},
    {"POST", "/v1/evidence", post_evidence},
    {"POST", "/v1/files", post_files},
    {"POST", "/v1/revocations", post_revocation},
}};

net::Response wrong_method(const net::Request& request, const Route& route) {
  return refusal(codec::Problem{.status = 405,
                                .title = "method not allowed",
                                .detail = fmt::format("{} takes {}, not {}", route.path,
                                                      route.method, printable(request.method, 20)),
                                .more = Json(Json::Object{{"allow", route.method}})});
}

}  // namespace

bool is_decision(const net::Request& request) {
  constexpr std::array<std::string_view, 4> kDecisions{"/v1/approvals", "/v1/exceptions",
                                                       "/v1/files", "/v1/revocations"};
  return request.method == "POST" &&
         std::ranges::find(kDecisions, request.target) != kDecisions.end();
}

net::Response Handlers::operator()(const net::Request& request) const {
  const std::string_view path =
      std::string_view(request.target).substr(0, request.target.find('?'));
  const auto* route = std::ranges::find(kRoutes, path, &Route::path);
  if (route == kRoutes.end()) {
    return refusal(
        Error{ErrorCode::not_found, fmt::format("there is no `{}` here", printable(path, 100))});
  }
  if (request.method != route->method) return wrong_method(request, *route);
  return route->handle(doors_, request);
}

}  // namespace sluice::api
