#include "adapters/alertmanager/webhook_handler.h"

#include <fstream>

#include "net/http_client.h"
#include "net/test_server.h"

using namespace sluice;
using alertmanager::AlertStatus;
using alertmanager::ReceivedAlert;
using alertmanager::WebhookHandler;
using net::Request;

namespace {

constexpr const char* kPayload =
    R"({"version":"4","status":"firing","alerts":[{"labels":{"alertname":"A"}}]})";

// A handler with the token "s3cret", and what it pushed.
struct Fixture {
  net::TestFolder folder;
  std::vector<ReceivedAlert> pushed;

  std::string write(const std::string& text) {
    std::ofstream(folder / "token", std::ios::binary | std::ios::trunc) << text;
    return folder / "token";
  }
  WebhookHandler handler() {
    auto opened = WebhookHandler::open(write("s3cret\n"), [this](const auto& alerts) {
      pushed.insert(pushed.end(), alerts.begin(), alerts.end());
    });
    REQUIRE(opened.has_value());
    return std::move(*opened);
  }
};

Request post(const std::string& authorization, const std::string& body = kPayload) {
  return {.method = "POST",
          .target = "/alerts",
          .headers = {{"authorization", authorization}},
          .body = body};
}

}  // namespace

TEST_CASE("webhook handler: the right token and a payload are accepted and pushed") {
  Fixture fixture;
  const auto handler = fixture.handler();
  const auto answer = handler(post("Bearer s3cret"));
  CHECK(answer.status == 200);
  CHECK(answer.body == R"({"accepted":1})");
  REQUIRE(fixture.pushed.size() == 1);
  CHECK(fixture.pushed[0].status == AlertStatus::firing);
  CHECK(handler(post("bearer s3cret")).status == 200);
}

TEST_CASE("webhook handler: a missing or wrong token is 401, and nothing is read or shown") {
  Fixture fixture;
  const auto handler = fixture.handler();
  for (const char* wrong : {"", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3crett", "s3cret",
                            "Basic s3cret", "Bearer S3CRET", "Bearer s3cret, Bearer s3cret"}) {
    CAPTURE(wrong);
    const auto answer = handler(post(wrong));
    CHECK(answer.status == 401);
    CHECK(!answer.body.contains("s3cre"));
  }
  CHECK(handler({.method = "POST", .target = "/alerts", .body = kPayload}).status == 401);
  CHECK(fixture.pushed.empty());
}

TEST_CASE("webhook handler: other paths and methods are 404, also with the token") {
  Fixture fixture;
  const auto handler = fixture.handler();
  for (const char* target : {"/", "/alerts/", "/alerts?x=1", "/v1/status", "//alerts", "/ALERTS"}) {
    CAPTURE(target);
    Request request = post("Bearer s3cret");
    request.target = target;
    CHECK(handler(request).status == 404);
  }
  Request get = post("Bearer s3cret");
  get.method = "GET";
  CHECK(handler(get).status == 404);
  CHECK(fixture.pushed.empty());
}

TEST_CASE("webhook handler: what is no payload is 400 with the reason, too much is 413") {
  Fixture fixture;
  const auto handler = fixture.handler();
  const auto answer = handler(post("Bearer s3cret", R"({"version":"9"})"));
  CHECK(answer.status == 400);
  CHECK(answer.body == R"({"error":"the payload's version is `9`, not `4`"})");
  CHECK(handler(post("Bearer s3cret", std::string((1U << 20U) + 1, ' '))).status == 413);
  CHECK(fixture.pushed.empty());
}

TEST_CASE("webhook handler: a token file that holds no token is refused, without showing it") {
  Fixture fixture;
  const auto ignore = [](const auto&) {};
  const auto missing = WebhookHandler::open(fixture.folder / "none", ignore);
  REQUIRE(!missing.has_value());
  CHECK(missing.error().message.ends_with("none` cannot be read"));
  for (const std::string& text : {std::string(), std::string(" \n\t"), std::string("two w0rds"),
                                  std::string(5'000, 'w'), std::string("w\0w", 3)}) {
    const auto opened = WebhookHandler::open(fixture.write(text), ignore);
    REQUIRE(!opened.has_value());
    CHECK(opened.error().code == ErrorCode::invalid_input);
    CHECK(!opened.error().message.contains("w0rds"));
  }
}

TEST_CASE("webhook handler: behind a listener, as a client sees it") {
  Fixture fixture;
  const net::TestServer server(fixture.handler());
  const std::string url = server.url() + "/alerts";
  CHECK(net::call({.url = url, .method = "POST", .body = kPayload})->status == 401);
  const auto accepted =
      net::call({.url = url, .method = "POST", .body = kPayload, .bearer_token = "s3cret"});
  REQUIRE(accepted.has_value());
  CHECK(accepted->status == 200);
  const auto too_long = net::call({.url = url,
                                   .method = "POST",
                                   .body = std::string((1U << 20U) + 1, ' '),
                                   .bearer_token = "s3cret"});
  REQUIRE(too_long.has_value());
  CHECK(too_long->status == 413);
}
