// Against Debian's prometheus, which scrapes the exporter of a real HAProxy each second.
#include <atomic>
#include <chrono>
#include <thread>

#include <doctest/doctest.h>
#include <signal.h>

#include "adapters/haproxy/haproxy_router.h"
#include "adapters/prometheus/prometheus_gauges.h"
#include "live/support/proxied_service.h"
#include "net/http_client.h"

using namespace sluice;
using live::ProxiedService;
using prometheus::PrometheusGauges;

namespace {

constexpr const char* kProgram = "/usr/bin/prometheus";
constexpr int kPatienceMs = 30'000;
constexpr std::string_view kSessions =
    R"(haproxy_server_current_sessions{proxy="shop_{slot}",server=~"{slot}.*"})";
// A series for each slot, whatever is scraped.
constexpr std::string_view kConstant = R"(label_replace(vector(1),"slot","{slot}","",""))";

bool is_absent() {
  for (const char* program : {kProgram, live::kHaproxy}) {
    if (live::is_installed(program)) continue;
    MESSAGE("NOT TESTED: " << program << " is not installed");
    return true;
  }
  return false;
}

// HAProxy shows its own numbers at another port.
ProxiedService::Change with_exporter(int port) {
  return [port](std::string& configuration) {
    configuration += fmt::format(
        "\nfrontend numbers\n    bind 127.0.0.1:{}\n"
        "    http-request use-service prometheus-exporter if {{ path /metrics }}\n",
        port);
  };
}

// A real Prometheus with a folder and a port of its own.
class Prometheus {
 public:
  explicit Prometheus(int target) : port_(live::free_port()) {
    live::write_text(folder_ / "prometheus.yml",
                     fmt::format("global: {{ scrape_interval: 1s, scrape_timeout: 1s }}\n"
                                 "scrape_configs:\n- job_name: haproxy\n  static_configs:\n"
                                 "  - targets: ['127.0.0.1:{}']\n",
                                 target));
    start();
  }

  void start() {
    process_ = live::RealProcess::start({kProgram, "--config.file=" + (folder_ / "prometheus.yml"),
                                         "--storage.tsdb.path=" + (folder_ / "data"),
                                         fmt::format("--web.listen-address=127.0.0.1:{}", port_)},
                                        folder_ / "log");
    const bool ready = live::wait_until(
        [&] {
          const auto answer = net::call({.url = url() + "/-/ready", .timeout_ms = 500});
          return answer && answer->status == 200;
        },
        kPatienceMs);
    REQUIRE_MESSAGE(ready, live::read_text(folder_ / "log"));
  }
  void kill() { process_.kill_now(); }
  void hang() { process_.signal(SIGSTOP); }
  void go_on() { process_.signal(SIGCONT); }

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}", port_); }

 private:
  live::TemporaryFolder folder_;
  int port_;
  live::RealProcess process_;
};

PrometheusSpec spec_for(const std::string& url, std::string_view query = kSessions) {
  return {.url = url,
          .token_file = {},
          .interval_ms = kSecondMs,
          .gauges = {{.name = "requests open", .query = std::string(query)}}};
}

Tick real_now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(now).count() + kMinuteMs};
}

template <class Wanted>
bool becomes(PrometheusGauges& gauges, Wanted wanted) {
  return live::wait_until([&] { return wanted(gauges.take(real_now())); }, kPatienceMs);
}

bool becomes_live(PrometheusGauges& gauges) {
  return becomes(gauges, [](const GaugeState& state) { return state.live; });
}

std::string trouble_of(PrometheusGauges& gauges, std::string_view words) {
  std::string trouble;
  static_cast<void>(becomes(gauges, [&](const GaugeState& state) {
    trouble = state.trouble;
    return trouble.contains(words);
  }));
  return trouble;
}

// What a person reads, once Prometheus has scraped.
bool shows(const PrometheusSpec& spec, std::size_t processes, const std::string& line) {
  std::string last;
  const bool shown = live::wait_until(
      [&] {
        last = PrometheusGauges(spec, processes).look(5'000).front();
        return last == line;
      },
      kPatienceMs);
  CAPTURE(last);
  CHECK(shown);
  return shown;
}

}  // namespace

