#include "cli/steer.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/client.h"

namespace sluice::cli {
namespace {

// No engine answers: is there anything to command, and can an engine be had?
Result<void> wake_engine(const Context& context, const DeliveryId& meant) {
  const Service service = SLUICE_TRY(context.read_service());
  if (!service.delivery) {
    return fail(meant.empty() ? ErrorCode::conflict : ErrorCode::not_found,
                "no delivery was ever started here");
  }
  return context.ensure_engine();
}

// A rollback after the end has begun a delivery of the release before: which one is said.
std::string outcome(std::string_view command, std::string_view accepted,
                    const Result<Status>& status) {
  const bool goes_forward = status && status->delivering && status->rollback.empty() &&
                            status->phase != Phase::rolling_back;
  if (command != "rollback" || !goes_forward) return std::string(accepted);
  return fmt::format("brings {} {} back to production; `sluice status` shows how far it is",
                     printable(status->release_id), printable(status->release_title));
}

}  // namespace

Result<Exit> steer(const Context& context, std::string_view command, const std::string& delivery,
                   std::string_view accepted) {
  const Client client(context);
  const DeliveryId meant{delivery};
  Result<void> sent = client.command(command, meant);
  if (!sent && sent.error().code == ErrorCode::unavailable) {
    SLUICE_TRY(wake_engine(context, meant));
    sent = client.command(command, meant);
  }
  if (!sent) return std::unexpected(sent.error());
  const auto status = client.status();
  const std::string which = !meant.empty() ? meant.text : status ? status->delivery.text : "";
  context.out(fmt::format("{}{}{}\n", printable(which, 40), which.empty() ? "" : ": ",
                          outcome(command, accepted, status)));
  return Exit::allowed;
}

}  // namespace sluice::cli
