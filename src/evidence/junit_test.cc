#include "evidence/junit.h"

#include <doctest/doctest.h>

#include "evidence/assessment.h"

namespace sluice::evidence {
namespace {

std::string suite_of(std::string_view inside, std::string_view attributes = "") {
  return fmt::format("<?xml version=\"1.0\"?>\n<testsuite {}>{}</testsuite>", attributes, inside);
}

std::string case_of(std::string_view inside, std::string_view attributes = "") {
  return suite_of(
      fmt::format("<testcase name='t' classname='c' {}>{}</testcase>", attributes, inside));
}

std::string code_of(std::string_view bytes, const TestRule& rule = {}) {
  const auto facts = read_junit(bytes);
  const Assessment found = facts ? assess(*facts, rule) : unreadable(facts.error());
  CHECK((found.verdict == Verdict::pass) == found.remedy.empty());
  return fmt::format("{} {}", to_text(found.verdict), found.code);
}

// "passed flaky failed errored skipped"
std::string counts_of(std::string_view bytes) {
  const auto facts = read_junit(bytes);
  if (!facts) return facts.error().message;
  return fmt::format("{} {} {} {} {}", facts->passed, facts->flaky, facts->failed, facts->errored,
                     facts->skipped);
}

TEST_CASE("junit: passed, flaky, failed, errored and skipped are told apart") {
  CHECK(counts_of(case_of("")) == "1 0 0 0 0");
  CHECK(counts_of(case_of("<system-out>x</system-out><properties/>")) == "1 0 0 0 0");
  CHECK(counts_of(case_of("<flakyFailure/><flakyError/>")) == "0 1 0 0 0");
  CHECK(counts_of(case_of("<failure/>")) == "0 0 1 0 0");
  CHECK(counts_of(case_of("<failure/><rerunFailure/>")) == "0 0 1 0 0");
  CHECK(counts_of(case_of("<failure/><system-out>x</system-out>")) == "0 0 1 0 0");
  CHECK(counts_of(case_of("<error/><system-err/>")) == "0 0 0 1 0");
  CHECK(counts_of(case_of("<skipped/><system-out/>")) == "0 0 0 0 1");
  CHECK(counts_of(case_of("<rerunError/>")) == "0 0 0 1 0");
  CHECK(counts_of(case_of("<error/>")) == "0 0 0 1 0");
  CHECK(counts_of(case_of("<flakyFailure/><failure/>")) == "0 0 1 0 0");
  CHECK(counts_of(case_of("<skipped/>")) == "0 0 0 0 1");
  CHECK(counts_of(case_of("<skipped/><failure/>")) == "0 0 1 0 0");
}

TEST_CASE("junit: of an attribute only bad news is believed") {
  CHECK(counts_of(case_of("", "status='FAILED'")) == "0 0 1 0 0");
  CHECK(counts_of(case_of("", "result='error'")) == "0 0 1 0 0");
  CHECK(counts_of(case_of("", "status='notrun'")) == "0 0 0 0 1");
  CHECK(counts_of(case_of("<failure/>", "status='passed'")) == "0 0 1 0 0");
  CHECK(counts_of(case_of("", "status='run' result='completed'")) == "1 0 0 0 0");
}

TEST_CASE("junit: a word about the outcome that is bad news, or not known, makes no pass") {
  for (const std::string word : {"timedout", "Timed out", "TIMED_OUT", "crashed", "interrupted",
                                 "panicked", "aborted", "Regression"}) {
    INFO(word);
    CHECK(code_of(case_of("", "status='" + word + "'")) == "FAIL tests_failed");
  }
  CHECK(code_of(case_of("", "outcome='failed'")) == "FAIL tests_failed");
  CHECK(code_of(case_of("", "success='False'")) == "FAIL tests_failed");
  CHECK(code_of(case_of("", "executed='False'")) == "INCONCLUSIVE none_ran");
  const auto beside_a_pass = [](const std::string& attributes) {
    return code_of(suite_of("<testcase/><testcase " + attributes + "/>"));
  };
  CHECK(beside_a_pass("status='undefined'") == "INCONCLUSIVE outcome_unclear");
  CHECK(beside_a_pass("result='Inconclusive'") == "INCONCLUSIVE outcome_unclear");
  for (const std::string word : {"Pass", "PASSED", "ok", "Success", "run", "completed", ""}) {
    INFO(word);
    CHECK(beside_a_pass("status='" + word + "' success='True'") == "PASS ok");
  }
  CHECK(code_of(suite_of("<testcase/>", "status='failed'")) == "INCONCLUSIVE unshown_failures");
  CHECK(code_of(suite_of("<testcase/>", "failures='1.0'")) == "INCONCLUSIVE unshown_failures");
}

TEST_CASE("junit: suites may nest, have prefixes, or fail as a whole") {
  CHECK(counts_of("<testsuites><testsuite><testsuite><testcase name='a'/></testsuite>"
                  "<testcase name='b'/></testsuite></testsuites>") == "2 0 0 0 0");
  CHECK(counts_of("<j:testsuite xmlns:j='x'><j:testcase><j:failure/></j:testcase></j:testsuite>") ==
        "0 0 1 0 0");
  CHECK(code_of(suite_of("<error message='no database'/><testcase/>")) == "FAIL suite_failed");
}

TEST_CASE("junit: no test is no pass, and neither are skipped ones alone") {
  CHECK(code_of(suite_of("", "tests='5' failures='0'")) == "INCONCLUSIVE no_tests");
  CHECK(code_of("<testsuites/>") == "INCONCLUSIVE no_tests");
  CHECK(code_of(case_of("<skipped/>")) == "INCONCLUSIVE none_ran");
  CHECK(code_of(case_of(""), {.tests_min = 2}) == "INCONCLUSIVE too_few_tests");
}

TEST_CASE("junit: sums in attributes neither make a pass nor take a failure away") {
  const std::string failing = "<testcase><failure/></testcase>";
  CHECK(code_of(suite_of(failing, "tests='1' failures='0'")) == "FAIL tests_failed");
  CHECK(code_of(suite_of("<testcase/>", "tests='9' failures='0'")) == "PASS ok");
  CHECK(code_of(suite_of("<testcase/>", "failures='1'")) == "INCONCLUSIVE unshown_failures");
  CHECK(code_of("<testsuites failures='1'><testsuite errors='1'><testcase/></testsuite>"
                "</testsuites>") == "INCONCLUSIVE unshown_failures");
  CHECK(code_of(suite_of("<testcase><flakyFailure/></testcase>", "failures='1'")) == "PASS ok");
  CHECK(code_of(suite_of("<testcase/>", "failures='many'")) == "PASS ok");
}

TEST_CASE("junit: the rule may refuse flaky and skipped tests") {
  CHECK(code_of(case_of("<flakyError/>")) == "PASS ok");
  CHECK(code_of(case_of("<flakyError/>"), {.flaky_passes = false}) == "INCONCLUSIVE flaky_tests");
  const std::string skipped = suite_of("<testcase/><testcase><skipped/></testcase>");
  CHECK(code_of(skipped) == "PASS ok");
  CHECK(code_of(skipped, {.skipped_passes = false}) == "INCONCLUSIVE skipped_tests");
}

TEST_CASE("junit: what is not well-formed, or another document, is unreadable") {
  CHECK(counts_of("<testsuite><testcase><![CDATA[").contains("unclosed CDATA"));
  CHECK(counts_of("<testsuite><testcase></testsuite>").contains("mismatched tag"));
  CHECK(counts_of("<testsuite/><testsuite/>").contains("junk after document element"));
  CHECK(counts_of("<testsuite name='a' name='b'/>").contains("duplicate attribute"));
  CHECK(counts_of("").contains("no element found"));
  CHECK(counts_of("<html><testcase/></html>") ==
        "no JUnit report: the document begins with `html`");
  CHECK(code_of("{}") == "INCONCLUSIVE unreadable");
}

TEST_CASE("junit: entities, depth and endless tags are refused") {
  CHECK(counts_of("<!DOCTYPE a [<!ENTITY b 'c'>]><testsuite>&b;</testsuite>")
            .contains("document type"));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<testsuite>";
  CHECK(counts_of(deep).contains("more than 64 levels"));
  const std::string piece(1U << 20U, 'x');
  int pieces = 0;
  const auto endless = read_junit([&]() -> std::string_view {
    return pieces++ == 0 ? std::string_view("<testsuite name='") : std::string_view(piece);
  });
  REQUIRE(!endless);
  CHECK(endless.error().message.contains("16 MiB"));
  CHECK(pieces < 20);
}

TEST_CASE("junit: a verdict names the tests") {
  const auto facts = read_junit(case_of("<failure message='1 is not 2&#10;x'/>"));
  REQUIRE(facts);
  CHECK(assess(*facts, {}).why == "1 of 1 test failed (0 by an error): `c.t` (`1 is not 2?x`)");
}

}  // namespace
}  // namespace sluice::evidence
