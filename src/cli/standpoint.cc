#include "cli/standpoint.h"

#include <chrono>

#include "cli/client.h"
#include "cli/stored_status.h"

namespace sluice::cli {

Tick wall_clock() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count()};
}

Result<Standpoint> look(const Context& context, const DeliveryId& delivery) {
  auto live = Client(context).status();
  if (live && (delivery.empty() || live->delivery == delivery)) {
    return Standpoint{std::move(*live), true, false};
  }
  if (!live && live.error().code != ErrorCode::unavailable) return std::unexpected(live.error());
  if (delivery.empty()) {
    const Service service = SLUICE_TRY(context.read_service());
    return Standpoint{stored_status(service, wall_clock()), false, false};
  }
  const Service service = SLUICE_TRY(context.read_delivery(delivery));
  return Standpoint{stored_status(service, wall_clock()), false, !service.delivering()};
}

std::string notice(const Standpoint& standpoint) {
  if (standpoint.live || standpoint.past) return {};
  if (!standpoint.status.delivering) {
    return "no engine is running; this is what the ledger says\n";
  }
  // One that waits for a router may be too busy to answer; that it runs cannot be told from here.
  return "no engine answers although a delivery is under way: if none runs, nobody watches it. "
         "This "
         "is what\nthe ledger says, and shares may have changed since. `sluice rollback` takes it "
         "back now; `sluice pause`,\nthen `sluice resume`, goes on with it\n";
}

}  // namespace sluice::cli
