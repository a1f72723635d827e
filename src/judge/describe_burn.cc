#include "judge/describe_burn.h"

#include <fmt/format.h>

#include "base/text.h"

namespace sluice::judge {
namespace {

struct Pair {
  double factor;
  std::int64_t longer;  // minutes
  std::int64_t shorter;
};

Pair pair_to_tell(const Burning& burning) {
  if (!burning.fast && burning.medium) return {kBurnMedium, 6 * 60, 30};
  if (!burning.fast && burning.slow) return {kBurnSlow, kBurnMinutesKept, 6 * 60};
  return {kBurnFast, 60, 5};
}

}  // namespace

std::string burn_text(double rate) {
  return rate >= 9.95 ? fmt::format("{:.0f}", rate) : fmt::format("{:.2g}", rate);
}

std::string describe_burn(const BurnWindows& windows) {
  if (!windows.computed()) return "no requests in the last 5 min to compute a burn rate from";
  const Pair pair = pair_to_tell(windows.burning());
  const auto over = [&](std::int64_t minutes) {
    return fmt::format("{} times over {}", burn_text(windows.burn_rate(minutes)),
                       duration_text(minutes * kMinuteMs));
  };
  return fmt::format(
      "the service uses up its error budget {} and {}, with {} of data, by its objective of {:.6g} "
      "%; more than {:g} times in both stops every advance",
      over(pair.longer), over(pair.shorter),
      duration_text(windows.data_minutes(pair.longer) * kMinuteMs), 100 * windows.objective(),
      pair.factor);
}

std::string describe_canary_burn(double rate, std::int64_t requests) {
  if (requests == 0) return "of the canary alone nothing is known in this stage yet";
  return fmt::format("the canary alone {} times in this stage", burn_text(rate));
}

}  // namespace sluice::judge
