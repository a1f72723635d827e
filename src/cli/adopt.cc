// sluice adopt
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/client.h"
#include "cli/command.h"
#include "cli/complaints.h"
#include "cli/contract_path.h"
#include "cli/follow.h"
#include "cli/stored_contract.h"

namespace sluice::cli {
namespace {

constexpr std::int64_t kPatienceMs = 2'000;

Exit left(const Context& context) {
  context.out("the adoption goes on; `sluice status` shows it\n");
  return Exit::allowed;
}

// What became of it; nothing while it runs.
std::optional<Exit> end_of_adoption(const Context& context, const Status& status) {
  if (status.adoption == "running") return std::nullopt;
  if (status.adoption.starts_with("failed")) {
    context.err(fmt::format("sluice: the adoption {}\n", printable(status.adoption, 1'000)));
    return Exit::denied;
  }
  context.out("adopted: this release is the baseline of every environment\n");
  return Exit::allowed;
}

// What holds it up, once for each; trouble that is over in a moment is not worth a word.
void tell_resistance(const Context& context, const Status& status, std::int64_t waited_ms,
                     std::set<std::string>& told) {
  if (waited_ms < kPatienceMs) return;
  for (const std::string& one : status.resisting) {
    if (told.insert(one).second) {
      context.out(fmt::format("waiting, trying again: {}\n", printable(one, 1'000)));
    }
  }
}

Result<Exit> wait_for_adoption(const Context& context) {
  const Client client(context);
  std::int64_t silent_ms = 0;
  std::int64_t waited_ms = 0;
  std::set<std::string> told;
  while (silent_ms <= kLostMs) {
    const auto status = client.status();
    silent_ms = status ? 0 : silent_ms + kPollMs;
    if (status) {
      if (const auto end = end_of_adoption(context, *status)) return *end;
      tell_resistance(context, *status, waited_ms, told);
    }
    if (context.interrupted()) return left(context);
    context.sleep(kPollMs);
    waited_ms += kPollMs;
  }
  return fail(ErrorCode::unavailable, "lost contact with the engine; `sluice status` says more");
}

Result<Exit> run_adopt(const Context& context, const Arguments& arguments) {
  const std::string path = SLUICE_TRY(absolute_contract(arguments.text("CONTRACT")));
  const LoadedPolicy policy = SLUICE_TRY(context.load_policy());
  if (print_complaints(context, policy.complaints)) return Exit::usage;
  const auto stored = SLUICE_TRY(store(context, path));
  if (!stored) return Exit::usage;
  SLUICE_TRY(context.ensure_engine());
  SLUICE_TRY(Client(context).adopt(path, *stored));
  context.out("starting the baseline in every environment\n");
  return wait_for_adoption(context);
}

}  // namespace

constinit const Command kAdopt{
    .group = "begin",
    .name = "adopt",
    .operand = "CONTRACT",
    .summary = "take on what runs now as the baseline",
    .help =
        "Records the release of the contract as the baseline of every environment and starts it\n"
        "there, so that the first delivery has something to return to. Nothing is judged.\n"
        "Exit codes: 0 adopted, 1 refused or failed, 2 the contract or sluice.yaml cannot be "
        "used,\n"
        "3 contact with the engine was lost.",
    .example = "sluice adopt work/releases/storefront-1.3.0-release-contract.md",
    .options = {},
    .run = run_adopt};

}  // namespace sluice::cli
