// sluice log verify
#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"

namespace sluice::cli {
namespace {

Exit say_broken(const Context& context, const std::string& what) {
  context.out(fmt::format("BROKEN: {}\n", printable(what, 1'000)));
  context.out("the ledger was changed after it was written, or its file is damaged\n");
  return Exit::denied;
}

Result<Exit> run_log_verify(const Context& context, const Arguments&) {
  const auto checked = context.check_log();
  // A file that SQLite cannot read is broken, too.
  if (!checked && checked.error().code == ErrorCode::corrupt) {
    return say_broken(context, checked.error().message);
  }
  const LogCheck check = SLUICE_TRY(checked);
  if (!check.trouble.empty() || check.first_bad) {
    const std::string where =
        check.first_bad ? fmt::format("record {}: ", *check.first_bad) : std::string();
    return say_broken(context, where + check.trouble);
  }
  context.out(fmt::format("the chain holds: {} records, head {}\n", check.records,
                          check.head.empty() ? "none" : check.head.hex));
  context.out(
      "This finds every change after which chain and head were not made to match again. Somebody "
      "who\nrewrites the file, or cuts off its end, and both with it, is found only once signed "
      "checkpoints exist;\nuntil then, keep the head somewhere else and compare.\n");
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
        "Exit codes: 0 it holds, 1 it is broken, 2 there is no ledger.",
    .example = "sluice log verify",
    .options = {},
    .run = run_log_verify};

}  // namespace sluice::cli
