// sluice status
#include <array>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/live_view.h"
#include "cli/standpoint.h"
#include "codec/event_json.h"

namespace sluice::cli {
namespace {

constexpr std::array<Option, 1> kOptions{{{"--json", "", "", "the status as the API gives it"}}};

Result<Exit> run_status(const Context& context, const Arguments& arguments) {
  const Standpoint standpoint = SLUICE_TRY(look(context, DeliveryId{arguments.text("DELIVERY")}));
  if (arguments.has("json")) {
    context.out(codec::encode(standpoint.status) + "\n");
    return Exit::allowed;
  }
  context.err(notice(standpoint));
  std::string out;
  for (const std::string& line :
       draw(standpoint.status, context.terminal.columns, context.terminal.colour)) {
    out += line + "\n";
  }
  context.out(out);
  return Exit::allowed;
}

}  // namespace

constinit const Command kStatus{
    .group = "watch",
    .name = "status",
    .operand = "[DELIVERY]",
    .summary = "how the delivery stands now",
    .help =
        "Shows the active delivery, or the last one: environments, stage, share, soak left, what\n"
        "baseline and canary are doing, the triggers, and the reason for standing still.\n"
        "With an id it shows that delivery, as it ended.\n"
        "Works without an engine, from the ledger; then nothing measured is shown.\n"
        "Exit codes: 0 shown, whatever it shows, 2 there is no such delivery, 3 the ledger cannot "
        "be\n"
        "read.",
    .example = "sluice status",
    .options = kOptions,
    .run = run_status};

}  // namespace sluice::cli
