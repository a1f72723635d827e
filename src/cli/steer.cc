#include "cli/steer.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/client.h"

namespace sluice::cli {
namespace {

// No engine answers: is there anything to command, and can an engine be had?
Result<void> wake_engine(const Context& context) {
  const Service service = SLUICE_TRY(context.read_service());
  if (!service.delivery) return fail(ErrorCode::conflict, "no delivery was ever started here");
  return context.ensure_engine();
}

}  // namespace

Result<Exit> steer(const Context& context, std::string_view command, std::string_view accepted) {
  const Client client(context);
  Result<void> sent = client.command(command);
  if (!sent && sent.error().code == ErrorCode::unavailable) {
    SLUICE_TRY(wake_engine(context));
    sent = client.command(command);
  }
  if (!sent) return std::unexpected(sent.error());
  const auto status = client.status();
  const std::string delivery = status ? printable(status->delivery.text, 40) + ": " : "";
  context.out(fmt::format("{}{}\n", delivery, accepted));
  return Exit::allowed;
}

}  // namespace sluice::cli
