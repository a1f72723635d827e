#include "evidence/assessment.h"
#include "evidence/assessment_text.h"

namespace sluice::evidence {
namespace {

std::string test_text(const JunitTest& test) {
  const std::string name = in_ticks(test.name);
  return test.message.empty() ? name : fmt::format("{} ({})", name, in_ticks(test.message));
}

std::vector<std::string> texts_of(const std::vector<JunitTest>& tests) {
  std::vector<std::string> texts;
  for (const JunitTest& test : tests) texts.push_back(test_text(test));
  return texts;
}

void look_for_failures(Doubts& failures, const JunitFacts& facts) {
  constexpr std::string_view kRemedy = "repair what fails, and run the tests again";
  if (const std::int64_t bad = facts.failed + facts.errored; bad > 0) {
    failures.add(
        "tests_failed",
        fmt::format("{} of {} failed ({} by an error): {}", bad, counted(facts.tests(), "test"),
                    facts.errored, listed(texts_of(facts.failures))),
        std::string(kRemedy));
  }
  if (facts.broken_suites > 0) {
    failures.add("suite_failed",
                 fmt::format("{} failed as a whole", counted(facts.broken_suites, "suite")),
                 std::string(kRemedy));
  }
}

void look_for_doubts(Doubts& doubts, const JunitFacts& facts, const TestRule& rule) {
  const std::int64_t good = facts.passed + facts.flaky;
  if (facts.tests() == 0) {
    doubts.add("no_tests", "the report holds no test", "run the tests, and bring what they write");
  } else if (good == 0) {
    doubts.add("none_ran", fmt::format("all {} were skipped", counted(facts.skipped, "test")),
               "run the tests, and bring what they write");
  } else if (good < rule.tests_min) {
    doubts.add("too_few_tests",
               fmt::format("{} passed; at least {} must", counted(good, "test"), rule.tests_min),
               "run all tests, and bring the whole report");
  }
  if (facts.unclear > 0) {
    doubts.add("outcome_unclear",
               fmt::format("how {} ended is said in words that are not known: {}",
                           counted(facts.unclear, "test"), listed(texts_of(facts.unclear_tests))),
               "let every test pass, fail or be skipped");
  }
  if (facts.unshown_failures > 0) {
    doubts.add("unshown_failures",
               fmt::format("a suite claims {} that no test case shows",
                           counted(facts.unshown_failures, "failure")),
               "bring the whole report, as the tool wrote it");
  }
  if (!rule.flaky_passes && facts.flaky > 0) {
    doubts.add("flaky_tests",
               fmt::format("{} passed only at a second try: {}", counted(facts.flaky, "test"),
                           listed(texts_of(facts.flaky_tests))),
               "make the tests reliable");
  }
  if (!rule.skipped_passes && facts.skipped > 0) {
    doubts.add("skipped_tests", fmt::format("{} skipped", counted(facts.skipped, "test")),
               "run all tests");
  }
}

std::string found_text(const JunitFacts& facts) {
  std::string text = fmt::format("{} passed", counted(facts.passed + facts.flaky, "test"));
  if (facts.flaky > 0) {
    text += fmt::format("; {} flaky: {}", facts.flaky, listed(texts_of(facts.flaky_tests)));
  }
  if (facts.skipped > 0) text += fmt::format("; {} skipped", facts.skipped);
  if (facts.claimed_tests > facts.tests()) {
    text += fmt::format("; the report claims {}, and shows {}",
                        counted(facts.claimed_tests, "test"), facts.tests());
  }
  return text;
}

}  // namespace

Assessment assess(const JunitFacts& facts, const TestRule& rule) {
  Doubts failures;
  Doubts doubts;
  look_for_failures(failures, facts);
  look_for_doubts(doubts, facts, rule);
  if (!failures.none()) return failures.assessment(Verdict::fail, facts.tests());
  if (!doubts.none()) return doubts.assessment(Verdict::inconclusive, facts.tests());
  return passed(found_text(facts), facts.tests());
}

}  // namespace sluice::evidence
