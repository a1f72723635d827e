// sluice down
#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"

namespace sluice::cli {
namespace {

Result<Exit> run_down(const Context& context, const Arguments&) {
  const auto service = context.read_service();
  SLUICE_TRY(context.shut_down());
  context.out("everything that Sluice ran here is stopped\n");
  if (service && service->delivering()) {
    context.err(
        fmt::format("sluice: {} was under way; the next engine takes it up where it stood\n",
                    printable(service->delivery->id.text)));
  }
  return Exit::allowed;
}

}  // namespace

constinit const Command kDown{
    .group = "begin",
    .name = "down",
    .operand = "",
    .summary = "stop everything that Sluice runs here",
    .help =
        "Stops the engine, the guard and every process that the guard keeps running, in this\n"
        "folder only. The ledger stays. What was serving serves no more.\n"
        "Exit codes: 0 all is stopped, 1 the folder belongs to somebody else, 3 something still "
        "runs.",
    .example = "sluice down",
    .options = {},
    .run = run_down};

}  // namespace sluice::cli
