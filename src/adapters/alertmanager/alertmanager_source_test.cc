#include "adapters/alertmanager/alertmanager_source.h"

#include <chrono>
#include <mutex>
#include <thread>

#include "net/test_server.h"

using namespace sluice;
using alertmanager::AlertmanagerSource;
using alertmanager::AlertStatus;
using alertmanager::ReceivedAlert;
using net::Request;
using net::Response;

namespace {

constexpr Tick kStart{1'000'000};
constexpr std::int64_t kIntervalMs = 1'000;
const std::map<std::string, std::string> kOurs{{"service", "shop"}, {"severity", "critical"}};

// An Alertmanager that answers what it is told to.
class FakeAlertmanager {
 public:
  FakeAlertmanager() : server_([this](const Request& request) { return answer(request); }) {}

  void say(Response response) {
    const std::lock_guard lock(mutex_);
    response_ = std::move(response);
  }
  void list(const std::string& alerts) { say({.body = "[" + alerts + "]"}); }
  std::string target() {
    const std::lock_guard lock(mutex_);
    return target_;
  }
  int asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  void stop() { server_.stop(); }
  [[nodiscard]] AlertSpec spec() const {
    return {.url = server_.url() + "/", .interval_ms = kIntervalMs, .matchers = kOurs};
  }

 private:
  Response answer(const Request& request) {
    const std::lock_guard lock(mutex_);
    ++asked_;
    target_ = request.target;
    return response_;
  }

  std::mutex mutex_;
  Response response_{.body = "[]"};
  std::string target_;
  int asked_ = 0;
  net::TestServer server_;  // last: it answers from the moment it is there
};

std::string alert_json(const std::string& name, const std::string& more = "") {
  return fmt::format(R"({{"labels":{{"alertname":"{0}","service":"shop","severity":"critical"}},)"
                     R"("fingerprint":"{0}","startsAt":"2024-05-01T10:00:00Z"{1}}})",
                     name, more);
}

ReceivedAlert pushed(const std::string& name, AlertStatus status, Tick started = Tick{5}) {
  return {.status = status,
          .labels = {{"alertname", name}, {"service", "shop"}, {"severity", "critical"}},
          .fingerprint = name,
          .started = started};
}

// Takes at the same tick until the state is as wanted, for at most 3 seconds.
template <class Wanted>
AlertState take_until(AlertmanagerSource& source, Tick now, Wanted wanted) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(3);
  AlertState state = source.take(now);
  while (!wanted(state) && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    state = source.take(now);
  }
  return state;
}

AlertState take_live(AlertmanagerSource& source, Tick now) {
  return take_until(source, now, [](const AlertState& state) { return state.live; });
}

