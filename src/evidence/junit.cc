#include "evidence/junit.h"

#include <charconv>
#include <cmath>

#include "base/text.h"
#include "evidence/xml_stream.h"

namespace sluice::evidence {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, word) != words.end();
}

// What a `status` or `result` says. Only bad news is believed: a pass is what nothing speaks
// against.
bool says_failed(std::string_view word) {
  constexpr std::array<std::string_view, 19> kWords{
      "fail",    "failed",   "failure", "error",      "errored",     "broken",   "false",
      "timeout", "timedout", "crash",   "crashed",    "interrupted", "panicked", "regression",
      "abort",   "aborted",  "killed",  "terminated", "unsuccessful"};
  return is_one_of(word, kWords);
}

// Of a test that ran to its end, as far as such a word goes.
bool says_passed(std::string_view word) {
  constexpr std::array<std::string_view, 21> kWords{
      "",         "pass",      "passed",   "ok",   "success", "successful", "succeeded",
      "complete", "completed", "finished", "done", "run",     "ran",        "executed",
      "true",     "fixed",     "flaky",    "good", "green",   "expected",   "xfail"};
  return is_one_of(word, kWords);
}

bool says_skipped(std::string_view word) {
  constexpr std::array<std::string_view, 9> kWords{"skip",     "skipped",    "notrun",
                                                   "disabled", "suppressed", "ignored",
                                                   "pending",  "todo",       "notexecuted"};
  return is_one_of(word, kWords);
}

// "1" and "1.0"; 0 for what is no number.
std::int64_t number_of(const XmlAttributes& attributes, std::string_view name) {
  const std::string_view text = trim(attributes.get(name));
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number >= 0 ? static_cast<std::int64_t>(std::min(std::ceil(number), 1e9)) : 0;
}

// "Timed out", "timed_out", "TIMEDOUT".
std::string word_of(std::string_view text) {
  std::string word = to_lower_ascii(trim(text));
  std::erase_if(word, [](char c) { return c == ' ' || c == '_' || c == '-'; });
  return word;
}

// What the attributes of a test case or a suite say about how it ended.
struct SaidOutcome {
  bool failed = false;
  bool skipped = false;
  bool unclear = false;  // a word that is none of those known
};

SaidOutcome outcome_of(const XmlAttributes& attributes) {
  SaidOutcome said;
  for (const std::string_view attribute : {"status", "result", "outcome", "success"}) {
    const std::string word = word_of(attributes.get(attribute));
    said.failed |= says_failed(word);
    said.skipped |= says_skipped(word);
    said.unclear |= !says_failed(word) && !says_skipped(word) && !says_passed(word);
  }
  said.skipped |= word_of(attributes.get("executed")) == "false";
  return said;
}

struct Case {
  JunitTest test;
  bool failed = false;
  bool errored = false;
  bool skipped = false;
  bool flaky = false;
  bool unclear = false;
};

struct Suite {
  std::int64_t claimed_failures = 0;
  std::int64_t failures_before = 0;  // counted when it was opened
};

class JunitReader {
 public:
  void opened(std::string_view name, const XmlAttributes& attributes) {
    ++depth_;
    if (depth_ == 1) root_ = name;
    if (name == "testsuites" || name == "testsuite") {
      open_suite(name, attributes);
    } else if (name == "testcase") {
      open_case(attributes);
    } else {
      mark(name, attributes);
    }
  }

  void closed(std::string_view name) {
    --depth_;
    if (name == "testcase") {
      count(cases_.back());
      cases_.pop_back();
    } else if (name == "testsuites" || name == "testsuite") {
      close_suite();
    }
  }

  Result<JunitFacts> take() {
    if (root_ == "testsuites" || root_ == "testsuite") {
      const bool shown = facts_.failed + facts_.errored + facts_.broken_suites > 0;
      if (!shown) facts_.unshown_failures = std::max(facts_.unshown_failures, said_failed_);
      return std::move(facts_);
    }
    return fail(
        ErrorCode::invalid_input,
        fmt::format("no JUnit report: the document begins with `{}`", printable(root_, 60)));
  }

 private:
  [[nodiscard]] std::int64_t bad_news() const {
    return facts_.failed + facts_.errored + facts_.broken_suites + facts_.flaky;
  }

  void open_suite(std::string_view name, const XmlAttributes& attributes) {
    if (name == "testsuite") ++facts_.suites;
    if (outcome_of(attributes).failed) ++said_failed_;
    if (depth_ == 1) facts_.claimed_tests = number_of(attributes, "tests");
    suites_.push_back(
        {.claimed_failures = number_of(attributes, "failures") + number_of(attributes, "errors"),
         .failures_before = bad_news()});
  }

  void close_suite() {
    const Suite suite = suites_.back();
    suites_.pop_back();
    const std::int64_t unshown = suite.claimed_failures - (bad_news() - suite.failures_before);
    facts_.unshown_failures = std::max(facts_.unshown_failures, unshown);
  }

  void open_case(const XmlAttributes& attributes) {
    const std::string_view group = attributes.get("classname");
    const std::string_view name = attributes.get("name");
    Case one;
    one.test.name = printable(
        group.empty() || group == name ? std::string(name) : fmt::format("{}.{}", group, name),
        160);
    const SaidOutcome said = outcome_of(attributes);
    one.failed = said.failed;
    one.skipped = said.skipped;
    one.unclear = said.unclear;
    cases_.push_back(std::move(one));
  }

  void mark(std::string_view name, const XmlAttributes& attributes) {
    const bool failure = name == "failure" || name == "rerunFailure";
    const bool error = name == "error" || name == "rerunError";
    if (cases_.empty()) {
      if (failure || error) ++facts_.broken_suites;
      return;
    }
    Case& one = cases_.back();
    one.failed |= failure;
    one.errored |= error;
    one.skipped |= name == "skipped" || name == "disabled" || name == "ignored";
    one.flaky |= name == "flakyFailure" || name == "flakyError";
    if ((failure || error) && one.test.message.empty()) {
      one.test.message = printable(attributes.get("message"), 160);
    }
  }

  void count(Case& one) {
    if (one.failed || one.errored) {
      ++(one.errored && !one.failed ? facts_.errored : facts_.failed);
      keep(facts_.failures, std::move(one.test));
    } else if (one.skipped) {
      ++facts_.skipped;
    } else if (one.flaky) {
      ++facts_.flaky;
      keep(facts_.flaky_tests, std::move(one.test));
    } else if (one.unclear) {
      ++facts_.unclear;
      keep(facts_.unclear_tests, std::move(one.test));
    } else {
      ++facts_.passed;
    }
  }

  static void keep(std::vector<JunitTest>& tests, JunitTest test) {
    if (tests.size() < kNamedTestsMax) tests.push_back(std::move(test));
  }

  JunitFacts facts_;
  std::int64_t said_failed_ = 0;  // suites that say of themselves that they failed
  std::string root_;
  int depth_ = 0;
  std::vector<Suite> suites_;
  std::vector<Case> cases_;
};

}  // namespace

Result<JunitFacts> read_junit(const codec::ByteSource& source) {
  JunitReader reader;
  SLUICE_TRY(stream_xml(
      source,
      {.opened = [&](std::string_view name,
                     const XmlAttributes& attributes) { reader.opened(name, attributes); },
       .closed = [&](std::string_view name) { reader.closed(name); }},
      kJunitBytesMax));
  return reader.take();
}

Result<JunitFacts> read_junit(std::string_view bytes) { return read_junit(codec::bytes_of(bytes)); }

}  // namespace sluice::evidence
