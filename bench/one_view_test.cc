#include "bench/one_view.h"

#include <cmath>

#include <doctest/doctest.h>

#include "sim/random.h"
#include "sim/rollout.h"

namespace sluice::bench {
namespace {

constexpr double kRounding = 1e-9;

TEST_CASE("one view: no less than what the judge finds, whichever group is left out") {
  const judge::Settings settings = sim::told_apart(fast(0));
  int equal = 0;
  for (const sim::Trouble& trouble : sim::troubles()) {
    if (!trouble.shared) continue;
    INFO(trouble.name);
    const History history = history_of({.trouble = &trouble}, sim::seed_of(1, 2, 3));
    judge::Judge judge(settings, {});
    std::vector<OneView> views;
    for (int g = 0; g < judge::canary_entries(settings); ++g) views.emplace_back(settings, g);
    const auto add = [&](const sim::Counted& tick) {
      if (!tick.seen) return;
      const judge::Batch batch = sim::batch_of(tick);
      judge.add(batch);
      for (OneView& view : views) view.add(batch);
    };
    for (const sim::Counted& tick : history.warm_up) add(tick);
    for (std::size_t i = 0; i < 1'500; ++i) {
      add(history.rollout[i]);
      const judge::Finding finding = judge.finding();
      double least = 1e300;
      for (const OneView& view : views) {
        REQUIRE(view.ln_harm() >= finding.ln_harm - kRounding);
        least = std::min(least, view.ln_error());
      }
      equal += std::fabs(least - finding.ln_harm_error) < 1e-6 ? 1 : 0;
    }
  }
  CHECK(equal > 1'000);  // so the bound is no looser than it must be
}

TEST_CASE("one view: says of each release whether the judge has to be asked") {
  const judge::Settings settings = sim::told_apart(fast(0));
  int asked = 0;
  for (std::uint64_t run = 0; run < 20; ++run) {
    const History healthy = history_of({}, run);
    const bool may = may_be_taken_back(settings, healthy);
    asked += may ? 1 : 0;
    if (!may) CHECK_FALSE(sluice_decides(settings, healthy));
    const History bad = history_of({.canary_error_rate = 0.05}, run);
    CHECK(may_be_taken_back(settings, bad));
  }
  CHECK(asked <= 2);
}

}  // namespace
}  // namespace sluice::bench
