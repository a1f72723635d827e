#include "evidence/cyclonedx.h"

#include <doctest/doctest.h>

#include "evidence/assessment.h"

namespace sluice::evidence {
namespace {

std::string bom_of(std::string_view more) {
  return fmt::format(R"({{"bomFormat":"CycloneDX","specVersion":"1.6","version":1{}}})", more);
}

std::string said_about(std::string_view bytes) {
  const auto facts = read_cyclonedx(bytes);
  return facts ? "read" : facts.error().message;
}

std::string code_of(std::string_view vulnerability, const VulnerabilityRule& rule = {}) {
  const auto facts =
      read_cyclonedx(bom_of(fmt::format(R"(,"vulnerabilities":[{}])", vulnerability)));
  const Assessment found = facts ? assess(*facts, rule) : unreadable(facts.error());
  return fmt::format("{} {}", to_text(found.verdict), found.code);
}

TEST_CASE("cyclonedx: what is against the schema is refused, and named") {
  CHECK(said_about(bom_of("")) == "read");
  CHECK(
      said_about(R"({"bomFormat":"SPDX","specVersion":"1.6"})").contains("`bomFormat` is `SPDX`"));
  CHECK(said_about(R"({"bomFormat":"CycloneDX"})").contains("`specVersion` is nothing"));
  CHECK(said_about(R"({"bomFormat":"CycloneDX","specVersion":"9"})").contains("`specVersion`"));
  const auto component = [](std::string_view more) {
    return said_about(bom_of(fmt::format(R"(,"components":[{{"name":"a"{}}}])", more)));
  };
  CHECK(component(R"(,"type":"library")") == "read");
  CHECK(component("").contains("`type` is nothing"));
  CHECK(component(R"(,"type":"thing")").contains("`type` is `thing`"));
  CHECK(component(R"(,"type":"library","scope":"x")").contains("`scope`"));
  CHECK(component(R"(,"type":"library","components":[{"type":"file"}])").contains("no `name`"));
  CHECK(component(R"(,"type":"library","hashes":[{"alg":"MD5","content":"ab"}])").contains("MD5"));
  CHECK(
      component(R"(,"type":"library","hashes":[{"alg":"CRC","content":"ab"}])").contains("`alg`"));
  CHECK(component(R"(,"type":"library","licenses":[{}])").contains("licence"));
  CHECK(component(R"(,"type":"library","licenses":[{"license":{"id":"a","name":"b"}}])")
            .contains("either an `id` or a `name`"));
  CHECK(said_about(bom_of(R"(,"serialNumber":"urn:uuid:x")")).contains("`serialNumber`"));
  CHECK(said_about(bom_of(R"(,"dependencies":[{"ref":"a","dependsOn":["b"]}])")) == "read");
  CHECK(said_about(bom_of(R"(,"dependencies":[{"dependsOn":[]}])")).contains("no `ref`"));
  CHECK(
      said_about(bom_of(R"(,"dependencies":[{"ref":"a","dependsOn":"b"}])")).contains("dependsOn"));
  CHECK(said_about(bom_of(R"(,"components":{})")).contains("no list"));
  CHECK(said_about(bom_of(R"(,"components":[7])")).contains("no object"));
}

TEST_CASE("cyclonedx: components are counted with those inside them") {
  const auto facts = read_cyclonedx(bom_of(
      R"(,"metadata":{"component":{"type":"container","name":"shop","version":"2"}},
         "components":[{"type":"file","name":"a","components":[{"type":"file","name":"b"}]}])"));
  REQUIRE(facts);
  CHECK(facts->components == 2);
  CHECK(facts->about == "shop 2");
  CHECK(assess(*facts, {}).code == "nothing_stated");
}

TEST_CASE("cyclonedx: what is exploitable blocks, what is not affected with a reason does not") {
  const auto code = [](std::string_view analysis) {
    return code_of(fmt::format(R"({{"id":"CVE-1","analysis":{{{}}}}})", analysis));
  };
  CHECK(code(R"("state":"exploitable")") == "FAIL vulnerable");
  CHECK(code(R"("state":"not_affected","justification":"code_not_reachable")") == "PASS ok");
  CHECK(code(R"("state":"not_affected","detail":"not linked")") == "PASS ok");
  CHECK(code(R"("state":"not_affected")") == "INCONCLUSIVE not_justified");
  CHECK(code(R"("state":"resolved")") == "PASS ok");
  CHECK(code(R"("state":"false_positive")") == "PASS ok");
  CHECK(code(R"("state":"in_triage")") == "INCONCLUSIVE not_analysed");
  CHECK(code("") == "INCONCLUSIVE not_analysed");
  CHECK(code(R"("state":"fine")") == "INCONCLUSIVE unreadable");
  CHECK(code(R"("state":"unstated")") == "INCONCLUSIVE unreadable");
}

TEST_CASE("cyclonedx: ratings below the threshold do not block, unknown ones are not below it") {
  const auto code = [](std::string_view rating, const VulnerabilityRule& rule = {}) {
    return code_of(fmt::format(R"({{"id":"CVE-1","ratings":[{}]}})", rating), rule);
  };
  CHECK(code(R"({"severity":"low"})") == "PASS ok");
  CHECK(code(R"({"severity":"low"},{"severity":"high"})") == "FAIL vulnerable");
  CHECK(code(R"({"severity":"low","score":9.8,"method":"CVSSv31"})") == "FAIL vulnerable");
  CHECK(code(R"({"severity":"unknown"})") == "INCONCLUSIVE not_analysed");
  CHECK(code(R"({"severity":"medium"})", {.fails_at = Severity::medium}) == "FAIL vulnerable");
}

TEST_CASE("cyclonedx: an empty list of vulnerabilities is no scan") {
  CHECK(code_of("") == "INCONCLUSIVE nothing_stated");
}

}  // namespace
}  // namespace sluice::evidence
