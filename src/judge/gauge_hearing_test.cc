#include "judge/gauge_hearing.h"

#include <limits>

#include <doctest/doctest.h>

#include "testing/seeded_random.h"

namespace sluice::judge {
namespace {

using testing::SeededRandom;

// Two gauges of five processes in each slot, sampled every ten seconds; the canary is in slot b and
// has a tenth of the traffic.
struct Samples {
  explicit Samples(BaselineUse use) : hearing({.use = use, .planned_ms = kHourMs}) {}

  GaugeHearing hearing;
  GaugeFooting footing{.canary = Slot::b, .concurrent = true, .share = 0.1, .met = true};
  Tick now{1'000'000};
  SeededRandom random{5};

  void sample(double canary_waiting) {
    now = now + 10 * kSecondMs;
    hearing.follow(footing, now);
    GaugeSample one{now, {{"requests waiting", {}}, {"memory", {}}}};
    for (std::size_t slot = 0; slot < 2; ++slot) {
      for (int i = 0; i < 5; ++i) {
        const double waiting = slot == 1 ? canary_waiting : 0;
        one.gauges[0].by_slot[slot].push_back(waiting + static_cast<double>(random.below(5)));
        one.gauges[1].by_slot[slot].push_back(1e9 + static_cast<double>(random.below(1'000'000)));
      }
    }
    hearing.hear(one);
  }
  int samples_until_breached(int most, double canary_waiting) {
    int samples = 0;
    for (; samples < most && !hearing.breached(); ++samples) sample(canary_waiting);
    return samples;
  }
  void warm_up() {
    hearing.follow(footing, now);
    now = now + kMinuteMs;
  }
};

TEST_CASE("gauge hearing: worse than the baseline goes back, is held before that, and is named") {
  Samples samples(BaselineUse::rollback);
  samples.warm_up();
  bool held_first = false;
  int number = 0;
  for (; number < 40 && !samples.hearing.breached(); ++number) {
    samples.sample(40);
    held_first = held_first || (samples.hearing.suspected() && !samples.hearing.breached());
  }
  CHECK(number <= 25);
  CHECK(held_first);
  const std::string words = samples.hearing.describe();
  CAPTURE(words);
  CHECK(words.starts_with("requests waiting: 4"));
  CHECK(words.contains(" in 5 processes beside 0 to 4 in 5 processes of the baseline; "));
  CHECK(words.ends_with(" : 1 against the release, line 20,000 : 1"));
  for (int i = 0; i < 50; ++i) samples.sample(0);
  CHECK(samples.hearing.breached());
}

TEST_CASE("gauge hearing: where it is only reported, it holds nothing and takes nothing back") {
  Samples samples(BaselineUse::report);
  samples.warm_up();
  samples.sample(0);
  CHECK(samples.hearing.describe().ends_with("; nothing speaks against the release"));
  for (int i = 0; i < 40; ++i) samples.sample(40);
  CHECK(samples.hearing.ln_worth() > 10);
  CHECK_FALSE(samples.hearing.breached());
  CHECK_FALSE(samples.hearing.suspected());
  CHECK(samples.hearing.describe().ends_with(", which is only reported"));
}

TEST_CASE("gauge hearing: what makes a canary differ by nature is not compared, and said") {
  const auto words = [](auto change) {
    Samples samples(BaselineUse::rollback);
    samples.warm_up();
    change(samples.footing);
    for (int i = 0; i < 20; ++i) samples.sample(40);
    CHECK(samples.hearing.ln_worth() == doctest::Approx(0));
    return samples.hearing.describe();
  };
  CHECK(words([](GaugeFooting& all) {
          all.concurrent = false;
        }).ends_with("there is no baseline beside the canary"));
  CHECK(words([](GaugeFooting& all) {
          all.share = 0.51;
        }).ends_with("more than half of the traffic"));
  CHECK(words([](GaugeFooting& all) { all.share = 0; }).ends_with("known to be routed to it"));
}

TEST_CASE("gauge hearing: the first minute with traffic is not compared") {
  Samples samples(BaselineUse::rollback);
  samples.footing.met = false;
  for (int i = 0; i < 20; ++i) samples.sample(40);
  CHECK(samples.hearing.describe().ends_with("no request has reached the canary yet"));
  samples.footing.met = true;
  samples.sample(40);
  for (int i = 0; i < 5; ++i) samples.sample(40);
  CHECK(samples.hearing.describe().ends_with("the canary's first minute with traffic"));
  CHECK(samples.hearing.ln_worth() == doctest::Approx(0));
  samples.sample(40);
  CHECK(samples.hearing.ln_worth() > 0);
}

TEST_CASE(
    "gauge hearing: samples are awaited after the first minute, and up to half of the traffic") {
  Samples samples(BaselineUse::report);
  const auto awaited = [&] {
    samples.sample(0);
    return samples.hearing.awaits_samples();
  };
  samples.footing.met = false;
  CHECK_FALSE(awaited());
  samples.footing.met = true;
  CHECK_FALSE(awaited());  // Prometheus has yet to find the canary's processes
  samples.warm_up();
  CHECK(awaited());
  samples.footing.share = 1;  // the old release is stopped soon
  CHECK_FALSE(awaited());
  samples.footing.share = 0;  // the canary is, on the way back
  CHECK_FALSE(awaited());
}

TEST_CASE("gauge hearing: what was found stays while nothing is compared, and that is said") {
  Samples samples(BaselineUse::rollback);
  samples.warm_up();
  for (int i = 0; i < 3; ++i) samples.sample(40);
  const double before = samples.hearing.ln_worth();
  samples.footing.share = 0.9;
  for (int i = 0; i < 10; ++i) samples.sample(0);
  CHECK(samples.hearing.ln_worth() == before);
  CHECK(samples.hearing.describe().contains("not compared now: the canary has more than half"));
}

TEST_CASE("gauge hearing: two processes in the baseline are too few, and the words say so") {
  Samples samples(BaselineUse::rollback);
  samples.warm_up();
  for (int i = 0; i < 30; ++i) {
    samples.now = samples.now + 10 * kSecondMs;
    samples.hearing.follow(samples.footing, samples.now);
    const double turn = i;
    samples.hearing.hear({samples.now, {{"requests waiting", {{{turn, 3}, {90, 99}}}}}});
  }
  CHECK(samples.hearing.ln_worth() == doctest::Approx(0));
  CHECK(samples.hearing.describe().contains(
      "too few processes to compare, 2 beside 2 of the baseline, which needs 3"));
}

TEST_CASE("gauge hearing: samples that cannot be do no harm") {
  Samples samples(BaselineUse::rollback);
  samples.warm_up();
  const std::vector<double> none{std::numeric_limits<double>::quiet_NaN()};
  const std::vector<double> many(10'000, 9);
  for (const std::vector<double>& odd : {none, many, std::vector<double>{}}) {
    samples.now = samples.now + 10 * kSecondMs;
    samples.hearing.follow(samples.footing, samples.now);
    samples.hearing.hear({samples.now, {{"a\nb", {odd, odd}}, {"c", {many, {1, 2}}}}});
  }
  samples.hearing.hear({Tick{std::numeric_limits<std::int64_t>::min() / 2}, {}});
  samples.hearing.hear({Tick{std::numeric_limits<std::int64_t>::max() / 2}, {{}, {}, {}}});
  CHECK(samples.hearing.ln_worth() == doctest::Approx(0));
}

TEST_CASE("gauge hearing: processes that are alike are left alone, whatever the baseline's lasts") {
  int back = 0;
  for (std::uint64_t run = 0; run < 100; ++run) {
    Samples samples(BaselineUse::rollback);
    samples.random = SeededRandom(run);
    samples.warm_up();
    back += samples.samples_until_breached(60, 0) < 60 ? 1 : 0;
  }
  CHECK(back == 0);
}

}  // namespace
}  // namespace sluice::judge