TEST_CASE("live prometheus: requests that hang in a slot are seen, process by process") {
  if (is_absent()) return;
  const int exporter = live::free_port();
  ProxiedService service(false, with_exporter(exporter));
  Prometheus server(exporter);
  PrometheusGauges gauges(spec_for(server.url()), 2);
  GaugeSample last;
  const auto sampled = [&](auto wanted) {
    return becomes(gauges, [&](const GaugeState& state) {
      if (state.sample) last = *state.sample;
      return state.sample && state.live && wanted();
    });
  };
  REQUIRE(sampled([] { return true; }));
  REQUIRE(last.gauges.size() == 1);
  CHECK(last.gauges[0].by_slot[0] == std::vector<double>{0, 0});
  CHECK(last.gauges[0].by_slot[1] == std::vector<double>{0, 0});

  haproxy::HaproxyRouter router(service.spec().haproxy);
  REQUIRE(router.apply({.baseline = Slot::a, .share = Share(9'999)}, 1));
  service.b().hang(true);
  std::atomic<bool> enough = false;
  std::thread customers([&] {
    while (!enough) service.load(8);
  });
  CHECK(sampled([&] {
    const std::vector<double>& b = last.gauges[0].by_slot[1];
    return b.size() == 2 && b[0] > 0 && b[1] > 0;
  }));
  CHECK(last.gauges[0].by_slot[0] == std::vector<double>{0, 0});
  enough = true;
  service.b().hang(false);
  customers.join();
}

TEST_CASE("live prometheus: killed it is not live, started again it is") {
  if (is_absent()) return;
  Prometheus server(live::free_port());
  PrometheusGauges gauges(spec_for(server.url(), kConstant), 1);
  REQUIRE(becomes_live(gauges));
  server.kill();
  CHECK(becomes(gauges, [](const GaugeState& state) { return !state.live; }));
  CHECK(trouble_of(gauges, "does not answer").contains(server.url()));
  server.start();
  CHECK(becomes_live(gauges));
}

TEST_CASE("live prometheus: a server that hangs does not hold up who asks") {
  if (is_absent()) return;
  Prometheus server(live::free_port());
  PrometheusGauges gauges(spec_for(server.url(), kConstant), 1);
  REQUIRE(becomes_live(gauges));
  server.hang();
  int taken = 0;
  CHECK(becomes(gauges, [&](const GaugeState& state) { return ++taken > 0 && !state.live; }));
  CHECK(taken > 20);  // a call that waited would have been one of a few
  CHECK(gauges.take(real_now()).trouble.contains("does not answer"));
  server.go_on();
  CHECK(becomes_live(gauges));
}

TEST_CASE("live prometheus: what a query does wrong is told as Prometheus says it, or we") {
  if (is_absent()) return;
  const int exporter = live::free_port();
  ProxiedService service(false, with_exporter(exporter));
  Prometheus server(exporter);
  REQUIRE(shows(spec_for(server.url()), 2,
                "requests open: 2 processes of slot a (0), 2 processes of slot b (0)"));
  const auto said = [&](std::string_view query) {
    return PrometheusGauges(spec_for(server.url(), query), 2).look(5'000).front();
  };
  const std::string broken = said("queue{slot=\"{slot}\"");
  CHECK(broken.starts_with("gauge `requests open`: Prometheus says `"));
  CHECK(broken.contains("parse error"));
  CHECK(said("scalar(up{job!=\"{slot}\"})").contains("leave out `scalar()`"));
  CHECK(said("up{job!=\"{slot}\"}[5s]").contains("a matrix"));
  CHECK(said("up{job!=\"{slot}\"}").contains("is in the answers about both slots"));
  CHECK(said("haproxy_server_current_sessions{proxy=\"shop_{slot}\"}")
            .contains("more than 2 series"));
  CHECK(said("0 * haproxy_server_current_sessions{proxy=\"shop_{slot}\",server=~\"{slot}.*\"} / 0")
            .contains("is NaN"));
  CHECK(said("nothing{slot=\"{slot}\"}") == "requests open: none of slot a, none of slot b");
  CHECK(said("{__name__!=\"\",job!=\"{slot}\"}").contains("more than 2 series"));
}

TEST_CASE("live prometheus: a token that is asked for is sent") {
  if (is_absent()) return;
  Prometheus server(live::free_port());
  live::TemporaryFolder folder;
  const int door = live::free_port();
  live::write_text(folder / "door.cfg",
                   fmt::format("defaults\n  mode http\n  timeout connect 1s\n  timeout client 5s\n"
                               "  timeout server 5s\nfrontend door\n  bind 127.0.0.1:{}\n"
                               "  http-request deny deny_status 401 unless {{ "
                               "req.hdr(authorization) -m str \"Bearer t0ken\" }}\n"
                               "  default_backend prometheus\nbackend prometheus\n"
                               "  server one 127.0.0.1:{}\n",
                               door, server.port()));
  auto proxy = live::RealProcess::start({live::kHaproxy, "-db", "-f", folder / "door.cfg"},
                                        folder / "door.log");
  PrometheusSpec spec = spec_for(fmt::format("http://127.0.0.1:{}", door), kConstant);
  PrometheusGauges without(spec, 1);
  CHECK(trouble_of(without, "HTTP 401").contains("`token_file`"));

  live::write_text(folder / "token", "wrong\n");
  spec.token_file = folder / "token";
  PrometheusGauges with(spec, 1);
  CHECK(trouble_of(with, "HTTP 401").contains("`token_file`"));
  live::write_text(folder / "token", "t0ken\n");
  CHECK(becomes_live(with));
}
