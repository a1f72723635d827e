// Methods: everything that is compared, each as a function from what happened to the second at
// which it takes the traffic back. All of them read the same stream.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "bench/scenarios.h"
#include "judge/judge.h"
#include "sim/threshold_rules.h"
#include "sim/world.h"

namespace sluice::bench {

// One rollout at a fixed share, one tick a second, to the end of the horizon whatever is decided.
struct History {
  std::vector<sim::Counted> warm_up;  // of the baseline alone
  std::vector<sim::Counted> rollout;
  std::vector<sim::Second> seconds;  // the same; a lost scrape is empty, the next holds its counts
};

// `share` is asked for each second of the rollout.
[[nodiscard]] History history_of(const sim::ServiceModel& service, std::uint64_t seed,
                                 const std::function<double(int second)>& share,
                                 int warm_up_seconds = kWarmUpSeconds);
[[nodiscard]] History history_of(const sim::ServiceModel& service, std::uint64_t seed);

struct Method {
  std::string name;
  double margin = 0;  // the increase that it tolerates; what its bound is reckoned with
  std::function<sim::RolledBack(const History&)> decide;
};

[[nodiscard]] sim::RolledBack sluice_decides(const judge::Settings& settings,
                                             const History& history);

// For a rollout of the benchmark, without groups.
[[nodiscard]] judge::Settings fast(double margin);

// The judge without groups ("fast"), and with five servers of the canary and nineteen units of the
// baseline told apart ("robust"), as the engine does with as many servers.
[[nodiscard]] std::vector<Method> sluice_methods(double margin);
// What the main table shows, and what only the summary shows.
[[nodiscard]] std::vector<Method> peers();
[[nodiscard]] std::vector<Method> more_peers();

}  // namespace sluice::bench
