#include "evidence/junit.h"

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
  constexpr std::array<std::string_view, 6> kWords{"fail",  "failed",  "failure",
                                                   "error", "errored", "broken"};
  return is_one_of(word, kWords);
}

bool says_skipped(std::string_view word) {
  constexpr std::array<std::string_view, 8> kWords{"skip",       "skipped", "notrun",  "disabled",
                                                   "suppressed", "ignored", "pending", "not_run"};
  return is_one_of(word, kWords);
}

std::int64_t number_of(const XmlAttributes& attributes, std::string_view name) {
  const auto number = parse_integer(trim(attributes.get(name)));
  return std::clamp<std::int64_t>(number.value_or(0), 0, 1'000'000'000);
}

struct Case {
  JunitTest test;
  bool failed = false;
  bool errored = false;
  bool skipped = false;
  bool flaky = false;
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
    if (root_ == "testsuites" || root_ == "testsuite") return std::move(facts_);
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
    for (const std::string_view attribute : {"status", "result"}) {
      const std::string word = to_lower_ascii(attributes.get(attribute));
      one.failed |= says_failed(word);
      one.skipped |= says_skipped(word);
    }
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
    } else {
      ++facts_.passed;
    }
  }

  static void keep(std::vector<JunitTest>& tests, JunitTest test) {
    if (tests.size() < kNamedTestsMax) tests.push_back(std::move(test));
  }

  JunitFacts facts_;
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
