// sluice rollback
#include "cli/command.h"
#include "cli/steer.h"

namespace sluice::cli {
namespace {

Result<Exit> run_rollback(const Context& context, const Arguments& arguments) {
  return steer(context, "rollback", arguments.text("DELIVERY"),
               "rolling back; `sluice status` shows how far it is");
}

}  // namespace

constinit const Command kRollback{
    .group = "steer",
    .name = "rollback",
    .operand = "[DELIVERY]",
    .summary = "take the release back now",
    .help =
        "Puts all traffic back on the baseline, waits until it is seen there, then stops the "
        "canary.\n"
        "Never waits for a window, an approval or a pause. Given again while the release is going\n"
        "back, it changes nothing. After the end it delivers the release before to production;\n"
        "given again while that is under way, it takes that back. Works without a running\n"
        "engine: one is started.\n"
        "Exit codes: 0 obeyed, 1 it does not apply now, 2 another delivery is under way or "
        "sluice.yaml\n"
        "cannot be used, 3 no engine answers or the ledger cannot be written.",
    .example = "sluice rollback",
    .options = {},
    .run = run_rollback};

}  // namespace sluice::cli
