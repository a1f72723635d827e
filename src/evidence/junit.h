// JUnit XML, the shape that Surefire, pytest, Jest and others write: how many tests passed, failed,
// broke, were skipped or passed only at a second try. There is no standard; the sums in attributes
// often lie, so every test case is counted.
//
// A test case is failed by a `failure` or `rerunFailure`, errored by an `error` or `rerunError`,
// and by a `status`, `result`, `outcome` or `success` that says so ("timedout", "false"); skipped
// where it says so; flaky where nothing of that stands in it but a `flakyFailure` or `flakyError`;
// unclear where it says a word that is none of those known ("undefined"); else passed.
//
// Any bytes give facts or an error, in bounded memory: at most 256 MiB of text, 64 levels, 16 MiB
// in one tag. Document types, and entities with them, are refused.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json_stream.h"

namespace sluice::evidence {

inline constexpr std::size_t kJunitBytesMax = 256U << 20U;
inline constexpr std::size_t kNamedTestsMax = 20;

struct JunitTest {
  std::string name;     // "EmailAddressTest.shouldNotBeBlank", safe to show
  std::string message;  // of the failure; may be empty
};

struct JunitFacts {
  std::int64_t passed = 0;
  std::int64_t flaky = 0;  // passed, after at least one failed try
  std::int64_t failed = 0;
  std::int64_t errored = 0;
  std::int64_t skipped = 0;
  std::int64_t unclear = 0;  // how they ended cannot be told
  std::int64_t suites = 0;
  std::int64_t broken_suites = 0;     // a failure or error of a suite as a whole
  std::int64_t unshown_failures = 0;  // that the attributes of suites claim beyond those counted
  std::int64_t claimed_tests = 0;     // by the attribute of the outermost suite; 0: none
  std::vector<JunitTest> failures;    // the first failed or errored
  std::vector<JunitTest> flaky_tests;
  std::vector<JunitTest> unclear_tests;

  [[nodiscard]] std::int64_t tests() const {
    return passed + flaky + failed + errored + skipped + unclear;
  }
};

[[nodiscard]] Result<JunitFacts> read_junit(const codec::ByteSource& source);
[[nodiscard]] Result<JunitFacts> read_junit(std::string_view bytes);

}  // namespace sluice::evidence
