// Against Debian's prometheus-alertmanager: what it really answers, and what its webhook really
// sends.
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include <doctest/doctest.h>

#include "adapters/alertmanager/alertmanager_source.h"
#include "adapters/alertmanager/webhook_handler.h"
#include "live/support/real_process.h"
#include "net/event_loop.h"
#include "net/http_client.h"
#include "net/http_server.h"

using namespace sluice;
using alertmanager::AlertmanagerSource;
using alertmanager::ReceivedAlert;
using alertmanager::WebhookHandler;

namespace {

constexpr const char* kProgram = "/usr/bin/prometheus-alertmanager";
constexpr std::int64_t kIntervalMs = 200;
constexpr int kPatienceMs = 15'000;

bool is_absent() {
  if (live::is_installed(kProgram)) return false;
  MESSAGE("NOT TESTED: " << kProgram << " is not installed");
  return true;
}

std::string config(const std::string& webhook_url, const std::string& token) {
  return fmt::format(
      "route:\n  receiver: sluice\n  group_wait: 0s\n  group_interval: 1s\n"
      "  repeat_interval: 1h\n  group_by: [alertname]\n"
      "receivers:\n- name: sluice\n  webhook_configs:\n  - url: {}\n    send_resolved: true\n"
      "    http_config:\n      authorization:\n        credentials: {}\n",
      webhook_url, token);
}

// A real Alertmanager with a folder, a port and a configuration of its own.
class Alertmanager {
 public:
  explicit Alertmanager(const std::string& webhook_url = "http://127.0.0.1:1/alerts",
                        const std::string& token = "t0ken")
      : port_(live::free_port()) {
    live::write_text(folder_ / "alertmanager.yml", config(webhook_url, token));
    process_ = live::RealProcess::start(
        {kProgram, "--config.file=" + (folder_ / "alertmanager.yml"),
         "--storage.path=" + (folder_ / "data"),
         "--cluster.listen-address=", fmt::format("--web.listen-address=127.0.0.1:{}", port_)},
        folder_ / "log");
    const bool ready = live::wait_until(
        [&] {
          const auto answer = net::call({.url = url() + "/-/ready", .timeout_ms = 500});
          return answer && answer->status == 200;
        },
        kPatienceMs);
    REQUIRE_MESSAGE(ready, live::read_text(folder_ / "log"));
  }

  [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}", port_); }
  void stop() { process_.kill_now(); }

  // Without an end it fires for Alertmanager's resolve_timeout, with one in the past it is over.
  void post_alert(const std::string& name, const std::string& service, bool over = false) {
    post("/api/v2/alerts",
         fmt::format(R"([{{"labels":{{"alertname":"{}","service":"{}","environment":"production",)"
                     R"("severity":"critical"}},"annotations":{{"summary":"it hurts"}},)"
                     R"("startsAt":"2024-05-01T10:00:00.123456789+02:00"{}}}])",
                     name, service, over ? R"(,"endsAt":"2024-05-01T10:00:01Z")" : ""));
  }
  void silence(const std::string& name) {
    post("/api/v2/silences",
         fmt::format(R"({{"matchers":[{{"name":"alertname","value":"{}","isRegex":false,)"
                     R"("isEqual":true}}],"startsAt":"2024-05-01T10:00:00Z",)"
                     R"("endsAt":"2099-01-01T00:00:00Z","createdBy":"a test","comment":"a test"}})",
                     name));
  }

 private:
  void post(const std::string& path, const std::string& body) {
    const auto answer = net::call({.url = url() + path, .method = "POST", .body = body});
    REQUIRE(answer.has_value());
    REQUIRE_MESSAGE(answer->status == 200, answer->body);
  }

  live::TemporaryFolder folder_;
  int port_;
  live::RealProcess process_;
};

AlertSpec spec_for(const Alertmanager& alertmanager) {
  return {.url = alertmanager.url(),
          .interval_ms = kIntervalMs,
          .matchers = {
              {"service", "storefront"}, {"environment", "production"}, {"severity", "critical"}}};
}

Tick real_now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(now).count() + kMinuteMs};
}

template <class Wanted>
bool becomes(AlertmanagerSource& source, Wanted wanted) {
  return live::wait_until([&] { return wanted(source.take(real_now())); }, kPatienceMs);
}

