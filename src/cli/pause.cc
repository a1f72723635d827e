// sluice pause
#include "cli/command.h"
#include "cli/steer.h"

namespace sluice::cli {
namespace {

Result<Exit> run_pause(const Context& context, const Arguments& arguments) {
  return steer(context, "pause", arguments.text("DELIVERY"), "paused; `sluice resume` goes on");
}

}  // namespace

constinit const Command kPause{
    .group = "steer",
    .name = "pause",
    .operand = "[DELIVERY]",
    .summary = "stop advancing; the triggers stay armed",
    .help =
        "Stops the advance of the delivery under way. Triggers stay armed, soak does not count, "
        "and the\n"
        "pause has a deadline at which the release is rolled back. A rollback cannot be paused.\n"
        "Exit codes: 0 obeyed, 1 it does not apply now, 2 another delivery is under way or "
        "sluice.yaml\n"
        "cannot be used, 3 no engine answers or the ledger cannot be written.",
    .example = "sluice pause",
    .options = {},
    .run = run_pause};

}  // namespace sluice::cli
