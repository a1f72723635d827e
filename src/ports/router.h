// Router: a data plane that divides the traffic of one environment between its two slots.
//
// Calls return within half a second, also when the data plane hangs.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/share.h"
#include "model/slot.h"

namespace sluice {

struct Routing {
  Slot baseline = Slot::a;
  Share share;  // of the other slot
  friend bool operator==(const Routing&, const Routing&) = default;
};

struct RouterState {
  Routing routing;                          // as the data plane applies it now, read back from it
  std::uint64_t generation = 0;             // under which it was set
  std::array<int, 2> live_servers{};        // by slot
  std::array<std::int64_t, 2> in_flight{};  // requests, by slot
  // Why a restart of the data plane would bring another routing; empty: what is stored agrees.
  std::string unstored;
  std::string identity;  // changes when the data plane was restarted or reloaded
};

// Further above ours than engine and guard can have come. A generation like that in a data plane is
// somebody's mistake: it is overwritten, and never becomes ours.
inline constexpr std::uint64_t kGenerationStepMax = 1'000'000;

class Router {
 public:
  virtual ~Router() = default;

  [[nodiscard]] virtual Result<RouterState> observe() = 0;

  // Idempotent. Success means asked for and accepted; the caller observes. Refuses a generation
  // older than the data plane's (`rejected`), unless that is beyond kGenerationStepMax. What is
  // stored to survive a restart of the data plane never allows the canary more than both the old
  // and the new routing do, at any instant.
  [[nodiscard]] virtual Result<void> apply(const Routing& routing, std::uint64_t generation) = 0;
};

}  // namespace sluice
