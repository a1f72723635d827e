#include "adapters/alertmanager/received_alert.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include "adapters/alertmanager/rfc3339.h"

using namespace sluice;
using alertmanager::AlertStatus;
using alertmanager::parse_alerts;
using alertmanager::parse_webhook;
using alertmanager::ReceivedAlert;

namespace {

// One alert in a webhook; each test says what is special about it.
std::string webhook(const std::string& group_status, const std::string& alert) {
  return fmt::format(R"({{"version":"4","receiver":"sluice",{}"alerts":[{{{}}}]}})", group_status,
                     alert);
}

constexpr const char* kLabels = R"("labels":{"alertname":"A","severity":"critical"})";
constexpr const char* kStarted = R"("startsAt":"2024-05-01T10:00:00Z")";

AlertStatus status_of(const std::string& body) {
  const auto alerts = parse_webhook(body);
  REQUIRE_MESSAGE(alerts.has_value(), (alerts ? "" : alerts.error().message));
  REQUIRE(alerts->size() == 1);
  return alerts->front().status;
}

// Nothing where the corpus is absent.
std::optional<std::string> corpus(const std::string& name) {
  const std::filesystem::path path =
      std::filesystem::path(SLUICE_SOURCE_DIR) / "../shared/corpus/telemetry/alertmanager" / name;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    MESSAGE("the corpus is absent: nothing was checked of " << name);
    return std::nullopt;
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

TEST_CASE("webhook: an alert has its own status, or else that of its group") {
  const std::string ended = R"(,"endsAt":"2024-05-01T10:05:00Z")";
  const std::string open = R"(,"endsAt":"0001-01-01T00:00:00Z")";
  const std::string alert = fmt::format("{},{}", kLabels, kStarted);
  CHECK(status_of(webhook(R"("status":"firing",)", alert + open)) == AlertStatus::firing);
  CHECK(status_of(webhook(R"("status":"firing",)", alert + R"(,"status":"resolved")" + ended)) ==
        AlertStatus::resolved);
  CHECK(status_of(webhook(R"("status":"resolved",)", alert + R"(,"status":"firing")" + open)) ==
        AlertStatus::firing);
  CHECK(status_of(webhook(R"("status":"resolved",)", alert + ended)) == AlertStatus::resolved);
}

TEST_CASE("webhook: what is said to be resolved but never ended is unclear") {
  const std::string alert = fmt::format(R"({},{},"status":"resolved")", kLabels, kStarted);
  CHECK(status_of(webhook("", alert)) == AlertStatus::unclear);
  CHECK(status_of(webhook("", alert + R"(,"endsAt":"0001-01-01T00:00:00Z")")) ==
        AlertStatus::unclear);
  CHECK(status_of(webhook("", alert + R"(,"endsAt":"soon")")) == AlertStatus::unclear);
}

TEST_CASE("webhook: what cannot be told is refused, never guessed") {
  const std::string firing = R"("status":"firing",)";
  for (const std::string& body :
       {std::string(""), std::string("[]"), std::string("{}"), std::string("null"),
        std::string(R"({"version":"3","status":"firing","alerts":[]})"),
        std::string(R"({"version":4,"status":"firing","alerts":[]})"),
        std::string(R"({"version":"4","status":"firing"})"),
        std::string(R"({"version":"4","status":"firing","alerts":{}})"),
        webhook("", fmt::format("{},{}", kLabels, kStarted)),
        webhook(firing, fmt::format(R"({},"status":"pending")", kLabels)),
        webhook(firing, kStarted), webhook(firing, R"("labels":{})"),
        webhook(firing, R"("labels":{"a":1})"), webhook(firing, R"("labels":{"a":"1","a":"2"})")}) {
    CAPTURE(body);
    const auto alerts = parse_webhook(body);
    REQUIRE(!alerts.has_value());
    CHECK(alerts.error().code == ErrorCode::invalid_input);
  }
  CHECK(parse_webhook(webhook("", kLabels)).error().message.starts_with("alert 1: no status"));
}

TEST_CASE("webhook: without a fingerprint the labels are the key, in any order") {
  const auto key = [](const char* labels) {
    const auto alerts = parse_webhook(webhook(R"("status":"firing",)", labels));
    REQUIRE(alerts.has_value());
    return alerts->front().fingerprint;
  };
  const std::string one = key(R"("labels":{"a":"1","b":"2"})");
  CHECK(one.starts_with("labels-"));
  CHECK(one == key(R"("labels":{"b":"2","a":"1"})"));
  CHECK(one != key(R"("labels":{"a":"1","b":"3"})"));
  CHECK(one != key(R"("labels":{"a":"1\nb=2"})"));
  CHECK(key(R"("labels":{"a":"1"},"fingerprint":"dd19ae3d4e06ac55")") == "dd19ae3d4e06ac55");
}

TEST_CASE("webhook: foreign text is safe to show, a missing name is said to be missing") {
  const auto alerts = parse_webhook(
      webhook(R"("status":"firing",)",
              "\"labels\":{\"x\":\"y\"},\"annotations\":{\"summary\":\"red \\u001b[31malert\"}"));
  REQUIRE(alerts.has_value());
  const Alert alert = alerts->front().as_alert();
  CHECK(alert.name == "(without a name)");
  CHECK(alert.summary == "red ?[31malert");
  CHECK(alert.started == Tick{0});
}

TEST_CASE("api: silenced and inhibited alerts do not fire, an unreadable state does") {
  const auto with_status = [](const char* status) {
    const auto alerts = parse_alerts(fmt::format("[{{{}{}}}]", kLabels, status));
    REQUIRE(alerts.has_value());
    return alerts->front().status;
  };
  CHECK(with_status(R"(,"status":{"state":"active","silencedBy":[],"inhibitedBy":[]})") ==
        AlertStatus::firing);
  CHECK(with_status(R"(,"status":{"state":"unprocessed"})") == AlertStatus::firing);
  CHECK(with_status("") == AlertStatus::firing);
  CHECK(with_status(R"(,"status":"active")") == AlertStatus::firing);
  CHECK(with_status(R"(,"status":{"state":"suppressed"})") == AlertStatus::suppressed);
  CHECK(with_status(R"(,"status":{"state":"active","silencedBy":["id"]})") ==
        AlertStatus::suppressed);
  CHECK(with_status(R"(,"status":{"state":"active","inhibitedBy":["id"]})") ==
        AlertStatus::suppressed);
}

TEST_CASE("api: an empty list is an answer, anything but a list of alerts is none") {
  CHECK(parse_alerts("[]")->empty());
  for (const char* body : {"", "{}", "null", "[1]", "[{}]", R"([{"labels":[]}])", "[[]]",
                           R"({"status":"error"})", "<html>"}) {
    CAPTURE(body);
    CHECK(!parse_alerts(body).has_value());
  }
}

TEST_CASE("matches: every label equal; a missing label has the empty value") {
  const ReceivedAlert alert{.labels = {{"service", "shop"}, {"severity", "critical"}}};
  CHECK(matches(alert, {}));
  CHECK(matches(alert, {{"service", "shop"}, {"severity", "critical"}}));
  CHECK(!matches(alert, {{"service", "shop"}, {"environment", "production"}}));
  CHECK(!matches(alert, {{"service", "Shop"}}));
  CHECK(matches(alert, {{"team", ""}}));
}

TEST_CASE("corpus: a resolved alert is resolved, with and without a fingerprint") {
  for (const char* name : {"all_ok.json", "without_fingerprint.json"}) {
    const auto body = corpus(name);
    if (!body) continue;
    const auto alerts = parse_webhook(*body);
    REQUIRE(alerts.has_value());
    REQUIRE(alerts->size() == 1);
    CHECK(alerts->front().status == AlertStatus::resolved);
    CHECK(alerts->front().as_alert().name == "DiskSpace");
    CHECK(!alerts->front().fingerprint.empty());
    CHECK(!matches(alerts->front(), {{"severity", "critical"}}));
  }
}

TEST_CASE("corpus: alerts without a status of their own fire with their group, and are open") {
  const auto body = corpus("firing-high-memory.json");
  if (!body) return;
  const auto alerts = parse_webhook(*body);
  REQUIRE(alerts.has_value());
  REQUIRE(alerts->size() == 1);
  CHECK(alerts->front().status == AlertStatus::firing);
  CHECK(alerts->front().started == alertmanager::parse_rfc3339("2018-03-07T11:33:21.873Z"));
  CHECK(matches(alerts->front(), {{"severity", "warning"}}));
  CHECK(!matches(alerts->front(), {{"severity", "critical"}}));
}

TEST_CASE("corpus: without any status an alert is not taken for resolved") {
  const auto body = corpus("without_mandatory_field.json");
  if (!body) return;
  const auto alerts = parse_webhook(*body);
  REQUIRE(!alerts.has_value());
  CHECK(alerts.error().message == "alert 1: no status, and its group has none either");
}
