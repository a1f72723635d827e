#include "gates/findings.h"

#include <doctest/doctest.h>

namespace sluice::gates {
namespace {

TEST_CASE("findings: a gate that looked at nothing is INCONCLUSIVE, never PASS") {
  const ClauseVerdict verdict = Findings(Clause::plan_stages).verdict("all is well");

  CHECK(verdict.verdict == Verdict::inconclusive);
  CHECK(verdict.code == "nothing_examined");
  CHECK_FALSE(verdict.remedy.empty());
}

TEST_CASE("findings: a PASS says what was found, its notes, and needs no remedy") {
  Findings findings(Clause::plan_stages);
  findings.looked_at(3);
  findings.note("a note");
  const ClauseVerdict verdict = findings.verdict("3 stages");

  CHECK(verdict.verdict == Verdict::pass);
  CHECK(verdict.why == "3 stages; a note");
  CHECK(verdict.remedy.empty());
  CHECK(verdict.looked_at == 3);
}

TEST_CASE("findings: one thing wrong is FAIL with the first code, and a remedy is said once") {
  Findings findings(Clause::plan_stages);
  findings.looked_at(2);
  findings.fail("first", "this is wrong", "correct it");
  findings.fail("second", "that is wrong", "correct it");
  const ClauseVerdict verdict = findings.verdict("all is well");

  CHECK(verdict.verdict == Verdict::fail);
  CHECK(verdict.code == "first");
  CHECK(verdict.why == "this is wrong; that is wrong");
  CHECK(verdict.remedy == "correct it");
}

TEST_CASE("findings: a list names five things and counts the others") {
  const std::string text = list_text({"a", "b", "c", "d", "e", "f", "g"});

  CHECK(text == "a; b; c; d; e; and 2 more");
}

TEST_CASE(
    "findings: foreign text in quotes is printable, short and without back-ticks of its own") {
  CHECK(quoted("a`b\x1b[31m") == "`a'b?[31m`");
  CHECK(quoted(std::string(500, 'x')).size() < 100);
}

}  // namespace
}  // namespace sluice::gates
