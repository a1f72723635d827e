#include "api/handlers.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "codec/event_json.h"
#include "codec/json.h"
#include "codec/problem_json.h"

namespace sluice::api {
namespace {

// JSON is easier to read with single quotes in a C++ literal.
std::string quoted(std::string text) {
  std::ranges::replace(text, '\'', '"');
  return text;
}

// What a client that has stored the artifacts says of them, in place of STORED.
std::string order_text(std::string text) {
  const std::string stored = "'revision':'" + sha256("contract").hex +
                             "','artifacts':[{'name':'server','digest':'" + sha256("server").hex +
                             "'}]";
  text.replace(text.find("STORED"), 6, stored);
  return quoted(std::move(text));
}

Status storefront() {
  Status status;
  status.service = {"storefront"};
  status.last_seq = 12;
  return status;
}

// Doors that note what came through and answer what a test put there.
struct House {
  Result<engine::Admission> admission = engine::Admission{DeliveryId{"D-0007"}, {}};
  Result<void> obeyed;
  std::vector<DeliverOrder> orders;
  std::vector<Command> commands;
  std::vector<std::string> adopted;
  std::vector<ApprovalOrder> approvals;
  std::vector<ExceptionOrder> exceptions;
  std::vector<RevocationOrder> revocations;
  std::optional<std::uint32_t> peer = 1000;

