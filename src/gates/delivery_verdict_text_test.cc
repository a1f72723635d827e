#include <doctest/doctest.h>

#include "base/text.h"
#include "gates/delivery_verdict.h"

namespace sluice::gates {
namespace {

DeliveryVerdict small() {
  DeliveryVerdict verdict{.overall = Verdict::fail};
  verdict.criteria = {{Criterion::progression, Verdict::fail},
                      {Criterion::flags, Verdict::inconclusive}};
  verdict.clauses = {
      {.clause = Clause::progression_isolated,
       .verdict = Verdict::pass,
       .code = "ok",
       .why = "compared 27 things",
       .looked_at = 27},
      {.clause = Clause::progression_order,
       .verdict = Verdict::fail,
       .code = "environment_skipped",
       .why = "the contract goes development → production and skips `staging`",
       .remedy = "name all environments",
       .looked_at = 3},
      {.clause = Clause::pre_flags, .code = "not_built", .why = "no gate", .remedy = "wait"}};
  verdict.evaluated = 2;
  return verdict;
}

TEST_CASE("verdict text: grouped by criterion, the reason beside, the remedy below a FAIL") {
  CHECK(render(small(), false, 100) ==
        "environment progression              FAIL\n"
        "  progression.isolated               PASS          compared 27 things\n"
        "  progression.order                  FAIL          the contract goes development → "
        "production and\n"
        "                                                   skips `staging`\n"
        "                                                   → name all environments\n"
        "\n"
        "feature flags                        INCONCLUSIVE\n"
        "  pre.flags                          INCONCLUSIVE  not_built: no gate\n"
        "\n"
        "FAIL: 2 of 3 clauses evaluated: 1 PASS, 1 FAIL (progression.order), 0 INCONCLUSIVE; "
        "1 not built\n");
}

TEST_CASE("verdict text: in a narrow terminal the reason goes below") {
  const std::string text = render_clauses(small().clauses, false, 60);

  CHECK(text.contains("  progression.isolated               PASS\n      compared 27 things\n"));
}

TEST_CASE("verdict text: colours only where they are asked for, and always ended") {
  CHECK_FALSE(render(small(), false).contains('\x1b'));
  const std::string coloured = render(small(), true);
  CHECK(coloured.contains("\x1b[1;31mFAIL"));
  CHECK(coloured.contains("\x1b[32mPASS"));
  CHECK(coloured.contains("\x1b[0m"));
}

TEST_CASE("verdict text: what a clause quotes cannot steer the terminal") {
  DeliveryVerdict verdict = small();
  verdict.clauses[0].why = "a\x1b[2Jb\nc";

  CHECK(render(verdict, false).contains("a?[2Jb?c"));
}

TEST_CASE("verdict text: the summary is one line") {
  CHECK(summary_line(small()).starts_with("FAIL: 2 of 3 clauses evaluated"));
  CHECK_FALSE(summary_line(small()).contains('\n'));
}

TEST_CASE("verdict text: every line keeps to the width") {
  DeliveryVerdict verdict = small();
  verdict.clauses[1].why = "xxxxxxxxxxxxxxxxxxxxxxxxx yyyyyyyyyyyyyyyyyyyyyyyyyyyy and more words";
  const std::string text = render_clauses(verdict.clauses, false, 90);
  for (const std::string_view line : split(text, '\n')) CHECK(line.size() <= 90 + 4);
}

}  // namespace
}  // namespace sluice::gates
