// Pace: how much traffic the evidence allows the canary, and what the evidence against it demands
// short of rolling back. Made by the judge (judge/pace.h), obeyed by core/.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/share.h"

namespace sluice {

// Before any stage's own share, which is the cap. Not known yet: both none, and nothing may grow.
struct Pace {
  Share allowed;      // by everything that was counted of the canary
  Share at_first;     // of a release of which nothing is known
  std::string words;  // "45 requests of the canary leave open an excess of 6.7 %; …"
  friend bool operator==(const Pace&, const Pace&) = default;
};

// Every step is two records and a write of the router's map, so it has to be worth that.
inline constexpr std::int64_t kShareStepMs = 50;
inline constexpr int kShareStepPercent = 25;

// Where a share goes that has stood at `now` for `stood_ms`: as far as is allowed and no further
// than `cap`, or nowhere yet. Never lower.
[[nodiscard]] inline Share stepped_share(Share now, Share allowed, Share cap,
                                         std::int64_t stood_ms) {
  const Share next = std::min(allowed, cap);
  if (next <= now) return now;
  if (now == Share::none()) return next;
  const bool worth_it = next == cap || next.bp() * 100 >= now.bp() * (100 + kShareStepPercent);
  return worth_it && stood_ms >= kShareStepMs ? next : now;
}

// Graded, so that less than a rollback answers less than proof.
enum class Suspicion : std::uint8_t {
  none,
  stop,  // no step forward
  cut,   // and most of the traffic goes back, until the doubt is gone or proven
};

[[nodiscard]] constexpr std::string_view to_text(Suspicion suspicion) {
  switch (suspicion) {
    case Suspicion::none: return "none";
    case Suspicion::stop: return "stop";
    case Suspicion::cut: return "cut";
  }
  return "?";
}

}  // namespace sluice
