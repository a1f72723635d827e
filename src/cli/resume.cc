// sluice resume
#include "cli/command.h"
#include "cli/steer.h"

namespace sluice::cli {
namespace {

Result<Exit> run_resume(const Context& context, const Arguments&) {
  return steer(context, "resume", "resumed");
}

}  // namespace

constinit const Command kResume{.group = "steer",
                                .name = "resume",
                                .operand = "",
                                .summary = "end a pause",
                                .help = "Ends what `sluice pause` began, and nothing else.",
                                .example = "sluice resume",
                                .options = {},
                                .run = run_resume};

}  // namespace sluice::cli
