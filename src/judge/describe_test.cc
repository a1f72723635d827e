#include "judge/describe.h"

#include <cmath>

#include <doctest/doctest.h>

namespace sluice::judge {
namespace {

Finding failing() {
  Finding finding;
  finding.ln_harm = std::log(4'213);
  finding.ln_harm_line = std::log(1'000);
  finding.ln_promote_line = std::log(20);
  finding.breached = true;
  finding.has_baseline = true;
  finding.canary = {412, 21, 2};
  finding.baseline = {8'023, 8, 11};
  return finding;
}

TEST_CASE("describe: a breach says what failed, how sure that is, and the odds beside the line") {
  CHECK(describe_harm(failing(), {}) ==
        "5.1 % of 412 requests failed (2.1–9.8 %), baseline 0.1 % of 8,023; odds 4,200 : 1 against "
        "the release, line 1,000 : 1");
}

TEST_CASE("describe: the blamed metric is the one described") {
  Finding finding = failing();
  finding.blame = Trigger::p99;
  CHECK(describe_harm(finding, {}) == describe_harm(finding, {}, Trigger::p99));
  CHECK(describe_harm(finding, {}) ==
        "0.49 % of 412 requests were over the p99 target (0.008–2.8 %), target at most 1 %; odds "
        "4,200 : 1 against the release, line 1,000 : 1");
}

TEST_CASE("describe: beside a metric that is not to blame stand its own odds, not those of all") {
  Finding finding = failing();
  finding.ln_harm_slow = -1;
  CHECK(
      describe_harm(finding, {}, Trigger::p99) ==
      "0.49 % of 412 requests were over the p99 target (0.008–2.8 %), target at most 1 %; of this "
      "nothing speaks against the release");
  finding.ln_harm_slow = std::log(3.1);
  CHECK(describe_harm(finding, {}, Trigger::p99)
            .ends_with("of this alone odds 3.1 : 1 against the "
                       "release"));
}

TEST_CASE("describe: without a baseline the target is named, without traffic nothing is made up") {
  Finding finding;
  finding.ln_harm_line = std::log(1'000);
  CHECK(
      describe_harm(finding, {}) ==
      "no requests of the canary yet, no requests of the baseline yet; nothing speaks against the "
      "release, line 1,000 : 1");
  finding.concurrent = false;
  finding.canary = {1'000'000, 0, 0};
  CHECK(describe_harm(finding, {}) ==
        "0 % of 1,000,000 requests failed (0–0.001 %), no baseline, target at most 1 %; nothing "
        "speaks against the release, line 1,000 : 1");
}

TEST_CASE("describe: promotion says what each metric has and what is missing") {
  Finding finding;
  finding.ln_promote_line = std::log(20);
  finding.ln_promote_error = std::log(12.2);
  finding.ln_promote_slow = std::log(25);
  finding.requests_missing = 303.2;
  CHECK(describe_promotion(finding) ==
        "error rate: odds 12 : 1 of 20 : 1; p99: enough; about 310 more requests of the canary");
  finding.ln_promote_error = -2;
  finding.requests_missing = -1;
  CHECK(describe_promotion(finding) ==
        "error rate: nothing of 20 : 1; p99: enough; evidence does not grow; unknown how much is "
        "missing");
  finding.ln_promote_error = 9;
  CHECK(describe_missing(finding) == "odds of harm to fall below 10 : 1");
  finding.promotable = true;
  CHECK(describe_promotion(finding) == "error rate: enough; p99: enough");
}

TEST_CASE("describe: small numbers keep two digits, huge odds are capped") {
  Finding finding = failing();
  finding.ln_harm = 1e9;
  finding.baseline = {1'000'000, 12, 0};
  CHECK(describe_harm(finding, {}) ==
        "5.1 % of 412 requests failed (2.1–9.8 %), baseline 0.0012 % of 1,000,000; odds over 10^18 "
        ": 1 against the release, line 1,000 : 1");
  finding.ln_harm = std::log(1.52);
  finding.canary = {100, 100, 0};
  CHECK(describe_harm(finding, {}).starts_with("100 % of 100 requests failed (9"));
  CHECK(describe_harm(finding, {}).contains("odds 1.5 : 1 against"));
}

TEST_CASE("describe: where requests are lost on the way to the canary, that is said") {
  Finding finding = failing();
  finding.metric = Metric::traffic;
  CHECK(
      describe_harm(finding, {}) ==
      "only 412 of 8,435 requests reached the canary, less than its share promises; odds 4,200 : 1 "
      "against the release, line 1,000 : 1");
  CHECK(describe_harm(finding, {}, Trigger::p99).contains("over the p99 target"));
}

TEST_CASE("describe: latency beside the baseline's, by the quantile that speaks most") {
  Finding finding = failing();
  finding.latency = {.comparison = Comparison::compared,
                     .ever_counted = true,
                     .ln_worth = std::log(7.1),
                     .quantile = 0,
                     .canary = {412, {342, 90, 9, 1}},
                     .baseline = {8'023, {4'010, 800, 80, 8}}};
  constexpr OverMs kOver{21, 43, 191, 1'023};
  CHECK(describe_latency(finding, {}, kOver) ==
        "83 % of the canary's 412 requests took longer than 23 ms, 50 % of the baseline's 8,023 "
        "longer than 21 ms (its median when that was drawn; 10 points more are tolerated); odds "
        "7.1 : 1 that the canary is slower, which is only reported");
  finding.latency.quantile = 3;
  finding.latency.ln_worth = -2;
  CHECK(describe_latency(finding, {.latency_against_baseline = BaselineUse::rollback}, kOver) ==
        "0.24 % of the canary's 412 requests took longer than 1,151 ms, 0.1 % of the baseline's "
        "8,023 longer than 1,023 ms (its p99.9 when that was drawn; 0.2 points more are "
        "tolerated); nothing says that the canary is slower");
}

TEST_CASE("describe: where latency is not compared, the reason is said") {
  Finding finding;
  const auto words = [&](Comparison comparison) {
    finding.latency.comparison = comparison;
    return describe_latency(finding, {}, kNoThresholds);
  };
  CHECK(words(Comparison::not_counted).contains("when the baseline has answered 1,000 requests"));
  CHECK(words(Comparison::alone) == "there is no baseline beside it to compare its latency with");
  CHECK(words(Comparison::warming_up).contains("first minute"));
  CHECK(words(Comparison::unequal_load).contains("more than half of the traffic"));
  CHECK(describe_latency(finding, {.latency_against_baseline = BaselineUse::off}, kNoThresholds)
            .contains("sluice.yaml says so"));
}

TEST_CASE("describe: groups say whether leave-one-out is on, and if not why") {
  Finding finding;
  CHECK(describe_groups(finding, {.groups = 1}) ==
        "leave-one-out is off: 3 groups needed, configured: 1; trouble in 3 different seconds "
        "needed");
  CHECK(
      describe_groups(finding, {.groups = 5}) ==
      "leave-one-out is off: fewer than 3 of 5 groups had requests; trouble in 3 different seconds "
      "needed");
  finding.leave_one_out = true;
  CHECK(describe_groups(finding, {.groups = 5}) == "5 groups, judged without any one of them");
}

}  // namespace
}  // namespace sluice::judge