  net::Response ask(const std::string& method, const std::string& target,
                    const std::string& body = "") {
    const Handlers handlers(Doors{
        .status = [] { return storefront(); },
        .verdict = []() -> Result<DeliveryVerdict> {
          return fail(ErrorCode::not_found, "no delivery was ever started here");
        },
        .deliver =
            [this](const DeliverOrder& order) {
              orders.push_back(order);
              return admission;
            },
        .adopt =
            [this](const DeliverOrder& order) {
              adopted.push_back(order.contract.path);
              return obeyed;
            },
        .command =
            [this](const Command& command) {
              commands.push_back(command);
              return obeyed;
            },
        .approve = [this](const ApprovalOrder& order) -> Result<std::vector<Approval>> {
          approvals.push_back(order);
          if (!obeyed) return std::unexpected(obeyed.error());
          return std::vector<Approval>{{.environment = {"production"}, .name = "Ana Lima"}};
        },
        .except = [this](const ExceptionOrder& order) -> Result<Exception> {
          exceptions.push_back(order);
          return Exception{.clause = order.clause, .reason = order.reason};
        },
        .revoke = [this](const RevocationOrder& order) -> Result<Evidence> {
          revocations.push_back(order);
          return Evidence{.id = sha256(order.evidence)};
        },
    });
    return handlers(
        {.method = method, .target = target, .headers = {}, .body = body, .peer_uid = peer});
  }
};

codec::Problem problem_in(const net::Response& response) {
  CHECK(response.content_type == "application/problem+json");
  const auto problem = codec::decode_problem(response.body);
  REQUIRE(problem);
  CHECK(problem->status == response.status);
  return *problem;
}

}  // namespace

TEST_CASE("api: the status comes as the codec writes it, with or without a query") {
  for (const char* target : {"/v1/status", "/v1/status?x=1"}) {
    const net::Response response = House().ask("GET", target);
    CHECK(response.status == 200);
    CHECK(response.content_type == "application/json");
    const auto status = codec::decode_status(response.body);
    REQUIRE(status);
    CHECK(status->service.text == "storefront");
    CHECK(status->last_seq == 12);
  }
}

TEST_CASE("api: a path that does not exist is 404 and names itself, made safe") {
  const net::Response response = House().ask("GET", "/v1/\x1b[2J");
  CHECK(response.status == 404);
  CHECK(problem_in(response).detail == "there is no `/v1/?[2J` here");
}

TEST_CASE("api: a wrong method is 405 and says the right one") {
  const net::Response response = House().ask("GET", "/v1/commands");
  CHECK(response.status == 405);
  CHECK(problem_in(response).detail == "/v1/commands takes POST, not GET");
  CHECK(problem_in(response).more.string_or("allow", "") == "POST");
}

TEST_CASE("api: a drill is ordered like a delivery") {
  House house;
  const net::Response response =
      house.ask("POST", "/v1/deliveries",
                order_text("{'contract':'/x/c.md',STORED,'by':'ana (uid 1000)','drill':true}"));
  CHECK(response.status == 201);
  REQUIRE(house.orders.size() == 1);
  CHECK(house.orders[0].drill);
  CHECK(!house.orders[0].supersede);
}

TEST_CASE("api: a delivery is ordered with contract, who and supersede, and answered by its id") {
  House house;
  const net::Response response =
      house.ask("POST", "/v1/deliveries",
                order_text("{'contract':'/x/c.md',STORED,'by':'ana (uid 1000)','supersede':true}"));
  CHECK(response.status == 201);
  CHECK(response.body == quoted("{'delivery':'D-0007'}"));
  REQUIRE(house.orders.size() == 1);
  CHECK(house.orders[0].contract.path == "/x/c.md");
  CHECK(house.orders[0].by == "ana (uid 1000)");
  CHECK(house.orders[0].supersede);
  CHECK(!house.orders[0].drill);
  CHECK(house.orders[0].contract.revision == sha256("contract"));
  const Release& files = house.orders[0].contract.files;
  REQUIRE(files.artifacts.size() == 1);
  CHECK(files.artifacts[0].name == "server");
  CHECK(files.artifacts[0].digest == sha256("server"));
  CHECK(files.configuration.empty());
}

TEST_CASE("api: configuration and migrations are named beside the artifacts, each in its list") {
  House house;
  const std::string more = ",'configuration':[{'name':'flags','digest':'" + sha256("flags").hex +
                           "'}],'migrations':[{'name':'1.sql','digest':'" + sha256("sql").hex +
                           "'}]";
  CHECK(house
            .ask("POST", "/v1/deliveries",
                 order_text("{'contract':'c.md',STORED,'by':'ana'" + more + "}"))
            .status == 201);
  const Release& files = house.orders.at(0).contract.files;
  REQUIRE(files.configuration.size() == 1);
  CHECK(files.configuration[0].digest == sha256("flags"));
  REQUIRE(files.migrations.size() == 1);
  CHECK(files.migrations[0].name == "1.sql");
}

TEST_CASE("api: a delivery that the policy refuses is 422 with the clauses") {
  House house;
  house.admission =
      engine::Admission{.delivery = std::nullopt,
                        .clauses = {{Clause::progression_order, Verdict::fail, "skipped",
                                     "staging is left out", "name every environment", 3}}};
  const net::Response response =
      house.ask("POST", "/v1/deliveries", order_text("{'contract':'c.md',STORED,'by':'ana'}"));
  CHECK(response.status == 422);
  const codec::Problem problem = problem_in(response);
  const codec::Json* clauses = problem.more.find("clauses");
  REQUIRE(clauses != nullptr);
  REQUIRE(clauses->array() != nullptr);
  REQUIRE(clauses->array()->size() == 1);
  CHECK((*clauses->array())[0].string_or("clause", "") == "progression.order");
  CHECK((*clauses->array())[0].string_or("why", "") == "staging is left out");
}

TEST_CASE("api: a second delivery is 409 and the detail names the first") {
  House house;
  house.admission = fail(ErrorCode::conflict, "D-0006 is under way");
  const net::Response response =
      house.ask("POST", "/v1/deliveries", order_text("{'contract':'c.md',STORED,'by':'ana'}"));
  CHECK(response.status == 409);
  CHECK(problem_in(response).detail == "D-0006 is under way");
}

TEST_CASE("api: each of the four commands of a person reaches the engine with who gave it") {
  House house;
  for (const char* name : {"pause", "resume", "rollback", "abort"}) {
    const std::string body = quoted(std::string("{'command':'") + name + "','by':'ana'}");
    CHECK(house.ask("POST", "/v1/commands", body).status == 202);
  }
  REQUIRE(house.commands.size() == 4);
  CHECK(house.commands[0].kind == CommandKind::pause);
  CHECK(house.commands[1].kind == CommandKind::resume);
  CHECK(house.commands[2].kind == CommandKind::rollback);
  CHECK(house.commands[3].kind == CommandKind::abort);
  CHECK(house.commands[3].by == "ana");
}

TEST_CASE("api: a command may say which delivery it means") {
  House house;
  CHECK(
      house
          .ask("POST", "/v1/commands", quoted("{'command':'abort','by':'ana','delivery':'D-0007'}"))
          .status == 202);
  REQUIRE(house.commands.size() == 1);
  CHECK(house.commands[0].delivery.text == "D-0007");
}

TEST_CASE("api: a command that does not apply now is 409") {
  House house;
  house.obeyed = fail(ErrorCode::conflict, "there is no delivery to pause");
  const net::Response response =
      house.ask("POST", "/v1/commands", quoted("{'command':'pause','by':'ana'}"));
  CHECK(response.status == 409);
  CHECK(problem_in(response).detail == "there is no delivery to pause");
}

TEST_CASE("api: an adoption is accepted, and its contract reaches the engine") {
  House house;
  CHECK(house.ask("POST", "/v1/adoption", order_text("{'contract':'/x/c.md',STORED}")).status ==
        202);
  CHECK(house.adopted == std::vector<std::string>{"/x/c.md"});
}

TEST_CASE("api: who approves is who the kernel says, whatever the body says") {
  House house;
  house.peer = 1002;
  const net::Response response = house.ask(
      "POST", "/v1/approvals", order_text("{'contract':'/x/c.md',STORED,'environment':'staging'}"));
  CHECK(response.status == 201);
  CHECK(response.body.contains("Ana Lima"));
  REQUIRE(house.approvals.size() == 1);
  CHECK(house.approvals[0].uid == 1002);
  CHECK(house.approvals[0].contract.path == "/x/c.md");
  CHECK(house.approvals[0].contract.files.artifacts.at(0).digest == sha256("server"));
  CHECK(house.approvals[0].environment == "staging");
  CHECK(house.ask("POST", "/v1/approvals", quoted("{'contract':'c.md','by':'ben'}")).status == 400);
  house.obeyed = fail(ErrorCode::rejected, "Ana Lima is an author of it");
  CHECK(house.ask("POST", "/v1/approvals", order_text("{'contract':'c.md',STORED}")).status == 422);
}

TEST_CASE("api: an exception and a revocation reach the engine with who speaks") {
  House house;
  CHECK(house
            .ask("POST", "/v1/exceptions",
                 order_text("{'contract':'c.md',STORED,'clause':'pre.flags','reason':'known',"
                            "'until_unix_ms':7}"))
            .status == 201);
  REQUIRE(house.exceptions.size() == 1);
  CHECK(house.exceptions[0].clause == Clause::pre_flags);
  CHECK(house.exceptions[0].until == Tick{7});
  CHECK(house.exceptions[0].uid == 1000);
  CHECK(
      house.ask("POST", "/v1/revocations", quoted("{'evidence':'E-1','reason':'wrong'}")).status ==
      201);
  REQUIRE(house.revocations.size() == 1);
  CHECK(house.revocations[0].evidence == "E-1");
  CHECK(house.revocations[0].uid == 1000);
}

TEST_CASE("api: decisions are three routes, exactly, and nothing that steers") {
  const auto is = [](const char* method, const char* target) {
    return is_decision({.method = method, .target = target, .headers = {}, .body = {}});
  };
  CHECK(is("POST", "/v1/approvals"));
  CHECK(is("POST", "/v1/exceptions"));
  CHECK(is("POST", "/v1/revocations"));
  for (const char* other : {"/v1/commands", "/v1/deliveries", "/v1/adoption", "/v1/policy",
                            "/v1/status", "/v1/approvals?x", "/v1/approvals/", ""}) {
    CAPTURE(other);
    CHECK_FALSE(is("POST", other));
  }
  CHECK_FALSE(is("GET", "/v1/approvals"));
}

TEST_CASE("api: nobody decides over a connection without a known peer") {
  House house;
  house.peer.reset();
  for (const char* path : {"/v1/approvals", "/v1/exceptions", "/v1/revocations"}) {
    CHECK(house.ask("POST", path, quoted("{'contract':'c.md','evidence':'E-1','reason':'x'}"))
              .status == 422);
  }
  CHECK(house.approvals.empty());
  CHECK(house.exceptions.empty());
  CHECK(house.revocations.empty());
}

TEST_CASE("api: a body that cannot be read is 400, says what, and reaches nobody") {
  struct Bad {
    std::string target;
    std::string body;
    std::string says;
  };
  const Bad bad[] = {
      {"/v1/commands", "", "the request's body"},
      {"/v1/commands", "[1]", "expected a JSON object"},
      {"/v1/commands", quoted("{'by':'ana'}"), "`command`: expected a text"},
      {"/v1/commands", quoted("{'command':'pause'}"), "`by`: expected a text"},
      {"/v1/commands", quoted("{'command':'supersede','by':'ana'}"), "`supersede` is not pause"},
      {"/v1/commands", quoted("{'command':'pause','command':'abort','by':'ana'}"),
       "the request's body"},
      {"/v1/commands", quoted("{'command':'pause','by':'ana','force':true}"),
       "unknown member `force`"},
      {"/v1/deliveries", quoted("{'contract':7,'by':'ana'}"), "`contract`: expected a text"},
      {"/v1/deliveries", order_text("{'contract':'c.md',STORED,'by':'ana','supersede':'yes'}"),
       "`supersede`: expected true or false"},
      {"/v1/deliveries", quoted("{'contract':'c\\u0000.md','by':'ana'}"), "none of them NUL"},
      {"/v1/adoption", quoted("{'contract':''}"), "`contract`: expected a text"},
      {"/v1/exceptions", order_text("{'contract':'c.md',STORED,'clause':'pre.flag','reason':'x'}"),
       "there is no clause `pre.flag`"},
      {"/v1/exceptions", order_text("{'contract':'c.md',STORED,'clause':'pre.flags','reason':'x'}"),
       "`until_unix_ms`: expected an integer"},
      {"/v1/revocations", quoted("{'evidence':'E-1'}"), "`reason`: expected a text"},
      {"/v1/adoption", quoted("{'contract':'c.md'}"), "`revision`: expected a text"},
      {"/v1/adoption", quoted("{'contract':'c.md','revision':'abc'}"),
       "`revision`: expected a SHA-256 digest, found `abc`"},
      {"/v1/adoption", quoted("{'contract':'c.md','revision':'") + sha256("c").hex + "\"}",
       "`artifacts`: expected a list"},
      {"/v1/adoption",
       quoted("{'contract':'c.md','artifacts':[{'name':'server'}],'revision':'") + sha256("c").hex +
           "\"}",
       "`digest`: expected a text"},
      {"/v1/commands", quoted("{'command':'pause','by':'ana','delivery':7}"),
       "`delivery`: expected a text"},
  };
  for (const Bad& one : bad) {
    House house;
    const net::Response response = house.ask("POST", one.target, one.body);
    CHECK_MESSAGE(response.status == 400, one.body);
    CHECK_MESSAGE(problem_in(response).detail.contains(one.says), problem_in(response).detail);
    CHECK(house.orders.empty());
    CHECK(house.commands.empty());
    CHECK(house.adopted.empty());
  }
}

TEST_CASE("api: a body far too large is refused before it is read") {
  House house;
  const std::string body = quoted("{'contract':'" + std::string(200'000, 'x') + "','by':'ana'}");
  CHECK(house.ask("POST", "/v1/deliveries", body).status == 400);
  CHECK(house.orders.empty());
}

TEST_CASE("api: who gave a command cannot carry escapes into the ledger") {
  House house;
  CHECK(
      house.ask("POST", "/v1/commands", quoted("{'command':'pause','by':'a\\u001b[2J'}")).status ==
      202);
  REQUIRE(house.commands.size() == 1);
  CHECK(house.commands[0].by == "a?[2J");
}

TEST_CASE("api: without any delivery the verdict is 404") {
  const net::Response response = House().ask("GET", "/v1/verdict");
  CHECK(response.status == 404);
  CHECK(problem_in(response).detail == "no delivery was ever started here");
}

}  // namespace sluice::api
