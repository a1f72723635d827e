// Follow: watches one delivery until it has ended, or until there is a reason to stop watching. It
// commands nothing.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/id.h"
#include "cli/context.h"
#include "model/status.h"

namespace sluice::cli {

inline constexpr std::int64_t kPollMs = 150;
inline constexpr std::int64_t kLostMs = 10'000;  // an engine that was restarted is back before this

enum class Farewell : std::uint8_t {
  ended,     // the delivery reached its end
  left,      // a person pressed Ctrl-C
  lost,      // the engine was silent for longer than kLostMs
  replaced,  // a later delivery is under way
  dropped,   // it was to begin after another one, and was taken back before
};

struct Followed {
  Farewell farewell = Farewell::ended;
  Status last;  // the last status seen
};

[[nodiscard]] Followed follow(const Context& context, const DeliveryId& delivery);

// What is said when the view was left and `delivery` goes on; `does`: what an abort does to it.
Exit say_left(const Context& context, const DeliveryId& delivery, std::string_view does);
// What is said when the engine was lost: who watches the traffic now.
Exit say_lost(const Context& context);

}  // namespace sluice::cli
