// sluice log verify
#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"

namespace sluice::cli {
namespace {

Result<Exit> run_log_verify(const Context& context, const Arguments&) {
  const LogCheck check = SLUICE_TRY(context.check_log());
  if (!check.trouble.empty() || check.first_bad) {
    const std::string where =
        check.first_bad ? fmt::format("record {}: ", *check.first_bad) : std::string();
    context.out(fmt::format("BROKEN: {}{}\n", where, printable(check.trouble, 1'000)));
    context.out("the ledger was changed after it was written, or its file is damaged\n");
    return Exit::denied;
  }
  context.out(fmt::format("the chain holds: {} records, head {}\n", check.records,
                          check.head.empty() ? "none" : check.head.hex));
  context.out(
      "This finds every change after which the chain was not recomputed. Somebody who rewrites "
      "the\n"
      "whole file and recomputes the chain is found only once signed checkpoints exist; until "
      "then,\n"
      "keep the head somewhere else and compare.\n");
  return Exit::allowed;
}

}  // namespace

constinit const Command kLogVerify{
    .group = "watch",
    .name = "log verify",
    .operand = "",
    .summary = "whether the ledger's chain of hashes holds",
    .help =
        "Recomputes the chain of hashes over the whole ledger and says where it breaks.\n"
        "Exit codes: 0 it holds, 1 it is broken.",
    .example = "sluice log verify",
    .options = {},
    .run = run_log_verify};

}  // namespace sluice::cli