// Lets a poll that is due at `now` come back, as seen by the number of requests and one more step.
void poll_at(AlertmanagerSource& source, FakeAlertmanager& fake, Tick now) {
  const int before = fake.asked();
  take_until(source, now, [&](const AlertState&) { return fake.asked() > before; });
  for (int i = 0; i < 20; ++i) {
    static_cast<void>(source.take(now));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace

TEST_CASE("alertmanager source: not live before the first answer, then live with what fires") {
  FakeAlertmanager fake;
  fake.list(alert_json("HighErrorRate", R"(,"annotations":{"summary":"too many errors"})"));
  AlertmanagerSource source(fake.spec());
  const AlertState first = source.take(kStart);
  CHECK(!first.live);
  CHECK(first.trouble == "alertmanager has not answered yet");

  const AlertState state = take_live(source, kStart);
  CHECK(state.live);
  CHECK(state.trouble.empty());
  REQUIRE(state.firing.size() == 1);
  CHECK(state.firing[0].name == "HighErrorRate");
  CHECK(state.firing[0].fingerprint == "HighErrorRate");
  CHECK(state.firing[0].summary == "too many errors");
  CHECK(state.firing[0].started.unix_ms == 1'714'557'600'000);
}

TEST_CASE("alertmanager source: asks for active alerts with our labels") {
  FakeAlertmanager fake;
  AlertSpec spec = fake.spec();
  spec.matchers = {{"service", "a\"b & c"}};
  AlertmanagerSource source(spec);
  CHECK(take_live(source, kStart).live);
  CHECK(fake.target() ==
        "/api/v2/alerts?active=true&silenced=false&inhibited=false"
        "&filter=service%3D%22a%5C%22b%20%26%20c%22");
}

TEST_CASE("alertmanager source: what is not ours, silenced or inhibited does not fire") {
  FakeAlertmanager fake;
  fake.list(R"({"labels":{"alertname":"Other","service":"billing","severity":"critical"}},)"
            R"({"labels":{"alertname":"Mild","service":"shop","severity":"warning"}},)" +
            alert_json("Silenced", R"(,"status":{"state":"suppressed","silencedBy":["x"]})"));
  AlertmanagerSource source(fake.spec());
  const AlertState state = take_live(source, kStart);
  CHECK(state.live);
  CHECK(state.firing.empty());
}

TEST_CASE("alertmanager source: polls once per interval, and sees an alert go") {
  FakeAlertmanager fake;
  fake.list(alert_json("A"));
  AlertmanagerSource source(fake.spec());
  CHECK(take_live(source, kStart).firing.size() == 1);
  fake.list("");
  for (int i = 0; i < 20; ++i) CHECK(source.take(kStart + (kIntervalMs - 1)).firing.size() == 1);
  CHECK(fake.asked() == 1);
  const AlertState gone = take_until(source, kStart + kIntervalMs,
                                     [](const AlertState& state) { return state.firing.empty(); });
  CHECK(gone.live);
  CHECK(gone.firing.empty());
}

TEST_CASE("alertmanager source: live only while the last success is younger than three intervals") {
  FakeAlertmanager fake;
  fake.list(alert_json("A"));
  AlertmanagerSource source(fake.spec());
  CHECK(take_live(source, kStart).live);
  fake.stop();
  CHECK(source.take(kStart + 3 * kIntervalMs).live);
  const AlertState dead =
      take_until(source, kStart + 3 * kIntervalMs + 1,
                 [](const AlertState& state) { return state.trouble.contains("GET http://"); });
  CHECK(!dead.live);
  CHECK(dead.trouble.contains("GET http://127.0.0.1"));
  CHECK(dead.firing.empty());  // nobody knows any more
}

TEST_CASE("alertmanager source: an answer that cannot be understood is no success") {
  for (const Response& response :
       {Response{.status = 503, .body = "starting"}, Response{.body = "{}"},
        Response{.body = "[{}]"}, Response{.body = "<html>"}, Response{.status = 302}}) {
    CAPTURE(response.body);
    FakeAlertmanager fake;
    fake.say(response);
    AlertmanagerSource source(fake.spec());
    poll_at(source, fake, kStart);
    const AlertState state = source.take(kStart);
    CHECK(!state.live);
    CHECK(state.trouble.starts_with("alertmanager"));
    CHECK(state.trouble != "alertmanager has not answered yet");
  }
}

TEST_CASE("alertmanager source: a pushed alert fires at once, until a later poll says it is gone") {
  FakeAlertmanager fake;
  AlertmanagerSource source(fake.spec());
  CHECK(take_live(source, kStart).firing.empty());
  fake.say({.status = 503});
  source.push({pushed("A", AlertStatus::firing)});
  poll_at(source, fake, kStart + 1);  // asked at once, and fails
  const AlertState state = source.take(kStart + 1);
  CHECK(state.live);
  REQUIRE(state.firing.size() == 1);
  CHECK(state.firing[0].name == "A");

  fake.list("");
  const AlertState later = take_until(source, kStart + 1 + kIntervalMs,
                                      [](const AlertState& s) { return s.firing.empty(); });
  CHECK(later.live);
  CHECK(later.firing.empty());
}

TEST_CASE("alertmanager source: a poll that began before the push does not take it back") {
  FakeAlertmanager fake;
  AlertmanagerSource source(fake.spec());
  static_cast<void>(source.take(kStart));  // on its way
  source.push({pushed("A", AlertStatus::firing)});
  fake.stop();  // so that no later poll succeeds, whether or not the first one did
  for (int i = 0; i < 50; ++i) {
    CHECK(source.take(kStart + i).firing.size() == 1);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

TEST_CASE("alertmanager source: a resolved push takes back that firing and no other") {
  FakeAlertmanager fake;
  fake.say({.status = 500});  // the polls decide nothing here
  AlertmanagerSource source(fake.spec());
  source.push({pushed("A", AlertStatus::firing, Tick{5}), pushed("B", AlertStatus::firing)});
  source.push({pushed("A", AlertStatus::resolved, Tick{4}), pushed("B", AlertStatus::unclear)});
  CHECK(source.take(kStart).firing.size() == 2);
  source.push({pushed("A", AlertStatus::resolved, Tick{5})});
  REQUIRE(source.take(kStart).firing.size() == 1);
  CHECK(source.take(kStart).firing[0].name == "B");
}

TEST_CASE("alertmanager source: a firing delivered after its own end is not news") {
  FakeAlertmanager fake;
  fake.say({.status = 500});
  AlertmanagerSource source(fake.spec());
  source.push({pushed("A", AlertStatus::resolved, Tick{5})});
  source.push({pushed("A", AlertStatus::firing, Tick{5})});
  CHECK(source.take(kStart).firing.empty());
  source.push({pushed("A", AlertStatus::firing, Tick{6})});  // fires anew
  CHECK(source.take(kStart).firing.size() == 1);
}

TEST_CASE("alertmanager source: pushes of others are not ours, and repeated ones count once") {
  FakeAlertmanager fake;
  fake.say({.status = 500});
  AlertmanagerSource source(fake.spec());
  ReceivedAlert other = pushed("Other", AlertStatus::firing);
  other.labels["service"] = "billing";
  for (int i = 0; i < 3; ++i) source.push({other, pushed("A", AlertStatus::firing)});
  const AlertState state = source.take(kStart);
  REQUIRE(state.firing.size() == 1);
  CHECK(state.firing[0].name == "A");
  CHECK(!state.live);
}
