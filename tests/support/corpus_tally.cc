#include "support/corpus_tally.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace sluice::testing {

void CorpusTally::show(std::string_view what, const std::string& file, const std::string& said) {
  shown_.push_back(fmt::format("  {}: {}: {}", what, file, said));
}

void CorpusTally::add(const std::string& file, const Expectation& expected, Verdict verdict,
                      const std::string& said) {
  ++rows_;
  const bool only_pass = expected.pass && !expected.fail && !expected.inconclusive;
  if (only_pass) ++expected_pass_;
  const bool met = (verdict == Verdict::pass && expected.pass) ||
                   (verdict == Verdict::fail && expected.fail) ||
                   (verdict == Verdict::inconclusive && expected.inconclusive);
  if (met) return;
  if (verdict == Verdict::pass) {
    ++unsafe_;
    show("UNSAFE", file, said);
  } else if (only_pass) {
    ++false_alarms_;
    show("false alarm", file, said);
  } else {
    ++milder_;
    show("milder", file, said);
  }
}

void CorpusTally::add_not_understood(const std::string& file, const std::string& expected) {
  ++not_understood_;
  show("expectation not understood", file, expected);
}

void CorpusTally::conclude() const {
  MESSAGE(name_ << ": " << rows_ << " rows, " << unsafe_ << " unsafe errors, " << false_alarms_
                << " false alarms of " << expected_pass_ << ", " << milder_ << " milder, "
                << not_understood_ << " not understood");
  for (const std::string& line : shown_) MESSAGE(line);
  CHECK(rows_ > 0);
  CHECK(unsafe_ == 0);
  CHECK(false_alarms_ * 20 <= expected_pass_);
  CHECK(not_understood_ == 0);
}

}  // namespace sluice::testing