// Sluice's own listener, as the engine would run it.
class Listener {
 public:
  explicit Listener(WebhookHandler handler) {
    auto opened =
        net::HttpServer::open(loop_, "127.0.0.1:0", [this, handler](const net::Request& request) {
          const net::Response response = handler(request);
          last_status_ = response.status;
          return response;
        });
    REQUIRE(opened.has_value());
    server_ = std::move(*opened);
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Listener() {
    loop_.stop();
    thread_.join();
  }
  [[nodiscard]] std::string url() const {
    return fmt::format("http://127.0.0.1:{}/alerts", server_->port());
  }
  [[nodiscard]] int last_status() const { return last_status_; }

 private:
  std::atomic<int> last_status_ = 0;
  net::EventLoop loop_;
  std::unique_ptr<net::HttpServer> server_;
  std::thread thread_;
};

// Handed from the listener's thread to the test's.
struct Inbox {
  live::TemporaryFolder folder;
  std::mutex mutex;
  std::vector<ReceivedAlert> alerts;

  WebhookHandler handler() {
    live::write_text(folder / "token", "t0ken\n");
    auto opened = WebhookHandler::open(folder / "token", [this](const auto& received) {
      const std::lock_guard lock(mutex);
      alerts.insert(alerts.end(), received.begin(), received.end());
    });
    REQUIRE(opened.has_value());
    return std::move(*opened);
  }
  std::vector<ReceivedAlert> take() {
    const std::lock_guard lock(mutex);
    return std::exchange(alerts, {});
  }
};

}  // namespace

TEST_CASE("live alertmanager: an alert fires, is silenced, and the source dies with the server") {
  if (is_absent()) return;
  Alertmanager server;
  AlertmanagerSource source(spec_for(server));
  REQUIRE(becomes(source, [](const AlertState& state) { return state.live; }));
  CHECK(source.take(real_now()).firing.empty());

  server.post_alert("HighErrorRate", "billing");  // not ours
  server.post_alert("HighErrorRate", "storefront");
  AlertState state;
  REQUIRE(becomes(source, [&](const AlertState& seen) {
    state = seen;
    return !seen.firing.empty();
  }));
  REQUIRE(state.firing.size() == 1);
  CHECK(state.firing[0].name == "HighErrorRate");
  CHECK(state.firing[0].summary == "it hurts");
  CHECK(state.firing[0].started.unix_ms == 1'714'550'400'123);
  CHECK(state.firing[0].fingerprint.size() == 16);

  server.silence("HighErrorRate");
  CHECK(becomes(source, [](const AlertState& seen) { return seen.live && seen.firing.empty(); }));

  server.stop();
  CHECK(becomes(source, [](const AlertState& seen) { return !seen.live; }));
  CHECK(source.take(real_now()).trouble.contains("127.0.0.1"));
}

TEST_CASE("live alertmanager: an alert that ends is gone") {
  if (is_absent()) return;
  Alertmanager server;
  AlertmanagerSource source(spec_for(server));
  server.post_alert("Slow", "storefront");
  REQUIRE(becomes(source, [](const AlertState& state) { return state.firing.size() == 1; }));
  server.post_alert("Slow", "storefront", true);
  CHECK(
      becomes(source, [](const AlertState& state) { return state.live && state.firing.empty(); }));
}

TEST_CASE("live alertmanager: labels that need quoting are asked for as they are") {
  if (is_absent()) return;
  Alertmanager server;
  AlertSpec spec = spec_for(server);
  spec.matchers["service"] = "a \"b\" \\ & c\nd";
  AlertmanagerSource source(spec);
  server.post_alert("Odd", R"(a \"b\" \\ & c\nd)");
  CHECK(becomes(source, [](const AlertState& state) { return state.firing.size() == 1; }));
}

TEST_CASE("live alertmanager: its webhook is accepted, pushed, and taken back when resolved") {
  if (is_absent()) return;
  Inbox inbox;
  Listener listener(inbox.handler());
  Alertmanager server(listener.url());
  // The polls of this source never succeed, so that only the webhook speaks.
  AlertSpec spec = spec_for(server);
  spec.url = "http://127.0.0.1:1";
  AlertmanagerSource source(spec);
  const auto fires = [&](std::size_t count) {
    return live::wait_until(
        [&] {
          source.push(inbox.take());
          return source.take(real_now()).firing.size() == count;
        },
        kPatienceMs);
  };

  server.post_alert("HighErrorRate", "storefront");
  CHECK(fires(1));
  CHECK(listener.last_status() == 200);
  CHECK(!source.take(real_now()).live);
  server.post_alert("HighErrorRate", "storefront", true);
  CHECK(fires(0));
}

TEST_CASE("live alertmanager: with the wrong token nothing gets in") {
  if (is_absent()) return;
  Inbox inbox;
  Listener listener(inbox.handler());
  Alertmanager server(listener.url(), "wrong");
  server.post_alert("HighErrorRate", "storefront");
  CHECK(live::wait_until([&] { return listener.last_status() == 401; }, kPatienceMs));
  CHECK(inbox.take().empty());
}
