#include "contract/quality_yaml.h"

#include <doctest/doctest.h>

#include "contract/policy_yaml.h"

namespace sluice::contract {
namespace {

constexpr std::string_view kQuality = R"(
people:
  - { name: Ana Lima, user: ana, domains: [security] }
evaluators:
  - { name: ci, user: ci, domains: [security, performance] }
  - name: reviewer
    key: keys/reviewer.pem
    domains: [architecture]
    signs: [evaluation]
    speaks_for: ["https://shop.example/reviewer"]
quality:
  security: { fails_at: medium, tools: [Semgrep], valid_for: 2d }
  performance: { requires: [evaluation, tests], tests_min: 40, flaky_passes: false }
environments: [ { name: production, customer_facing: true } ]
)";

Policy read(const std::string& text) { return parse_policy(text, "sluice.yaml").policy; }

std::string with(std::string_view what, std::string_view by) {
  std::string text(kQuality);
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

// What is said beyond what such a short file lacks.
std::string said(const std::string& text) {
  std::string out;
  for (const Complaint& complaint : parse_policy(text, "sluice.yaml").complaints) {
    const bool about_us = complaint.wrong.contains("evaluator") ||
                          complaint.wrong.contains("quality") ||
                          complaint.wrong.contains("listed twice");
    if (about_us) out += to_text(complaint) + "\n";
  }
  return out;
}

TEST_CASE("policy: evaluators and rules of quality are read as written") {
  CHECK(said(std::string(kQuality)) == "");
  const Policy policy = read(std::string(kQuality));
  REQUIRE(policy.evaluators.size() == 2);
  CHECK(policy.evaluators[0].user == "ci");
  CHECK(policy.evaluators[0].signs.size() == 3);
  CHECK(policy.evaluators[1].key_file == "keys/reviewer.pem");
  CHECK(policy.evaluators[1].key_at == Position{7, 10});
  CHECK(policy.evaluators[1].signs == std::vector{Proof::evaluation});
  CHECK(policy.evaluators[1].speaks_for.size() == 1);
  CHECK(policy.quality[0].fails_at == "medium");
  CHECK(policy.quality[0].valid_for_ms == 2 * kDayMs);
  CHECK(policy.quality[0].demands == std::vector{Proof::scan, Proof::evaluation});
  CHECK(policy.quality[2].tests_min == 40);
  CHECK_FALSE(policy.quality[2].flaky_passes);
}

TEST_CASE("policy: without a word about quality the delivery policy's own rules hold") {
  const Policy policy = read("service: shop\n");
  CHECK(policy.quality == usual_quality());
  CHECK(policy.quality[0].demands == std::vector{Proof::scan, Proof::evaluation});
}

TEST_CASE("policy: sluice.yaml cannot ask for less than the delivery policy does") {
  CHECK(said(with("security: { fails_at: medium", "security: { requires: [scan]"))
            .contains("`quality.security.requires` leaves out `evaluation`; list it"));
  CHECK(said(with("[evaluation, tests]", "[tests]")).contains("leaves out `evaluation`"));
}

TEST_CASE("policy: nobody evaluates under two names, and an evaluator has a login or a key") {
  CHECK(said(with("user: ci", "user: ana")).contains("`ci` is listed twice"));
  CHECK(said(with("name: ci", "name: ana lima")).contains("`ana lima` is listed twice"));
  CHECK(said(with("user: ci, ", "")).contains("`evaluators[1]` has neither `user` nor `key`"));
  CHECK(said(with("name: ci", "name: \"ci, too\"")).contains("comma"));
}

TEST_CASE("policy: words of quality that are not known are refused with the ones that are") {
  CHECK(said(with("domains: [architecture]", "domains: [beauty]"))
            .contains("`beauty` is no domain of quality; use security, architecture"));
  CHECK(said(with("  performance: {", "  speed: {")).contains("`quality` has no domain `speed`"));
  CHECK(said(with("fails_at: medium", "fails_at: awful")).contains("low, medium, high"));
  CHECK(said(with("[evaluation, tests]", "[evaluation, test]")).contains("names `test`"));
  CHECK(said(with("tests_min", "test_min")).contains("`quality.performance.test_min`"));
  CHECK(said("quality: strict\n").contains("is no mapping of domains"));
  CHECK(said("evaluators: ci\n").contains("is no list of evaluators"));
}

}  // namespace
}  // namespace sluice::contract
