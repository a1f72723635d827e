#include "contract/policy_yaml.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "contract/templates.h"

using namespace sluice;
using contract::parse_policy;

namespace {

constexpr std::string_view kWhole = R"(service: storefront
parameters:
  max_error_rate_increase: 0.5%
  error_rate_target: 2%
  p99_target: 300ms
  post_deploy_validation_window: 10m
  first_stage_max: 5%
  false_rollback_probability: 0.1%
  grace: 2s
  drill_valid_for: 2d
  drill_in: development
  on_missing_validation: keep
deadlines: { deploy: 3m, drain: 0s }
change_log: docs/CHANGES.md
fallback: none
webhook: { listen: 127.0.0.1:9711, token_file: webhook.token }
notify: { command: [/usr/bin/page, --team, shop], timeout: 5s }
environments:
  - name: development
    entrance: http://127.0.0.1:8001
    stages: [ {share: 50%, soak: 1s}, {share: 100%, soak: 2s} ]
    process:
      command: ["{artifact.storefront}", "--port", "{port}"]
      variables: {MODE: "{environment}"}
      ports_a: [9001, 9002]
      ports_b: "9003-9004"
    haproxy: { socket: run/dev.sock, map: run/dev.map }
    smoke:
      - { name: front page, path: /, expect_status: 200, expect_text: welcome }
    databases: [storefront-dev]
  - name: production
    customer_facing: true
    process: { command: [./app], ports_a: [9011], ports_b: 9012 }
    haproxy: { socket: run/p.sock, map: run/p.map, log_listen: "[::1]:5511", sticky: true }
    probe: { path: /up, interval: 500ms, timeout: 2s, failures_max: 5 }
    alerts: { url: http://127.0.0.1:9093, matchers: { environment: prod } }
)";

std::string all(const std::vector<Complaint>& complaints) {
  std::string out;
  for (const Complaint& complaint : complaints) out += to_text(complaint) + "\n";
  return out;
}

// What is said about kWhole with one place changed.
std::string said(std::string_view what, std::string_view by) {
  std::string text(kWhole);
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return all(parse_policy(text.replace(at, what.size(), by), "s.yaml").complaints);
}

}  // namespace

