#include "evidence/examine.h"

#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "evidence/recognise.h"

namespace sluice::evidence {
namespace {

constexpr std::string_view kScan =
    R"({"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Semgrep"}},"results":[],"invocations":[{"executionSuccessful":true}]}]})";
constexpr std::string_view kTests =
    R"(<?xml version="1.0"?><testsuite><testcase name="a"/><testcase name="b"/></testsuite>)";
constexpr std::string_view kReport = R"(# Quality Evaluation Report

> **Evaluated by:** agent-7

| Policy | Applicable | Verdict |
|---|---|---|
| security.md | yes | PASS |
| performance.md | yes | PASS |
| content.md | no | |

## Overall Verdict: PASS
)";

std::string golden(const std::string& name) {
  std::ifstream file(SLUICE_SOURCE_DIR "/tests/golden/attestations/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The release that the golden statements are about, and whose key signed them.
struct House {
  Policy policy;
  Release release{.digest = Digest{std::string(64, 'a')}};
  std::vector<std::string> authors;
  std::vector<std::string> domains;

  House() {
    policy.evaluators = {{.name = "tester",
                          .key_file = "keys/tester.pem",
                          .key = golden("ed25519.pem"),
                          .domains = {"performance", "security"}}};
    policy.quality[2].demands.push_back(Proof::tests);
  }
  [[nodiscard]] Result<Evidence> examine_text(std::string_view text) const {
    return examine(codec::bytes_of(text), {policy, release, authors, domains, "file"});
  }
  // "performance PASS ok", one for each evaluation it is for.
  [[nodiscard]] std::string found(std::string_view text) const {
    const auto evidence = examine_text(text);
    if (!evidence) return evidence.error().message;
    std::string out;
    for (const Assessed& one : evidence->assessed) {
      out += fmt::format("{}{} {} {}", out.empty() ? "" : ", ", one.domain, to_text(one.verdict),
                         one.code);
    }
    return out;
  }
};

TEST_CASE("recognise: by the content, however it begins") {
  CHECK(recognise(kScan) == Format::sarif);
  CHECK(recognise("\xEF\xBB\xBF  \n{\"$schema\":\"x\",\"runs\":[") == Format::sarif);
  CHECK(recognise(R"({"version":1,"bomFormat":"CycloneDX"})") == Format::cyclonedx);
  CHECK(recognise(R"({"signatures":[{"runs":1}],"payload":"e30="})") == Format::envelope);
  CHECK(recognise(kTests) == Format::junit);
  CHECK(recognise("<testsuites/>") == Format::junit);
  CHECK(recognise("<!-- a comment -->\n# Evaluation") == Format::report);
  CHECK_FALSE(recognise(""));
  CHECK_FALSE(recognise(" \n"));
  CHECK_FALSE(recognise(R"({"a":{"runs":[]},"b":"\"runs\":"})"));
}

TEST_CASE("recognise: what has the members of two formats is neither") {
  CHECK_FALSE(recognise(R"({"runs":[],"bomFormat":"CycloneDX"})"));
  CHECK_FALSE(recognise(R"({"payload":"","runs":[]})"));
}

TEST_CASE("examine: a scan is for security, unless somebody says otherwise") {
  House house;
  CHECK(house.found(kScan) == "security PASS ok");
  house.domains = {"performance", "architecture"};
  CHECK(house.found(kScan) == "performance PASS ok, architecture PASS ok");
  house.domains = {"beauty"};
  CHECK(house.found(kScan).contains("there is no domain `beauty`"));
}

TEST_CASE("examine: the tools that count are those of sluice.yaml, whatever the format") {
  House house;
  house.policy.quality[0].tools = {"semgrep"};
  CHECK(house.found(kScan) == "security PASS ok");
  house.policy.quality[0].tools = {"CodeQL"};
  CHECK(house.found(kScan) == "security INCONCLUSIVE tool_not_allowed");
  const std::string_view bom =
      R"({"bomFormat":"CycloneDX","specVersion":"1.5","vulnerabilities":[{"id":"CVE-1","ratings":[{"severity":"low"}]}]})";
  CHECK(house.found(bom) == "security INCONCLUSIVE tool_not_allowed");
  house.policy.quality[0].tools.clear();
  CHECK(house.found(bom) == "security PASS ok");
}

TEST_CASE("examine: tests are for the evaluations that ask for tests") {
  House house;
  CHECK(house.found(kTests) == "performance PASS ok");
  house.policy.quality[2].tests_min = 3;
  CHECK(house.found(kTests) == "performance INCONCLUSIVE too_few_tests");
  house.policy.quality[2].demands = {Proof::evaluation};
  CHECK(house.found(kTests).contains("add --domain"));
}

TEST_CASE("examine: a report is for the policies that it has rows for, and for no other") {
  House house;
  CHECK(house.found(kReport) == "security PASS ok, performance PASS ok");
  house.domains = {"architecture"};
  CHECK(house.found(kReport) == "architecture INCONCLUSIVE domain_not_evaluated");
  house.domains.clear();
  CHECK(house.found("# Security evaluation\n\n## Overall Verdict: PASS\n") == "security PASS ok");
  CHECK(house.found("# Evaluation report\n\n## Overall Verdict: PASS\n").contains("add --domain"));
  CHECK(house.found("# Shopping list\n\n- milk\n").contains("no evaluation report"));
}

TEST_CASE("examine: a signed statement is the word of its signer, about the whole release") {
  House house;
  const std::string statement = golden("ed25519.json");
  const auto evidence = house.examine_text(statement);
  REQUIRE(evidence);
  CHECK(evidence->kind == EvidenceKind::attestation);
  CHECK(evidence->by == "tester");
  CHECK(house.found(statement) == "performance PASS ok");
  house.release.digest = sha256("another");
  CHECK(house.found(statement) == "performance INCONCLUSIVE other_subject");
  house.release.artifacts = {{"shop", "shop.tar", Digest{std::string(64, 'a')}}};
  CHECK(house.found(statement) == "performance PASS ok");
  house.release.configuration = {{"config", "shop.conf", sha256("config")}};
  CHECK(house.found(statement) == "performance INCONCLUSIVE other_subject");
}

TEST_CASE("examine: one byte of payload or signature changed, and nobody has signed it") {
  House house;
  const std::string good = golden("ed25519.json");
  for (const char* member : {"\"payload\":", "\"sig\":"}) {
    std::string bad = good;
    const std::size_t at = bad.find(member);
    REQUIRE(at != std::string::npos);
    char& digit = bad[bad.find('"', at + std::string_view(member).size()) + 9];
    digit = digit == 'A' ? 'B' : 'A';
    CHECK_FALSE(house.examine_text(bad));
  }
}

TEST_CASE("examine: keys of authors and of nobody do not count, nor what they may not sign") {
  House house;
  const std::string statement = golden("ed25519.json");
  house.authors = {"tester"};
  CHECK(house.examine_text(statement).error().code == ErrorCode::rejected);
  house.authors.clear();
  house.policy.evaluators[0].signs = {Proof::scan};
  CHECK(house.found(statement) == "performance INCONCLUSIVE not_entitled");
  house.policy.evaluators[0].signs = {Proof::tests};
  house.policy.evaluators[0].domains = {"security"};
  CHECK(house.found(statement) == "performance INCONCLUSIVE not_entitled");
  house.policy.evaluators[0].key = golden("p256.pem");
  CHECK(house.examine_text(statement).error().code == ErrorCode::rejected);
}

TEST_CASE("examine: what cannot be read is an error, not evidence") {
  House house;
  CHECK_FALSE(house.examine_text(""));
  CHECK_FALSE(house.examine_text(R"({"runs":[)"));
  CHECK_FALSE(house.examine_text("<testsuite>"));
  CHECK_FALSE(house.examine_text("{\"payload\":1}"));
}

TEST_CASE("examine: the same evidence in pieces of any size") {
  House house;
  std::string large(kScan);
  large.insert(large.find("\"results\":[") + 11, [] {
    std::string results;
    for (int i = 0; i < 2'000; ++i) {
      results += R"({"level":"note","message":{"text":"something to be seen"}},)";
    }
    results.pop_back();
    return results;
  }());
  REQUIRE(large.size() > kHeadBytes);
  const auto at_once = house.examine_text(large);
  const auto in_pieces = examine(
      [rest = std::string_view(large)]() mutable {
        const std::string_view piece = rest.substr(0, 1'000);
        rest.remove_prefix(piece.size());
        return piece;
      },
      {house.policy, house.release, {}, {}, "file"});
  REQUIRE(at_once);
  REQUIRE(in_pieces);
  CHECK(*at_once == *in_pieces);
  CHECK(at_once->assessed[0].looked_at == 2'001);
}

}  // namespace
}  // namespace sluice::evidence
