// sluice abort
#include "cli/command.h"
#include "cli/steer.h"

namespace sluice::cli {
namespace {

Result<Exit> run_abort(const Context& context, const Arguments& arguments) {
  return steer(context, "abort", arguments.text("DELIVERY"),
               "giving up; what was changed is taken back");
}

}  // namespace

constinit const Command kAbort{
    .group = "steer",
    .name = "abort",
    .operand = "[DELIVERY]",
    .summary = "give the delivery up",
    .help =
        "Before anything was changed the delivery ends as aborted; after that, abort is rollback.\n"
        "Exit codes: 0 obeyed, 1 it does not apply now, 2 another delivery is under way or "
        "sluice.yaml\n"
        "cannot be used, 3 no engine answers or the ledger cannot be written.",
    .example = "sluice abort",
    .options = {},
    .run = run_abort};

}  // namespace sluice::cli
