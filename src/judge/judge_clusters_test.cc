// Errors that come together: of one server, in bursts, or all at once.
#include <algorithm>
#include <array>

#include <doctest/doctest.h>

#include "judge/bound.h"
#include "judge/error_clusters.h"
#include "judge/judge.h"
#include "testing/seeded_random.h"

namespace sluice::judge {
namespace {

constexpr Counts kHistory{50'000, 50, 10};
constexpr int kServers = 5;
constexpr int kUnits = 19;
constexpr Settings kSettings{
    .margin = 0, .planned_ms = 3'600'000, .groups = kServers, .baseline_groups = kUnits};

// A second of a thousand requests: ten to each server of the canary, fifty to each unit.
Batch second(testing::SeededRandom& random, double canary_rate, double baseline_rate) {
  Batch batch;
  batch.elapsed_ms = 1'000;
  for (int g = 0; g < kServers; ++g) {
    batch.canary_groups[g] = {10, random.binomial(10, canary_rate), 0};
    grow(batch.canary, batch.canary_groups[g]);
  }
  for (int s = 0; s < kUnits; ++s) {
    batch.baseline_groups[s] = {50, random.binomial(50, baseline_rate), 0};
    grow(batch.baseline, batch.baseline_groups[s]);
  }
  return batch;
}

void break_server(Batch& batch, int server) {
  batch.canary.errors += 10 - batch.canary_groups[server].errors;
  batch.canary_groups[server].errors = 10;
}

Batch one_failed() {
  Batch batch;
  batch.canary = {1, 1, 0};
  batch.baseline = {19, 0, 0};
  batch.elapsed_ms = 2;
  return batch;
}

TEST_CASE("judge: evidence is divided by the design effect that an earlier judge handed on") {
  const Dispersion tenfold{10'000, 1'000, 2e5};
  Judge plain({}, kHistory);
  Judge tempered({}, kHistory, {{tenfold}, {tenfold}});
  const double effect = tempered.finding().design_effect_error;
  REQUIRE(effect == doctest::Approx(10));
  for (int i = 0; i < 6; ++i) {
    plain.add(one_failed());
    tempered.add(one_failed());
  }
  CHECK(plain.finding().breached);
  CHECK_FALSE(tempered.finding().breached);
  // Each test is at most its best alternative, at least a twelfth of it.
  CHECK(tempered.finding().ln_harm_error < plain.finding().ln_harm_error / effect + 3);
  CHECK(tempered.clustering().errors[0] == tenfold);
}

TEST_CASE("judge: outages of two servers, a quarter of an hour apart, do not take a release back") {
  testing::SeededRandom random(21);
  Judge judge(kSettings, kHistory);
  Judge together(kSettings, kHistory);
  for (int i = 0; i < 1'800; ++i) {
    const int out = i % 900 < 60 ? i / 900 : -1;  // server 0, and later server 1, for a minute
    Batch batch = second(random, 1e-3, 1e-3);
    Batch both = batch;
    if (out >= 0) break_server(batch, out);
    if (out == 0) break_server(both, 0);
    if (out == 0) break_server(both, 1);
    judge.add(batch);
    together.add(both);
  }
  CHECK_FALSE(judge.finding().breached);
  CHECK(together.finding().breached);
}

// The same second, with the errors of one client on top, who is routed to the canary for good.
Batch with_clients(testing::SeededRandom& random, bool broken_client) {
  constexpr int kClients = 8;
  Batch batch = second(random, 1e-3, 1e-3);
  for (int c = 0; c < kClients; ++c) {
    batch.baseline_groups[kUnits + c] = {118, c == 0 ? batch.baseline.errors : 0, 0};
    batch.canary_groups[kServers + c] = {6, c == 0 ? batch.canary.errors : 0, 0};
  }
  if (!broken_client) return batch;
  batch.canary_groups[kServers + 3].errors = kServers;
  batch.canary.errors += kServers;
  for (int g = 0; g < kServers; ++g) ++batch.canary_groups[g].errors;
  return batch;
}

TEST_CASE("judge: one broken client takes no release back, though it fails on every server") {
  testing::SeededRandom random(24);
  Settings by_both = kSettings;
  by_both.client_groups = 8;
  Judge judge(by_both, kHistory);
  Judge by_server(kSettings, kHistory);
  for (int i = 0; i < 120; ++i) {
    const Batch batch = with_clients(random, i >= 60);
    judge.add(batch);
    by_server.add(batch);
  }
  CHECK(by_server.finding().breached);
  CHECK_FALSE(judge.finding().breached);
  CHECK_FALSE(judge.finding().hold_advance);
}

TEST_CASE("judge: where nearly all requests come from one address, that one is not left out") {
  testing::SeededRandom random(25);
  Settings by_both = kSettings;
  by_both.client_groups = 8;
  Judge judge(by_both, kHistory);
  int seconds = 0;
  for (; seconds < 100 && !judge.finding().breached; ++seconds) {
    Batch batch = second(random, 0.1, 1e-3);
    batch.canary_groups[kServers] = {48, batch.canary.errors, 0};
    batch.canary_groups[kServers + 1] = {1, 0, 0};
    batch.canary_groups[kServers + 2] = {1, 0, 0};
    judge.add(batch);
  }
  CHECK(seconds <= 8);
}

TEST_CASE("judge: where errors come in clusters, blocks find what tempered evidence cannot") {
  testing::SeededRandom random(22);
  const Dispersion fiftyfold{1e5, 2'000, 2e5};
  Judge judge(kSettings, kHistory, {{fiftyfold}, {}});
  REQUIRE(judge.finding().design_effect_error > 40);
  int seconds = 0;
  for (; seconds < 600 && !judge.finding().breached; ++seconds) {
    judge.add(second(random, 0.011, 1e-3));
  }
  CHECK(judge.finding().breached);
  CHECK(judge.finding().ln_harm_error_blocks > judge.finding().ln_harm_error_fast);
  MESSAGE("rolled back after " << seconds << " s");
  CHECK(seconds <= 200);
}

// Errors in bursts of ten on one server, over ten seconds, in both arms alike: one in a thousand.
class Bursts {
 public:
  explicit Bursts(std::uint64_t seed) : random_(seed) {}

  Batch next(bool with_canary) {
    Batch batch = second(random_, 0, 0);
    if (!with_canary) {
      batch.canary = {};
      batch.canary_groups = {};
    }
    for (int host = 0; host < kHosts; ++host) {
      if (random_.chance(1e-3)) left_[host] += 10;
      const std::int64_t errors = random_.binomial(left_[host], 0.2);
      left_[host] -= errors;
      count(batch, host, errors, with_canary);
    }
    return batch;
  }

 private:
  static constexpr int kHosts = 100;  // five to each unit, and five of the canary

  static void count(Batch& batch, int host, std::int64_t errors, bool with_canary) {
    const bool mine = host < kServers;
    if (mine && !with_canary) return;
    Counts& group = mine ? batch.canary_groups[host] : batch.baseline_groups[host / 5 - 1];
    const std::int64_t fit = std::min(errors, group.requests - group.errors);
    group.errors += fit;
    (mine ? batch.canary : batch.baseline).errors += fit;
  }

  testing::SeededRandom random_;
  std::array<std::int64_t, kHosts> left_{};
};

TEST_CASE(
    "judge: bursts of errors in both arms alike take no release back, though a bare test does") {
  Bursts before(26);
  Judge teacher(kSettings, kHistory);
  for (int i = 0; i < 3'600; ++i) teacher.add(before.next(false));
  REQUIRE(teacher.clustering().errors[0].design_effect() > 5);
  int breached = 0;
  int bare_breached = 0;
  for (int run = 0; run < 30; ++run) {
    Bursts bursts(100 + static_cast<std::uint64_t>(run));
    Judge judge(kSettings, teacher.history(), teacher.clustering());
    Judge bare({.margin = 0, .planned_ms = 3'600'000}, teacher.history());
    for (int i = 0; i < 600; ++i) {
      const Batch batch = bursts.next(true);
      judge.add(batch);
      bare.add(batch);
    }
    breached += judge.finding().breached ? 1 : 0;
    bare_breached += bare.finding().breached ? 1 : 0;
  }
  CHECK(breached == 0);
  CHECK(bare_breached >= 10);
}

TEST_CASE("judge: a change of share ends a block, and does not mix it with the next") {
  testing::SeededRandom random(23);
  Judge judge(kSettings, kHistory);
  for (int i = 0; i < 9; ++i) judge.add(second(random, 0.5, 1e-3));
  const double before = judge.finding().ln_harm_error_blocks;
  judge.enter_stage(true, 0.05);
  for (int i = 0; i < 9; ++i) judge.add(second(random, 0.5, 1e-3));
  CHECK(judge.finding().ln_harm_error_blocks == before);
  judge.add(second(random, 0.5, 1e-3));
  CHECK(judge.finding().ln_harm_error_blocks > before);
}

// Where no unit ever failed alone the rest without a group has to show a tenth of the line, and all
// of the canary the line itself: neither is enough alone.
TEST_CASE("judge: one broken server does not count for the nine tenths that the others lack") {
  testing::SeededRandom random(29);
  Judge with_one(kSettings, kHistory);
  Judge without(kSettings, kHistory);
  for (int i = 0; i < 60; ++i) {
    Batch batch = second(random, 6e-3, 1e-3);
    without.add(batch);
    if (i >= 30) break_server(batch, 0);
    with_one.add(batch);
  }
  REQUIRE(without.finding().design_effect_error == 1);
  // The server's thirty seconds are worth hundreds in ln; a tenth is worth 2.3, and that is all.
  CHECK(with_one.finding().ln_harm <= without.finding().ln_harm + 2.31);
  CHECK_FALSE(with_one.finding().breached);
}

TEST_CASE("judge: nor is what the rest shows counted tenfold where all of it shows less") {
  testing::SeededRandom random(30);
  Settings undivided = kSettings;
  undivided.groups = 0;
  Judge judge(kSettings, kHistory);
  Judge whole(undivided, kHistory);
  for (int i = 0; i < 300; ++i) {
    const Batch batch = second(random, 6e-3, 1e-3);
    judge.add(batch);
    whole.add(batch);
    CHECK(judge.finding().ln_harm <= whole.finding().ln_harm + 1e-9);
  }
  CHECK(judge.finding().breached);
}

TEST_CASE("judge: a share that grows keeps what was counted of its block") {
  testing::SeededRandom random(31);
  Judge grows(kSettings, kHistory);
  Judge falls(kSettings, kHistory);
  for (Judge* judge : {&grows, &falls}) judge->expect_share(0.05);
  for (int i = 0; i < 10; ++i) {
    const Batch batch = second(random, 0.5, 1e-3);
    if (i == 9) {
      grows.expect_share(0.06);
      falls.expect_share(0.04);
    }
    grows.add(batch);
    falls.add(batch);
  }
  CHECK(grows.finding().ln_harm_error_blocks > 1.5);
  CHECK(falls.finding().ln_harm_error_blocks < 0.1);  // what was seen under the other share is gone
}

TEST_CASE("judge: trouble that lasts ten minutes makes blocks long, and counts as one event") {
  ErrorClusters clusters({.groups = kServers, .baseline_groups = kUnits}, {});
  testing::SeededRandom random(32);
  for (int i = 0; i < 3'600; ++i) {
    Batch batch = second(random, 1e-3, 1e-3);
    Counts& unit = batch.baseline_groups[i / 600];  // each for ten minutes
    const std::int64_t more = random.binomial(50 - unit.errors, 0.05);
    unit.errors += more;
    batch.baseline.errors += more;
    clusters.learn(batch);
  }
  const double of_minutes = clusters.of_minutes()[0].design_effect();
  REQUIRE(of_minutes > 1);
  CHECK(clusters.effect() > 3 * of_minutes);
  CHECK(clusters.next_block().lasts_ms == 30'000);
  CHECK(clusters.next_block().design_effect ==
        doctest::Approx(clusters.effect() / of_minutes).epsilon(0.01));
}

}  // namespace
}  // namespace sluice::judge
