#include "gates/change_log_line.h"

#include <doctest/doctest.h>

#include "gates/plan_of.h"
#include "testing/contracts.h"

namespace sluice::gates {
namespace {

Delivery delivery() {
  Delivery delivery{.id = {"D-0007"},
                    .plan = make_plan(testing::complete_contract(), testing::complete_policy(),
                                      testing::release_of_contract()),
                    .started = {1'795'470'080'000}};
  delivery.progress.resize(3);
  delivery.progress[0].touched = delivery.progress[1].touched = true;
  return delivery;
}

TEST_CASE(
    "change log: a line says what was delivered, how it ended, where, and by which contract") {
  const std::string line = change_log_line(delivery(), Phase::done);

  CHECK(line.starts_with("- 2026-11-23T21:41:20Z **REL-2026-008** Storefront 1.4.0 `"));
  CHECK(line.contains(testing::release_of_contract().digest.brief()));
  CHECK(line.contains("delivery D-0007: **done**; in development, staging, production"));
  CHECK(line.contains("`work/releases/2026-11-23-storefront.md`"));
}

TEST_CASE("change log: a line about a rollback says from where and why") {
  Delivery back = delivery();
  back.rollback = RollbackStarted{
      .cause = Cause::trigger, .trigger = Trigger::error_rate, .environment = {"staging"}};
  const std::string line = change_log_line(back, Phase::rolled_back);

  CHECK(line.contains("**rolled\\_back** from staging (error\\_rate); in development, staging;"));
}

TEST_CASE("change log: a release that stays without the evidence of its window is told apart") {
  Delivery kept = delivery();
  kept.clauses[Clause::post_health] = {.clause = Clause::post_health, .verdict = Verdict::pass};
  kept.clauses[Clause::post_error_rate] = {.clause = Clause::post_error_rate,
                                           .verdict = Verdict::fail};
  const std::string line = change_log_line(kept, Phase::done);

  CHECK(line.contains("**done** though not validated (post.error\\_rate); in development,"));
}

TEST_CASE("change log: the same delivery and outcome give the same line whenever asked") {
  Delivery later = delivery();
  later.ended = {later.started.unix_ms + kHourMs};
  later.phase_since = later.ended;

  CHECK(change_log_line(later, Phase::done) == change_log_line(delivery(), Phase::done));
}

TEST_CASE("change log: different deliveries and different outcomes differ") {
  Delivery other = delivery();
  other.id = {"D-0008"};

  CHECK(change_log_line(other, Phase::done) != change_log_line(delivery(), Phase::done));
  CHECK(change_log_line(delivery(), Phase::aborted) != change_log_line(delivery(), Phase::done));
}

TEST_CASE("change log: foreign text stays on one line and is no Markdown") {
  Delivery hostile = delivery();
  hostile.plan.release.title = "x\n- **forged** [link](http://x)\x1b[2J<script>";
  hostile.plan.contract_file = "a`b\nc";
  const std::string line = change_log_line(hostile, Phase::done);

  CHECK_FALSE(line.contains('\n'));
  CHECK_FALSE(line.contains('\x1b'));
  CHECK_FALSE(line.contains("**forged**"));
  CHECK(line.contains("\\<script\\>"));
}

}  // namespace
}  // namespace sluice::gates
