// EffectRunner: tries the effects that are pending, and reports what was observed.
//
// Only effects of the folded ledger are tried, so each was durable before. Effects of one slot, of
// one router or of one file are done in their order; the others do not wait for each other. What
// fails is tried again after a back-off; what merely takes time is looked at again soon. Forgetting
// everything in here, as a restart does, only means looking again.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "model/observation.h"

namespace sluice::engine {

class EffectRunner {
 public:
  explicit EffectRunner(const Ports& ports) : ports_(ports) {}

  // One round over everything pending whose time has come.
  // Without may_raise no share is raised; everything else goes on.
  [[nodiscard]] std::vector<EffectReport> run(const Service& service, bool may_raise, Tick now);

  // The latest resistance of each pending effect, for people.
  [[nodiscard]] std::vector<std::string> resisting(const Service& service) const;

 private:
  struct Attempt {
    Tick next;
    int failures = 0;
    bool begun = false;
    std::string resistance;
  };

  [[nodiscard]] EffectReport attempt(const Service& service, const PendingEffect& pending,
                                     Attempt& attempt, Tick now);
  const Ports& ports_;
  std::map<std::uint64_t, Attempt> attempts_;  // by effect id
};

// Waiting time after the n-th failure in a row: 100 ms doubling to 5 s.
[[nodiscard]] std::int64_t backoff_ms(int failures);

}  // namespace sluice::engine
