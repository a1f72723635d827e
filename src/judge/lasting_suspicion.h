// Lasting suspicion: the grade that odds against the release have held for a moment.
//
// A release that fails every request passes the odds of 10 and of 50 on its way to the line of the
// rollback within milliseconds. To write down that it stands still, and to cut its share, would
// take about as long as the rest of the way, and customers would wait for it. Odds that stay
// between are acted on a moment later, which harms nobody: how many failures the line takes does
// not depend on the share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/tick.h"
#include "model/pace.h"

namespace sluice::judge {

inline constexpr std::int64_t kSuspectedMs = 50;

class LastingSuspicion {
 public:
  // Of a look at `now`, which is never before that of the last call. What falls, falls at once.
  Suspicion note(Suspicion grade, Tick now) {
    Suspicion lasting = Suspicion::none;
    for (const Suspicion reached : {Suspicion::stop, Suspicion::cut}) {
      std::optional<Tick>& since = since_[static_cast<std::size_t>(reached)];
      if (grade < reached) {
        since.reset();
      } else if (!since) {
        since = now;
      }
      if (since && now - *since >= kSuspectedMs) lasting = reached;
    }
    return lasting;
  }

 private:
  std::array<std::optional<Tick>, 3> since_;  // by grade: since when it was reached
};

}  // namespace sluice::judge
