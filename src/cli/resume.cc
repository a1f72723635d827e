// sluice resume
#include "cli/command.h"
#include "cli/steer.h"

namespace sluice::cli {
namespace {

Result<Exit> run_resume(const Context& context, const Arguments& arguments) {
  return steer(context, "resume", arguments.text("DELIVERY"), "resumed");
}

}  // namespace

constinit const Command kResume{.group = "steer",
                                .name = "resume",
                                .operand = "[DELIVERY]",
                                .summary = "end a pause",
                                .help = "Ends what `sluice pause` began, and nothing else.",
                                .example = "sluice resume",
                                .options = {},
                                .run = run_resume};

}  // namespace sluice::cli
