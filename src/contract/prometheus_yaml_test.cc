#include "contract/prometheus_yaml.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "contract/policy_yaml.h"
#include "model/gauge.h"

using namespace sluice;
using contract::parse_policy;

namespace {

constexpr std::string_view kQueue =
    R"({ name: requests waiting, query: 'queue{proxy="shop_{slot}"}' })";

std::string gauges(std::string_view list) {
  return fmt::format("{{ url: http://127.0.0.1:9090, gauges: [ {} ] }}", list);
}

// sluice.yaml with these values of `prometheus` in staging and production; empty: none.
std::string policy_text(std::string_view staging, std::string_view production,
                        std::string_view parameters = "") {
  const auto part = [](std::string_view value) {
    return value.empty() ? std::string() : fmt::format("    prometheus: {}\n", value);
  };
  return fmt::format(
      "service: shop\n{}environments:\n"
      "  - name: staging\n    judged: true\n"
      "    process: {{ command: [./app], ports_a: 9001, ports_b: 9002 }}\n"
      "    haproxy: {{ socket: s.sock, map: s.map, log_listen: 127.0.0.1:5511 }}\n{}"
      "  - name: production\n    customer_facing: true\n"
      "    process: {{ command: [./app], ports_a: 9011, ports_b: 9012 }}\n"
      "    haproxy: {{ socket: p.sock, map: p.map, log_listen: 127.0.0.1:5512 }}\n{}",
      parameters, part(staging), part(production));
}

std::string said(const std::string& text) {
  std::string out;
  for (const Complaint& complaint : parse_policy(text, "s.yaml").complaints) {
    out += to_text(complaint) + "\n";
  }
  return out;
}

std::string said_of(std::string_view prometheus) { return said(policy_text("", prometheus)); }

}  // namespace

TEST_CASE("prometheus in sluice.yaml: a server with its gauges") {
  const auto [policy, complaints] = parse_policy(
      policy_text("",
                  "{ url: https://metrics.example/prom, token_file: metrics.token, "
                  "interval: 15s, gauges: [ " +
                      std::string(kQueue) + ", { name: memory, query: 'rss{s=\"{slot}\"}' } ] }"),
      "s.yaml");
  CHECK(complaints.empty());
  CHECK(!policy.environments[0].prometheus);
  REQUIRE(policy.environments[1].prometheus);
  const PrometheusSpec& prometheus = *policy.environments[1].prometheus;
  CHECK(prometheus.url == "https://metrics.example/prom");
  CHECK(prometheus.token_file == "metrics.token");
  CHECK(prometheus.interval_ms == 15 * kSecondMs);
  REQUIRE(prometheus.gauges.size() == 2);
  CHECK(prometheus.gauges[0].name == "requests waiting");
  CHECK(prometheus.gauges[0].query == R"(queue{proxy="shop_{slot}"})");

  const auto plain = parse_policy(policy_text("", gauges(kQueue)), "s.yaml");
  CHECK(plain.complaints.empty());
  CHECK(plain.policy.environments[1].prometheus->interval_ms == kMinuteMs);
  CHECK(plain.policy.environments[1].prometheus->token_file.empty());
}

TEST_CASE("prometheus in sluice.yaml: what is wrong is told with its place and what to write") {
  const std::string list = fmt::format("gauges: [ {} ]", kQueue);
  CHECK(said_of("{ " + list + " }").contains("prometheus.url"));
  CHECK(said_of("{ url: 127.0.0.1:9090, " + list + " }").contains("write http://HOST:PORT"));
  CHECK(said_of("{ url: 'http://me:secret@p', " + list + " }").contains("without a user"));
  CHECK(said_of("{ url: http://p, interval: 500ms, " + list + " }").contains("interval"));
  CHECK(said_of("{ url: http://p, interval: 11m, " + list + " }").contains("interval"));
  CHECK(said_of("{ url: http://p, intervall: 5s, " + list + " }").contains("interval"));
  CHECK(said_of("{ url: http://p }").contains("prometheus.gauges"));
  CHECK(said_of(gauges("")).contains("no list of 1 to 8 gauges"));
  CHECK(said_of("{ url: http://p, gauges: many }").contains("no list of 1 to 8 gauges"));
  std::string nine;
  for (int i = 0; i < 9; ++i) nine += fmt::format("{{ name: g{0}, query: 'g{0}{{slot}}' }},", i);
  CHECK(said_of(gauges(nine)).contains("no list of 1 to 8 gauges"));
}

