// sluice pause
#include "cli/command.h"
#include "cli/steer.h"

namespace sluice::cli {
namespace {

Result<Exit> run_pause(const Context& context, const Arguments&) {
  return steer(context, "pause", "paused; `sluice resume` goes on");
}

}  // namespace

constinit const Command kPause{
    .group = "steer",
    .name = "pause",
    .operand = "",
    .summary = "stop advancing; the triggers stay armed",
    .help =
        "Stops the advance of the delivery under way. Triggers stay armed, soak does not count, "
        "and the\n"
        "pause has a deadline at which the release is rolled back. A rollback cannot be paused.",
    .example = "sluice pause",
    .options = {},
    .run = run_pause};

}  // namespace sluice::cli
