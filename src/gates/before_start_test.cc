#include "gates/before_start.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "testing/contracts.h"

namespace sluice::gates {
namespace {

std::vector<ClauseVerdict> complete() {
  const Policy policy = testing::complete_policy();
  return evaluate_before_start(testing::complete_contract(), policy,
                               testing::adopted_service(policy), testing::release_of_contract(),
                               Tick{});
}

TEST_CASE("before the start: every clause that can be known is there once, in the policy's order") {
  const std::vector<ClauseVerdict> verdicts = complete();
  std::vector<Clause> expected;
  for (const ClauseInfo& clause : all_clauses()) {
    if (clause.id.starts_with("post.") || clause.id.starts_with("emergency.")) continue;
    expected.push_back(clause.clause);
  }

  REQUIRE(verdicts.size() == expected.size());
  for (std::size_t i = 0; i < verdicts.size(); ++i) CHECK(verdicts[i].clause == expected[i]);
}

TEST_CASE("before the start: a complete contract is held by nothing") {
  const std::vector<ClauseVerdict> verdicts = complete();

  CHECK(holds_start(verdicts).empty());
  for (const ClauseVerdict& one : verdicts) {
    CAPTURE(to_text(one.clause));
    const bool on_the_way = one.code == kDrilledInStaging;
    CHECK(on_the_way == (one.clause == Clause::pre_rollback_tested));
    CHECK((one.verdict == Verdict::pass || on_the_way) == info(one.clause).built);
    CHECK((one.code == kNotBuilt) == !info(one.clause).built);
  }
}

TEST_CASE("before the start: no PASS rests on nothing, and no FAIL is without a remedy") {
  const std::vector<ClauseVerdict> good = complete();
  const std::vector<ClauseVerdict> bad = evaluate_before_start({}, {}, {}, {}, {});
  for (const auto* verdicts : {&good, &bad}) {
    for (const ClauseVerdict& one : *verdicts) {
      CAPTURE(to_text(one.clause));
      if (one.verdict == Verdict::pass) CHECK(one.looked_at > 0);
      if (one.verdict == Verdict::fail) CHECK_FALSE(one.remedy.empty());
      CHECK_FALSE(one.why.empty());
      CHECK_FALSE(one.code.empty());
    }
  }
}

TEST_CASE("before the start: nothing at all passes no clause") {
  for (const ClauseVerdict& one : evaluate_before_start({}, {}, {}, {}, {})) {
    CAPTURE(to_text(one.clause));
    CHECK(one.verdict != Verdict::pass);
  }
}

TEST_CASE("holds_start: FAIL holds, and INCONCLUSIVE unless the gate is not built") {
  const ClauseVerdict pass{.clause = Clause::plan_stages, .verdict = Verdict::pass, .looked_at = 1};
  const ClauseVerdict fail{.clause = Clause::plan_stages, .verdict = Verdict::fail};
  const ClauseVerdict open{.clause = Clause::plan_stages, .code = "nothing_examined"};
  const ClauseVerdict unbuilt{.clause = Clause::pre_flags, .code = "not_built"};

  CHECK(holds_start({pass, unbuilt}).empty());
  CHECK(holds_start({pass, fail, open, unbuilt}) == std::vector{fail, open});
}

TEST_CASE("holds_start: what is drilled on the way excuses that clause alone, and no FAIL") {
  const ClauseVerdict drilled{.clause = Clause::pre_rollback_tested,
                              .code = std::string(kDrilledInStaging)};
  const ClauseVerdict other{.clause = Clause::plan_stages, .code = std::string(kDrilledInStaging)};
  ClauseVerdict failed = drilled;
  failed.verdict = Verdict::fail;

  CHECK(holds_start({drilled}).empty());
  CHECK(holds_start({other, failed}).size() == 2);
}

TEST_CASE("holds_start: not_built excuses no clause that has a gate, and no FAIL") {
  const ClauseVerdict built{.clause = Clause::plan_stages, .code = "not_built"};
  const ClauseVerdict fail{
      .clause = Clause::pre_flags, .verdict = Verdict::fail, .code = "not_built"};

  CHECK(holds_start({built, fail}).size() == 2);
}

}  // namespace
}  // namespace sluice::gates