TEST_CASE("prometheus in sluice.yaml: a gauge has a name of its own and a query that says {slot}") {
  CHECK(said_of(gauges("{ name: waiting }")).contains("prometheus.gauges[1].query"));
  CHECK(said_of(gauges("{ query: 'q{slot}' }")).contains("prometheus.gauges[1].name"));
  CHECK(said_of(gauges("{ name: waiting, query: up }"))
            .contains("does not say {slot}, so that both slots would be the same processes"));
  CHECK(said_of(gauges("{ name: ' a', query: 'q{slot}' }")).contains("write what people call it"));
  CHECK(said_of(gauges("{ name: '" + std::string(61, 'n') + "', query: 'q{slot}' }"))
            .contains("at most 60 bytes"));
  CHECK(said_of(gauges("{ name: waiting, query: 'q{slot}" + std::string(4'096, ' ') + "x' }"))
            .contains("recording rule"));
  CHECK(said_of(gauges("{ name: waiting, query: 'q{slot}', unit: s }")).contains("unit"));
  CHECK(said_of(gauges(std::string(kQueue) + "," + std::string(kQueue)))
            .contains("there are two gauges `requests waiting`"));
  CHECK(said_of(gauges("7")).contains("prometheus.gauges[1]"));
}

TEST_CASE("prometheus in sluice.yaml: one server for all is right, one query for all is not") {
  CHECK(said(policy_text(gauges("{ name: waiting, query: 'q{e=\"staging\",s=\"{slot}\"}' }"),
                         gauges("{ name: waiting, query: 'q{e=\"production\",s=\"{slot}\"}' }")))
            .empty());
  const std::string both = said(policy_text(gauges(kQueue), gauges(kQueue)));
  CHECK(
      both.contains("`staging` and `production` ask the same Prometheus the same for gauge "
                    "`requests waiting`"));
  CHECK(both.contains("by a label"));
  const std::string slash =
      fmt::format("{{ url: HTTP://127.0.0.1:9090/, gauges: [ {} ] }}", kQueue);
  CHECK(said(policy_text(gauges(kQueue), slash)).contains("write http://"));
  const std::string other = fmt::format("{{ url: http://127.0.0.1:9091, gauges: [ {} ] }}", kQueue);
  CHECK(said(policy_text(gauges(kQueue), other)).empty());
}

TEST_CASE("prometheus in sluice.yaml: gauges are judged, so the environment must be") {
  std::string text = policy_text(gauges(kQueue), "");
  text.erase(text.find("    judged: true\n"), 17);
  CHECK(said(text).contains("there are gauges, but the environment is not judged"));
}

TEST_CASE("policy: gauges against the baseline are reported, unless they are to take back") {
  const auto with = [](std::string_view word) {
    return policy_text("", gauges(kQueue),
                       fmt::format("parameters: {{ gauges_against_baseline: {} }}\n", word));
  };
  CHECK(parse_policy(policy_text("", ""), "s.yaml").policy.parameters.gauges_against_baseline ==
        BaselineUse::report);
  for (const BaselineUse use : {BaselineUse::report, BaselineUse::rollback, BaselineUse::off}) {
    const auto read = parse_policy(with(to_text(use)), "s.yaml");
    CHECK(read.complaints.empty());
    CHECK(read.policy.parameters.gauges_against_baseline == use);
    CHECK(read.policy.parameters.latency_against_baseline == BaselineUse::report);
  }
  CHECK(said(with("maybe"))
            .contains(
                "`parameters.gauges_against_baseline` is `maybe`; write report, rollback or off"));
  CHECK(said(policy_text("", "", "parameters: { gauges_against_baseline: rollback }\n"))
            .contains("gauges are to take releases back, and no environment has any"));
}
