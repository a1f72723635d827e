// CorpusTally: verdicts of Sluice against those that a careful reader expects, and both error
// rates.
//
//   unsafe       PASS where the reader says FAIL, ESCALATE or REJECT; not one is allowed
//   false alarm  not PASS where the reader says PASS; at most one in twenty
//   milder       INCONCLUSIVE for FAIL, or FAIL for ESCALATE: no promotion either way; only shown
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/verdict.h"

namespace sluice::testing {

// What a reader accepts: PASS, FAIL, INCONCLUSIVE, in any combination.
struct Expectation {
  bool pass = false;
  bool fail = false;
  bool inconclusive = false;
};

class CorpusTally {
 public:
  explicit CorpusTally(std::string name) : name_(std::move(name)) {}

  // `said` is what Sluice says for its verdict.
  void add(const std::string& file, const Expectation& expected, Verdict verdict,
           const std::string& said);
  // A row whose expectation is in words that are not known here.
  void add_not_understood(const std::string& file, const std::string& expected);

  // Shows the numbers, and fails the test where they are not good enough.
  void conclude() const;

 private:
  void show(std::string_view what, const std::string& file, const std::string& said);

  std::string name_;
  int rows_ = 0;
  int expected_pass_ = 0;
  int unsafe_ = 0;
  int false_alarms_ = 0;
  int milder_ = 0;
  int not_understood_ = 0;
  std::vector<std::string> shown_;
};

}  // namespace sluice::testing
