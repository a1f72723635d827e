// sluice abort
#include "cli/command.h"
#include "cli/steer.h"

namespace sluice::cli {
namespace {

Result<Exit> run_abort(const Context& context, const Arguments&) {
  return steer(context, "abort", "giving up; what was changed is taken back");
}

}  // namespace

constinit const Command kAbort{
    .group = "steer",
    .name = "abort",
    .operand = "",
    .summary = "give the delivery up",
    .help =
        "Before anything was changed the delivery ends as aborted; after that, abort is rollback.",
    .example = "sluice abort",
    .options = {},
    .run = run_abort};

}  // namespace sluice::cli
