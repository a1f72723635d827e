// sluice resume
#include "cli/command.h"
#include "cli/steer.h"

namespace sluice::cli {
namespace {

Result<Exit> run_resume(const Context& context, const Arguments& arguments) {
  return steer(context, "resume", arguments.text("DELIVERY"), "resumed");
}

}  // namespace

constinit const Command kResume{
    .group = "steer",
    .name = "resume",
    .operand = "[DELIVERY]",
    .summary = "end a pause",
    .help =
        "Ends what `sluice pause` began, and nothing else.\n"
        "Exit codes: 0 obeyed, 1 it does not apply now, 2 another delivery is under way or "
        "sluice.yaml\n"
        "cannot be used, 3 no engine answers or the ledger cannot be written.",
    .example = "sluice resume",
    .options = {},
    .run = run_resume};

}  // namespace sluice::cli
