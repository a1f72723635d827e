#include "cli/standpoint.h"

#include <chrono>

#include "cli/client.h"
#include "cli/stored_status.h"

namespace sluice::cli {

Tick wall_clock() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count()};
}

Result<Standpoint> look(const Context& context) {
  auto live = Client(context).status();
  if (live) return Standpoint{std::move(*live), true};
  if (live.error().code != ErrorCode::unavailable) return std::unexpected(live.error());
  const Service service = SLUICE_TRY(context.read_service());
  return Standpoint{stored_status(service, wall_clock()), false};
}

std::string not_live_notice(const Status& status) {
  if (!status.delivering) return "no engine is running; this is what the ledger says\n";
  return "no engine is running although a delivery is under way; this is what the ledger says, and "
         "shares may have changed since\n";
}

}  // namespace sluice::cli
