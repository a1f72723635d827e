#include "adapters/probe/http_smoke.h"

#include <chrono>
#include <mutex>
#include <set>
#include <thread>

#include "net/test_server.h"

using namespace sluice;
using net::Request;
using net::Response;
using net::TestServer;
using probe::HttpSmoke;

namespace {

const EnvironmentName kStaging{"staging"};

std::optional<SmokeReported> report_of(HttpSmoke& smoke) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(3);
  auto report = smoke.take(Tick{1});
  while (!report && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    report = smoke.take(Tick{1});
  }
  return report;
}

// "/500" answers 500, everything else 200; the body is the path.
Response by_path(const Request& request) {
  const std::string path = request.target.substr(0, request.target.find('?'));
  return {.status = path == "/500" ? 500 : 200, .body = "this is " + path};
}

}  // namespace

TEST_CASE("http smoke: every test passed") {
  const TestServer server(by_path);
  HttpSmoke smoke(kStaging, server.url() + "/",
                  {{.name = "front page", .path = "/", .expect_text = "this is /"},
                   {.name = "broken", .path = "/500", .expect_status = 500}});
  CHECK(!smoke.take(Tick{1}).has_value());
  smoke.begin(Tick{1});
  const auto report = report_of(smoke);
  REQUIRE(report.has_value());
  CHECK(report->environment == kStaging);
  CHECK(report->passed);
  CHECK(report->tests == 2);
  CHECK(report->detail.empty());
  CHECK(!smoke.take(Tick{1}).has_value());  // reported once
}

TEST_CASE("http smoke: the report names the first failures and counts the rest") {
  const TestServer server(by_path);
  const SmokeSpec fails{.name = "front page", .path = "/500"};
  HttpSmoke smoke(kStaging, server.url(),
                  {{.name = "fine", .path = "/"},
                   fails,
                   {.name = "cart", .path = "/cart", .expect_text = "Checkout"},
                   fails,
                   fails});
  smoke.begin(Tick{1});
  const auto report = report_of(smoke);
  REQUIRE(report.has_value());
  CHECK(!report->passed);
  CHECK(report->tests == 5);
  CHECK(report->detail ==
        "front page: HTTP 500, expected 200; cart: `Checkout` is not in the body; "
        "front page: HTTP 500, expected 200; and 1 more");
}

TEST_CASE("http smoke: no two requests have the same query, and the test's own query is kept") {
  std::mutex mutex;
  std::set<std::string> targets;
  const TestServer server([&](const Request& request) {
    const std::lock_guard lock(mutex);
    targets.insert(request.target);
    return Response{};
  });
  HttpSmoke smoke(kStaging, server.url(),
                  {{.name = "a", .path = "/a?b=c"}, {.name = "d", .path = "/d"}});
  for (int run = 0; run < 2; ++run) {
    smoke.begin(Tick{7});
    REQUIRE(report_of(smoke).has_value());
  }
  const std::lock_guard lock(mutex);
  CHECK(targets.size() == 4);
  CHECK(targets.contains("/a?b=c&sluice_smoke=7-1"));
  CHECK(targets.contains("/d?sluice_smoke=7-2"));
}

TEST_CASE("http smoke: an entrance that nobody serves fails every test") {
  std::string url;
  {
    url = TestServer(by_path).url();
  }
  HttpSmoke smoke(kStaging, url, {{.name = "front page", .path = "/"}});
  smoke.begin(Tick{1});
  const auto report = report_of(smoke);
  REQUIRE(report.has_value());
  CHECK(!report->passed);
  CHECK(report->detail.starts_with("front page: GET " + url));
}

TEST_CASE("http smoke: begin() drops a run that is under way") {
  const TestServer server(by_path);
  HttpSmoke smoke(kStaging, server.url(),
                  {{.name = "a", .path = "/500"}, {.name = "b", .path = "/"}});
  smoke.begin(Tick{1});
  smoke.begin(Tick{2});
  const auto report = report_of(smoke);
  REQUIRE(report.has_value());
  CHECK(report->tests == 2);
  CHECK(report->detail == "a: HTTP 500, expected 200");
}

TEST_CASE("http smoke: a run without tests has not passed") {
  HttpSmoke smoke(kStaging, "http://127.0.0.1:1", {});
  smoke.begin(Tick{1});
  const auto report = smoke.take(Tick{1});
  REQUIRE(report.has_value());
  CHECK(!report->passed);
  CHECK(report->detail == "no smoke tests are configured");
}
