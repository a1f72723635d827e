// Pace: how much traffic the evidence allows the canary, and what the evidence against it demands
// short of rolling back. Made by the judge (judge/pace.h), obeyed by core/.
#pragma once

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
