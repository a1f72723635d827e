// sluice approve
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/client.h"
#include "cli/command.h"
#include "cli/complaints.h"
#include "cli/contract_path.h"
#include "cli/decider.h"
#include "model/evidence.h"

namespace sluice::cli {
namespace {

constexpr std::array<Option, 1> kOptions{
    {{"--environment", "NAME", "", "only for this environment, not for each that asks"}}};

Result<Exit> run_approve(const Context& context, const Arguments& arguments) {
  const std::string path = SLUICE_TRY(absolute_contract(arguments.text("CONTRACT")));
  const LoadedPolicy policy = SLUICE_TRY(context.load_policy());
  if (print_complaints(context, policy.complaints)) return Exit::usage;
  const LoadedContract read = SLUICE_TRY(context.load_contract(path));
  if (print_complaints(context, read.complaints)) return Exit::usage;
  const Client client = SLUICE_TRY(reach_engine(context, policy.policy));
  const std::vector<Approval> approvals =
      SLUICE_TRY(client.approve(path, read, arguments.text("environment")));
  for (const Approval& approval : approvals) {
    context.out(fmt::format("{} approved release {} for {} (contract {}, policy {}): {}\n",
                            printable(approval.name, 80), approval.release.brief(),
                            printable(approval.environment.text, 80),
                            approval.contract_revision.brief(), approval.policy.brief(),
                            evidence_name(approval.evidence)));
  }
  return Exit::allowed;
}

}  // namespace

constinit const Command kApprove{
    .group = "deliver",
    .name = "approve",
    .operand = "CONTRACT",
    .summary = "let this release through, as the person who you are",
    .help =
        "Records your approval of exactly what is there now: the release's digest, this revision "
        "of\n"
        "the contract, this sluice.yaml. A change of any of them needs a new approval. Who you are "
        "is\n"
        "what the operating system says; what you may approve stands in `people` and `approvals` "
        "of\n"
        "sluice.yaml. An author of the release cannot approve it. `sluice evidence revoke` takes "
        "an\n"
        "approval back.\n"
        "Exit codes: 0 recorded, 1 you may not, or have already, 2 nothing asks for approvals.",
    .example = "sluice approve work/releases/2026-11-24-storefront-release-contract.md",
    .options = kOptions,
    .run = run_approve};

}  // namespace sluice::cli
