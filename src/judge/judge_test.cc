#include "judge/judge.h"

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "judge/baseline_rate.h"
#include "judge/exp_log.h"
#include "judge/mixture.h"
#include "judge/restart_mass.h"
#include "testing/seeded_random.h"

namespace sluice::judge {
namespace {

constexpr Counts kHistory{50'000, 5, 10};  // a baseline that hardly ever fails

// Requests that all return this, one of the canary with nineteen of the baseline.
Batch one_request(bool failed, int group = -1) {
  Batch batch;
  batch.canary = {1, failed ? 1 : 0, 0};
  batch.baseline = {19, 0, 0};
  batch.elapsed_ms = 2;
  if (group >= 0) batch.canary_groups[group] = batch.canary;
  return batch;
}

// Canary requests, all failing, until the release is rolled back; they go to the groups in turn.
int requests_until_breached(Judge judge, int groups) {
  for (int i = 0; i < 1'000; ++i) {
    if (judge.finding().breached) return i;
    judge.add(one_request(true, groups > 0 ? i % groups : -1));
  }
  return 1'000;
}

bool is_sound(const Finding& f) {
  const auto number = [](double x) { return !std::isnan(x) && x < 1e300; };
  return number(f.ln_harm) && number(f.ln_harm_error) && number(f.ln_harm_slow) &&
         number(f.ln_promote_error) && number(f.ln_promote_slow) &&
         std::isfinite(f.requests_missing);
}

bool same_bits(const Finding& a, const Finding& b) {
  const auto bits = [](double x) { return std::bit_cast<std::uint64_t>(x); };
  return bits(a.ln_harm) == bits(b.ln_harm) && bits(a.ln_harm_error) == bits(b.ln_harm_error) &&
         bits(a.ln_harm_slow) == bits(b.ln_harm_slow) &&
         bits(a.ln_promote_error) == bits(b.ln_promote_error) &&
         bits(a.ln_promote_slow) == bits(b.ln_promote_slow) && a.breached == b.breached;
}

TEST_CASE(
    "judge: a canary that fails every request is out within seven, with five groups a few more") {
  const int alone = requests_until_breached(Judge({}, kHistory), 0);
  const int grouped = requests_until_breached(Judge({.groups = 5}, kHistory), 5);
  CHECK(alone >= 3);
  CHECK(alone <= 7);
  CHECK(grouped >= alone);
  CHECK(grouped <= 9);
}

TEST_CASE(
    "judge: without a history, and with the first batch, a total failure is still found fast") {
  CHECK(requests_until_breached(Judge({}, {}), 0) <= 7);
}

TEST_CASE("judge: a release without errors is promoted at about 350 requests, and not before") {
  Judge judge({.alpha_promotion = 0.05}, {50'000, 0, 0});
  judge.enter_stage(true, 0.05);
  int requests = 0;
  while (!judge.finding().promotable && requests < 1'000) {
    judge.add(one_request(false));
    ++requests;
  }
  CHECK(requests >= 300);
  CHECK(requests <= 400);
  CHECK(judge.finding().requests_missing == 0);
}

TEST_CASE("judge: the forecast of missing requests is near from the first request on") {
  Judge judge({}, {50'000, 0, 0});
  judge.enter_stage(true, 0.05);
  CHECK(judge.finding().requests_missing == doctest::Approx(360).epsilon(0.1));
  for (int i = 0; i < 120; ++i) judge.add(one_request(false));
  CHECK(judge.finding().requests_missing == doctest::Approx(250).epsilon(0.3));
}

TEST_CASE("judge: no errors anywhere never speaks against the release") {
  Judge judge({.margin = 0}, {});
  for (int i = 0; i < 5'000; ++i) {
    judge.add(one_request(false));
    REQUIRE(judge.finding().ln_harm <= 1e-12);
  }
}

TEST_CASE("judge: traffic of the baseline alone moves no evidence, and is learnt") {
  Judge judge({}, {});
  Batch batch;
  batch.baseline = {1'000, 20, 3};
  batch.elapsed_ms = 1'000;
  const Finding before = judge.finding();
  judge.add(batch);
  const Finding after = judge.finding();
  CHECK(same_bits(before, after));
  CHECK(after.has_baseline);
  CHECK(judge.history() == Counts{1'000, 20, 3});
}

TEST_CASE("judge: requests of the canary wait for requests of the baseline, and are not lost") {
  Judge apart({}, kHistory);
  Judge together({}, kHistory);
  apart.add(one_request(false));
  together.add(one_request(false));
  Batch canary;
  canary.canary = {4, 4, 0};
  canary.elapsed_ms = 10;
  Batch baseline;
  baseline.baseline = {76, 0, 0};
  baseline.elapsed_ms = 10;
  Batch both = canary;
  both.baseline = baseline.baseline;
  both.elapsed_ms = 20;
  apart.add(canary);
  const double waiting = apart.finding().ln_harm_error;
  apart.add(baseline);
  together.add(both);
  CHECK(apart.finding().ln_harm_error > waiting + 5);
  CHECK(apart.finding().ln_harm_error == together.finding().ln_harm_error);
}

TEST_CASE("judge: a slow release is breached, and p99 is to blame") {
  Judge judge({}, kHistory);
  for (int i = 0; i < 40 && !judge.finding().breached; ++i) {
    Batch batch = one_request(false);
    batch.canary.over_target = i % 2;
    judge.add(batch);
  }
  CHECK(judge.finding().breached);
  CHECK(judge.finding().blame == Trigger::p99);
  CHECK(judge.finding().canary.requests < 20);
}

TEST_CASE("judge: breached stays breached, and is never promotable, whatever comes after") {
  Judge judge({}, kHistory);
  for (int i = 0; i < 10; ++i) judge.add(one_request(true));
  REQUIRE(judge.finding().breached);
  for (int i = 0; i < 5'000; ++i) judge.add(one_request(false));
  judge.enter_stage(true, 0.05);
  for (int i = 0; i < 2'000; ++i) judge.add(one_request(false));
  const Finding finding = judge.finding();
  CHECK(finding.ln_harm < 0);
  CHECK(finding.breached);
  CHECK(finding.blame == Trigger::error_rate);
  CHECK(finding.ln_promote_error > finding.ln_promote_line);
  CHECK_FALSE(finding.promotable);
}

TEST_CASE("judge: nothing is promoted while the odds of harm are over ten") {
  Judge judge({.alpha = 1e-12}, {50'000, 0, 0});
  judge.enter_stage(true, 0.05);
  for (int i = 0; i < 2'000; ++i) judge.add(one_request(false));
  CHECK(judge.finding().promotable);
  for (int i = 0; i < 20 && judge.finding().ln_harm < std::log(10); ++i) {
    judge.add(one_request(true));
  }
  const Finding finding = judge.finding();
  CHECK(finding.ln_harm >= std::log(10));
  CHECK(finding.ln_promote_error >= finding.ln_promote_line);
  CHECK(finding.ln_promote_slow >= finding.ln_promote_line);
  CHECK_FALSE(finding.breached);
  CHECK_FALSE(finding.promotable);
}

TEST_CASE("judge: after a million healthy batches a total failure is found within a few requests") {
  Judge judge({.planned_ms = 3'600'000}, kHistory);
  for (int i = 0; i < 1'000'000; ++i) {
    Batch batch = one_request(i % 1'000 == 999);
    batch.elapsed_ms = 10;
    judge.add(batch);
  }
  REQUIRE_FALSE(judge.finding().breached);
  REQUIRE(judge.finding().ln_harm_error < -2);
  // ln(1000) + ln 2 + ln 12 + ln(1/pi), at about 3.7 nats a request, and two for the batches.
  CHECK(requests_until_breached(judge, 0) <= 10);
}

// --- leave one group out ----------------------------------------------------------------------

TEST_CASE("judge: one broken server of five does not take the release back, two do") {
  const auto odds_with_broken = [](int broken) {
    Judge judge({.groups = 5}, kHistory);
    for (int i = 0; i < 100; ++i) judge.add(one_request(i % 5 < broken, i % 5));
    return judge.finding();
  };
  CHECK(odds_with_broken(1).ln_harm < 0);
  CHECK(odds_with_broken(2).breached);
}

TEST_CASE("judge: with five servers configured of which two have traffic, it does not pretend") {
  Judge judge({.groups = 5}, kHistory);
  for (int i = 0; i < 12; ++i) judge.add(one_request(true, i % 2));
  CHECK_FALSE(judge.finding().leave_one_out);
  CHECK(judge.finding().ln_harm > judge.finding().ln_harm_line);
  CHECK_FALSE(judge.finding().breached);  // it may have been one bad moment of one of the two
  Batch later = one_request(true, 0);
  later.elapsed_ms = 1'000;
  judge.add(later);
  CHECK_FALSE(judge.finding().breached);
  judge.add(later);
  CHECK(judge.finding().breached);  // bad in three different seconds
}

TEST_CASE("judge: the first server to fail does not decide before others were seen") {
  Judge judge({.groups = 5}, kHistory);
  for (int i = 0; i < 9; ++i) judge.add(one_request(true, 0));
  CHECK_FALSE(judge.finding().breached);
  CHECK(judge.finding().ln_harm <= 1e-12);
}

TEST_CASE("judge: groups that never have traffic change nothing") {
  Judge five({.groups = 5}, kHistory);
  Judge sixteen({.groups = 16}, kHistory);
  testing::SeededRandom random(5);
  for (int i = 0; i < 300; ++i) {
    const Batch batch = one_request(random.chance(0.05), static_cast<int>(random.below(5)));
    five.add(batch);
    sixteen.add(batch);
    REQUIRE(same_bits(five.finding(), sixteen.finding()));
  }
  CHECK(five.finding().leave_one_out);
}

// Random traffic of four groups in a batch; each has some.
Batch grouped_batch(testing::SeededRandom& random) {
  Batch batch;
  for (int g = 0; g < 4; ++g) {
    Counts& group = batch.canary_groups[g];
    group.requests = 1 + random.below(20);
    group.errors = random.binomial(group.requests, 0.02);
    group.over_target = random.binomial(group.requests, 0.02);
    grow(batch.canary, group);
  }
  batch.baseline = {200 + random.below(300), random.below(5), random.below(5)};
  batch.elapsed_ms = 100 + random.below(2'000);
  return batch;
}

TEST_CASE("judge: whatever one group returns, the evidence is at most that of the others alone") {
  testing::SeededRandom random(6);
  for (int run = 0; run < 100; ++run) {
    Judge corrupted({.groups = 4}, kHistory);
    Judge others({.groups = 0}, kHistory);
    const double rate = random.unit();
    for (int i = 0; i < 30; ++i) {
      Batch batch = grouped_batch(random);
      Batch rest = batch;
      rest.canary = without_group(batch, 0);
      Counts& group = batch.canary_groups[0];
      const Counts bad{group.requests, random.binomial(group.requests, rate),
                       random.chance(0.5) ? group.requests : 0};
      batch.canary.errors += bad.errors - group.errors;
      batch.canary.over_target += bad.over_target - group.over_target;
      group = bad;
      corrupted.add(batch);
      others.add(rest);
      REQUIRE(corrupted.finding().ln_harm <= others.finding().ln_harm + 1e-12);
    }
  }
}

TEST_CASE("judge: the order of groups does not matter, to the last bit") {
  Judge judge({.groups = 4}, kHistory);
  Judge turned({.groups = 4}, kHistory);
  testing::SeededRandom random(7);
  for (int i = 0; i < 200; ++i) {
    const Batch batch = grouped_batch(random);
    Batch other = batch;
    for (int g = 0; g < 4; ++g) other.canary_groups[g] = batch.canary_groups[(g + 1) % 4];
    judge.add(batch);
    turned.add(other);
    REQUIRE(same_bits(judge.finding(), turned.finding()));
  }
}

// --- counts ---------------------------------------------------------------------------------

TEST_CASE("judge: counts of many nodes, summed in any order and grouping, give the same bits") {
  testing::SeededRandom random(8);
  Judge forward({.groups = 4}, kHistory);
  Judge backward({.groups = 4}, kHistory);
  for (int i = 0; i < 200; ++i) {
    std::vector<Batch> nodes;
    for (int n = 0; n < 5; ++n) {
      nodes.push_back(grouped_batch(random));
      nodes.back().elapsed_ms = 0;
    }
    Batch sum = nodes[0];
    for (int n = 1; n < 5; ++n) grow(sum, nodes[n], {.groups = 4});
    Batch pairs = nodes[4];
    Batch rest = nodes[3];
    grow(pairs, nodes[1], {.groups = 4});
    grow(rest, nodes[2], {.groups = 4});
    grow(rest, nodes[0], {.groups = 4});
    grow(pairs, rest, {.groups = 4});
    sum.elapsed_ms = pairs.elapsed_ms = 1'000;
    forward.add(sum);
    backward.add(pairs);
    REQUIRE(same_bits(forward.finding(), backward.finding()));
  }
}

TEST_CASE("judge: one batch divided in two stays near") {
  testing::SeededRandom random(9);
  Judge whole({}, kHistory);
  Judge halves({}, kHistory);
  for (int i = 0; i < 100; ++i) {
    Batch a = grouped_batch(random);
    Batch b = grouped_batch(random);
    a.elapsed_ms = b.elapsed_ms = 500;
    Batch both = a;
    grow(both, b, {.groups = 4});
    whole.add(both);
    halves.add(a);
    halves.add(b);
  }
  CHECK(std::fabs(whole.finding().ln_harm - halves.finding().ln_harm) < 3);
}

TEST_CASE("judge: what a batch returns changes no alternative of that batch") {
  // The growth of ln E with the canary's errors is a line whose slope is ln(q/p) - ln(1-q)/(1-p) of
  // the best alternative. Were q taken from the batch itself, the slope would depend on the errors.
  Judge judge({}, {});
  judge.add(one_request(false));
  const auto with_errors = [&judge](std::int64_t errors, std::int64_t baseline_errors) {
    Judge copy = judge;
    Batch batch;
    batch.canary = {1'000, errors, 0};
    batch.baseline = {19'000, baseline_errors, 0};
    batch.elapsed_ms = 1'000;
    copy.add(batch);
    return copy.finding().ln_harm_error;
  };
  const double step_high = with_errors(1'000, 0) - with_errors(999, 0);
  const double step_low = with_errors(996, 0) - with_errors(995, 0);
  CHECK(step_high == doctest::Approx(step_low).epsilon(0.05));
  // Errors of the baseline alone, in the same batch, weigh the same one by one as well.
  const double first = with_errors(1'000, 1) - with_errors(1'000, 0);
  const double last = with_errors(1'000, 101) - with_errors(1'000, 100);
  CHECK(first == doctest::Approx(last).epsilon(0.05));
}

TEST_CASE(
    "judge: a batch is weighed by alternatives of the past alone, for harm and for promotion") {
  Batch batch;
  batch.canary = {1'000, 12, 0};
  batch.baseline = {19'000, 900, 0};  // a thousand times what the past says
  batch.elapsed_ms = 1'000;
  const Settings settings{.margin = 0.01};
  Judge judge(settings, kHistory);
  judge.enter_stage(true, 0.05);
  judge.add(batch);

  MarginAlternatives of_past(settings.margin);
  of_past.follow(BaselineRate(kHistory).rate());
  RestartMass mass(settings.planned_ms);
  mass.pass(batch.elapsed_ms);
  Mixture<kMarginHarms> harm;
  harm.stake(ln(mass.take()));
  std::array<double, kMarginHarms> harms{};
  for (std::size_t i = 0; i < kMarginHarms; ++i) {
    harms[i] = ln_margin_factor(of_past.harms()[i], batch.canary, batch.baseline);
  }
  harm.multiply(harms);
  CHECK(judge.finding().ln_harm_error == ln_add(harm.ln_worth(), ln(mass.unstaked())));

  Mixture<kPromotions> promotion;
  promotion.stake(0);
  std::array<double, kPromotions> promotions{};
  for (std::size_t i = 0; i < kPromotions; ++i) {
    promotions[i] = ln_margin_factor(of_past.promotions()[i], batch.canary, batch.baseline);
  }
  promotion.multiply(promotions);
  CHECK(judge.finding().ln_promote_error == promotion.ln_worth());
}

TEST_CASE("judge: never a number that is none, whatever is counted, even nonsense") {
  testing::SeededRandom random(10);
  const auto count = [&random]() -> std::int64_t {
    switch (random.below(6)) {
      case 0: return 0;
      case 1: return 1;
      case 2: return random.below(10);
      case 3: return random.below(1LL << 30);
      case 4: return 1LL << 53;
      default:
        return random.chance(0.1) ? std::numeric_limits<std::int64_t>::max() : -random.below(99);
    }
  };
  for (int run = 0; run < 400; ++run) {
    const double margin = random.chance(0.2) ? 0 : 0.5 * std::pow(10.0, -9 * random.unit());
    Judge judge({.margin = margin,
                 .error_rate_target = random.chance(0.1) ? 0 : random.unit(),
                 .over_target_share = random.chance(0.1) ? 1 : random.unit(),
                 .planned_ms = count(),
                 .groups = static_cast<int>(random.below(kGroupsMax + 1))},
                {count(), count(), count()});
    for (int i = 0; i < 30; ++i) {
      if (random.chance(0.1)) judge.enter_stage(random.chance(0.5), 0.05);
      Batch batch;
      batch.canary = {count(), count(), count()};
      batch.baseline = {count(), count(), count()};
      batch.elapsed_ms = count();
      for (Counts& group : batch.canary_groups) group = {count(), count(), count()};
      judge.add(batch);
      REQUIRE(is_sound(judge.finding()));
    }
    const Counts history = judge.history();
    REQUIRE(history.errors <= history.requests);
  }
}

TEST_CASE("judge: the history it hands on is bounded and keeps its rates") {
  Judge judge({}, {1'000'000'000, 2'000'000, 1'000'000});
  CHECK(judge.history() == Counts{200'000, 400, 200});
  judge.add(one_request(false));
  CHECK(judge.history() == Counts{200'019, 400, 200});
}

}  // namespace
}  // namespace sluice::judge