TEST_CASE("policy: a whole sluice.yaml is read without a complaint") {
  const auto [policy, complaints] = parse_policy(kWhole, "s.yaml");

  CHECK(all(complaints) == "");
  CHECK(policy.service.text == "storefront");
  CHECK(policy.parameters.max_error_rate_increase == doctest::Approx(0.005));
  CHECK(policy.parameters.p99_target_ms == 300);
  CHECK(policy.parameters.validation_window_ms == 10 * kMinuteMs);
  CHECK(policy.first_stage_max == Share(500));
  CHECK(policy.keep_on_missing_validation);
  CHECK(policy.drill_valid_ms == 2 * kDayMs);
  CHECK(policy.drill_environment.text == "development");
  CHECK(policy.deadlines.deploy_ms == 3 * kMinuteMs);
  CHECK(policy.deadlines.drain_ms == 0);
  CHECK(policy.deadlines.silence_ms == kMinuteMs);
  CHECK(policy.fallback == "none");
  CHECK(policy.webhook.listen == "127.0.0.1:9711");
  CHECK(policy.notify.command == std::vector<std::string>{"/usr/bin/page", "--team", "shop"});
  CHECK(policy.notify.timeout_ms == 5'000);
  CHECK(policy.digest == sha256(kWhole));
  CHECK(policy.file == "s.yaml");
}

TEST_CASE("policy: environments have their wiring and defaults") {
  const Policy policy = parse_policy(kWhole, "s.yaml").policy;

  REQUIRE(policy.environments.size() == 2);
  const EnvironmentSpec& development = policy.environments[0];
  CHECK(!development.judged);
  REQUIRE(development.stages.size() == 2);
  CHECK(development.stages[0].share == Share(5'000));
  CHECK(development.stages[1].soak_ms == 2'000);
  CHECK(development.process.ports_b == std::vector<int>{9003, 9004});
  CHECK(development.process.variables.at("MODE") == "{environment}");
  CHECK(development.haproxy.backend_prefix == "storefront");
  CHECK(development.smoke.at(0).expect_text == "welcome");
  CHECK(!development.alerts);
  const EnvironmentSpec& production = policy.environments[1];
  CHECK(production.customer_facing);
  CHECK(production.judged);
  CHECK(production.stages.empty());
  CHECK(production.haproxy.sticky);
  CHECK(production.probe.failures_max == 5);
  REQUIRE(production.alerts);
  CHECK(production.alerts->matchers ==
        std::map<std::string, std::string>{
            {"environment", "prod"}, {"service", "storefront"}, {"severity", "critical"}});
}

TEST_CASE("policy: the template is accepted as it stands") {
  const auto [policy, complaints] = parse_policy(contract::policy_template("shop-7"), "s.yaml");
  CHECK(all(complaints) == "");
  CHECK(policy.service.text == "shop-7");
  CHECK(policy.environments.size() == 3);
  CHECK(policy.deadlines == Deadlines{});
  CHECK(policy.environments.at(2).process.ports_a.size() == 5);
}

TEST_CASE("policy: an environment without stages has one, of all traffic") {
  std::string text(kWhole);
  const std::size_t at = text.find("    stages:");
  text.erase(at, text.find('\n', at) + 1 - at);
  const Policy policy = parse_policy(text, "s.yaml").policy;
  REQUIRE(policy.environments.at(0).stages.size() == 1);
  CHECK(policy.environments[0].stages[0].share == Share::whole());
  CHECK(policy.environments[0].stages[0].soak_ms == 0);
}

TEST_CASE("policy: flags are looked up in one place, with a token and a context") {
  const auto read = [](std::string_view flags) {
    return parse_policy(fmt::format("{}flags: {}\n", kWhole, flags), "s.yaml");
  };
  const auto [policy, complaints] =
      read("{ofrep: 'https://flags.example', token_file: flags.token, context: {country: DE}}");
  CHECK(all(complaints) == "");
  CHECK(policy.flags.protocol == FlagProtocol::ofrep);
  CHECK(policy.flags.where == "https://flags.example");
  CHECK(policy.flags.token_file == "flags.token");
  CHECK(policy.flags.context == std::map<std::string, std::string>{{"country", "DE"}});
  CHECK(read("{flagd: flags/production.json}").policy.flags.protocol == FlagProtocol::flagd);
  CHECK(read("{unleash: 'http://127.0.0.1:4242'}").policy.flags.protocol == FlagProtocol::unleash);
  CHECK(parse_policy(kWhole, "s.yaml").policy.flags.protocol == FlagProtocol::none);

  CHECK(all(read("{ofrep: flags.json}").complaints).contains("write http://HOST:PORT"));
  CHECK(all(read("{timeout: 1s}").complaints).contains("names no flag service"));
  CHECK(all(read("{flagd: a, unleash: 'http://b'}").complaints).contains("several services"));
  CHECK(all(read("{flagd: a, token: s3cret}").complaints).contains("`flags.token`"));
}

TEST_CASE("policy: unknown keys are refused, and the nearest known one is suggested") {
  CHECK(said("p99_target", "p99_targt") ==
        "s.yaml:5:3: `parameters.p99_targt` is no known key; did you mean `p99_target`?\n");
  CHECK(said("change_log", "changelog").contains("did you mean `change_log`?"));
}

TEST_CASE("policy: availability is the objective, else what the target of the error rate leaves") {
  CHECK(objective_of(parse_policy(kWhole, "s.yaml").policy.parameters) == doctest::Approx(0.98));
  std::string text(kWhole);
  text.replace(text.find("grace: 2s"), 9, "availability: 99.9%");
  const auto [policy, complaints] = parse_policy(text, "s.yaml");
  CHECK(all(complaints) == "");
  CHECK(objective_of(policy.parameters) == doctest::Approx(0.999));
}

TEST_CASE("policy: wrong types and values out of range say what would be right") {
  CHECK(said("p99_target: 300ms", "p99_target: fast")
            .contains("s.yaml:5:15: `parameters.p99_target` is `fast`; write a time from 1 ms"));
  CHECK(said("300ms", "300").contains("`parameters.p99_target` is `300`"));
  CHECK(said("0.5%", "0.5").contains("write a percentage above 0% and at most 50%"));
  CHECK(said("first_stage_max: 5%", "first_stage_max: 80%").contains("at most 50%"));
  CHECK(said("grace: 2s", "availability: 100%").contains("at most 99.9999%"));
  CHECK(said("keep", "stay").contains("write rollback or keep"));
  CHECK(said("sticky: true", "sticky: yes").contains("write true or false"));
  CHECK(said("failures_max: 5", "failures_max: 0").contains("a whole number from 1 to 1000"));
  CHECK(said("{ deploy: 3m, drain: 0s }", "3m").contains("`deadlines` is `3m`"));
  CHECK(said("grace: 2s", "grace:").contains("`parameters.grace` has no value"));
  CHECK(said("[./app]", "./app").contains("`process.command` is `./app`; write a list"));
  CHECK(said("[./app]", "[]").contains("names no program"));
}

TEST_CASE("policy: what is required and missing is named") {
  CHECK(said("service: storefront\n", "").contains("`service` is missing"));
  CHECK(said("ports_a: [9011], ", "").contains("`process.ports_a` is missing"));
  CHECK(said("log_listen: \"[::1]:5511\", ", "").contains("`haproxy.log_listen` is missing"));
  CHECK(said("  - name: development\n    entrance", "  - entrance").contains("`name` is missing"));
  CHECK(
      all(parse_policy("service: a\n", "s.yaml").complaints).contains("`environments` is missing"));
  CHECK(all(parse_policy("service: a\nenvironments: []\n", "s.yaml").complaints)
            .contains("`environments` is no list of environments"));
  CHECK(all(parse_policy("", "s.yaml").complaints).contains("the file is empty"));
}

TEST_CASE("policy: exactly the last environment is customer-facing, and names are unique") {
  CHECK(said("    customer_facing: true\n", "").contains("no environment is customer-facing"));
  CHECK(said("    stages:", "    customer_facing: true\n    stages:")
            .contains("customer-facing and not the last"));
  CHECK(said("    customer_facing: true\n", "    customer_facing: true\n    stages: []\n")
            .contains("its stages come from the contract"));
  CHECK(said("name: development", "name: production").contains("two environments `production`"));
  CHECK(said("name: development", "name: Dev Box").contains("use lower-case letters"));
}

TEST_CASE("policy: stages rise and end at 100 %") {
  CHECK(said("share: 50%", "share: 100%").contains("list the stages in rising order"));
  CHECK(said(", {share: 100%, soak: 2s}", "").contains("the last stage is not 100%"));
  CHECK(said("share: 50%", "share: 0%").contains("`stages[1].share` is `0%`"));
}

TEST_CASE("policy: ports of the two slots are as many, and apart") {
  CHECK(said("9003-9004", "9003-9005").contains("slot a has 2 ports and slot b has 3"));
  CHECK(said("9003-9004", "9002-9003").contains("port 9002 is in both slots"));
  CHECK(said("[9001, 9002]", "[9001, 9001]").contains("port 9001 is listed twice"));
  CHECK(said("[9001, 9002]", "[9001, 70000]").contains("no port"));
  CHECK(said("9003-9004", "9004-9003").contains("no port"));
  CHECK(said("9003-9004", "1-65535").contains("no port"));
}

TEST_CASE("policy: addresses stay on this machine, and hold no user") {
  CHECK(said("listen: 127.0.0.1:9711", "listen: 0.0.0.0:9711").contains("other machines"));
  CHECK(said("[::1]:5511", "127.0.0.1:0").contains("write 127.0.0.1:PORT"));
  CHECK(said("url: http://127.0.0.1:9093", "url: ftp://x").contains("write http://HOST:PORT"));
  CHECK(said("url: http://127.0.0.1:9093", "url: \"http://u:p@x\"").contains("without a user"));
  CHECK(said("path: /up", "path: up").contains("write a path"));
}

TEST_CASE("policy: unknown replacements and placeholders left in are complaints") {
  CHECK(said("\"{port}\"", "\"{prot}\"").contains("`{prot}` is nothing that Sluice replaces"));
  CHECK(said("\"{environment}\"", "\"{env}\"").contains("`{env}` is nothing"));
  CHECK(said("\"{port}\"", "'{\"a\": {}}'") == "");
  CHECK(said("docs/CHANGES.md", "\"{{CHANGE_LOG}}\"").contains("a placeholder is left"));
  CHECK(said("300ms", "{{P99}}").contains("a placeholder"));
}

TEST_CASE("policy: all complaints come, in the order of their places") {
  std::string text(kWhole);
  text.replace(text.find("300ms"), 5, "x");
  text.replace(text.find("[9011]"), 6, "[0]");
  const auto complaints = parse_policy(text + "extra: 1\nservice: b\n", "s.yaml").complaints;
  REQUIRE(complaints.size() == 4);
  CHECK(complaints[0].at == Position{5, 15});
  CHECK(complaints[1].wrong.contains("no port"));
  CHECK(complaints[2].wrong.contains("`extra` is no known key"));
  CHECK(complaints[3].wrong.contains("`service` is given twice"));
}

TEST_CASE("policy: a command to call people must name a program and end in time") {
  CHECK(said("[/usr/bin/page, --team, shop]", "[]").contains("`notify.command` names no program"));
  CHECK(said("timeout: 5s }", "timeout: 1h }").contains("notify.timeout"));
  CHECK(said("command: [/usr/bin/page, --team, shop], ", "").contains("notify.command"));
}

TEST_CASE("policy: pacing is on unless it is turned off") {
  CHECK(parse_policy(kWhole, "s.yaml").policy.parameters.evidence_paced);
  std::string text(kWhole);
  text.replace(text.find("  grace: 2s"), 11, "  evidence_paced: false");
  const auto off = parse_policy(text, "s.yaml");
  CHECK(off.complaints.empty());
  CHECK_FALSE(off.policy.parameters.evidence_paced);
  CHECK(said("  grace: 2s", "  evidence_paced: perhaps").contains("write true or false"));
}

TEST_CASE(
    "policy: latency against the baseline is reported, unless it is to take back, or is off") {
  CHECK(parse_policy(kWhole, "s.yaml").policy.parameters.latency_against_baseline ==
        BaselineUse::report);
  for (const BaselineUse use : {BaselineUse::report, BaselineUse::rollback, BaselineUse::off}) {
    std::string text(kWhole);
    text.replace(text.find("  grace: 2s"), 11,
                 "  latency_against_baseline: " + std::string(to_text(use)));
    const auto read = parse_policy(text, "s.yaml");
    CHECK(read.complaints.empty());
    CHECK(read.policy.parameters.latency_against_baseline == use);
  }
  CHECK(said("  grace: 2s", "  latency_against_baseline: yes")
            .contains("write report, rollback or off"));
}

TEST_CASE("policy: expected traffic is a number of requests, or nothing") {
  const std::string_view place = "  - name: production\n";
  CHECK(parse_policy(kWhole, "s.yaml").policy.environments[1].expected_requests_per_second == 0);
  std::string text(kWhole);
  text.insert(text.find(place) + place.size(), "    expected_requests_per_second: 0.5\n");
  const auto read = parse_policy(text, "s.yaml");
  CHECK(read.complaints.empty());
  CHECK(read.policy.environments[1].expected_requests_per_second == 0.5);
  for (const std::string_view wrong : {"0", "-3", "1e9", "many", "12 /s", "99999999"}) {
    const std::string line = fmt::format("{}    expected_requests_per_second: {}\n", place, wrong);
    CAPTURE(wrong);
    CHECK(said(place, line).contains("write a number above 0 and at most 10000000"));
  }
}
