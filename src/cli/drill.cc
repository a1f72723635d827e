// sluice drill
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/client.h"
#include "cli/command.h"
#include "cli/contract_path.h"
#include "cli/follow.h"
#include "cli/stored_contract.h"
#include "cli/styled_line.h"
#include "gates/delivery_verdict.h"

namespace sluice::cli {
namespace {

constexpr std::array<Option, 1> kOptions{{{"--detach", "", "", "start it and come back at once"}}};

// Without a verdict it did not get to its end: it is no evidence, for or against.
Exit say_end(const Context& context, const Status& last) {
  const auto verdict = Client(context).verdict();
  if (!verdict) {
    context.err("sluice: how it ended could not be read: " +
                printable(verdict.error().message, 400) + "\n");
    return Exit::undecided;
  }
  const auto tested =
      std::ranges::find(verdict->clauses, Clause::pre_rollback_tested, &ClauseVerdict::clause);
  if (tested == verdict->clauses.end() || tested->verdict == Verdict::inconclusive) {
    context.out(tinted("the drill did not get to its end, and is no evidence: " +
                           printable(last.rollback, 1'000),
                       Tint::careful, context.terminal.colour) +
                "\n");
    return Exit::undecided;
  }
  context.out("\n" + gates::render_clauses(std::array{*tested}, context.terminal.colour,
                                           context.terminal.columns));
  return tested->verdict == Verdict::pass ? Exit::allowed : Exit::denied;
}

Exit take_leave(const Context& context, const DeliveryId& drill, const Followed& followed) {
  switch (followed.farewell) {
    case Farewell::ended: return say_end(context, followed.last);
    case Farewell::left: return say_left(context, drill, "ends it");
    case Farewell::replaced:
    case Farewell::dropped:
      context.err(
          "sluice: a delivery is under way by now; `sluice check` shows how the drill "
          "ended\n");
      return Exit::undecided;
    case Farewell::lost: return say_lost(context);
  }
  return Exit::undecided;
}

Result<Exit> run_drill(const Context& context, const Arguments& arguments) {
  const std::string contract = SLUICE_TRY(absolute_contract(arguments.text("CONTRACT")));
  const auto stored = SLUICE_TRY(store(context, contract));
  if (!stored) return Exit::usage;
  SLUICE_TRY(context.ensure_engine());
  const DeliverAnswer answer = SLUICE_TRY(Client(context).drill(contract, *stored));
  if (answer.delivery.empty()) {
    context.out(
        gates::render_clauses(answer.clauses, context.terminal.colour, context.terminal.columns));
    context.err("sluice: the rollback cannot be rehearsed; nothing was changed\n");
    return Exit::denied;
  }
  if (arguments.has("detach")) {
    context.out(fmt::format("the drill {} is under way; `sluice status` shows it\n",
                            printable(answer.delivery.text)));
    return Exit::allowed;
  }
  return take_leave(context, answer.delivery, follow(context, answer.delivery));
}

}  // namespace

constinit const Command kDrill{
    .group = "deliver",
    .name = "drill",
    .operand = "CONTRACT",
    .summary = "rehearse the rollback in staging",
    .help =
        "Deploys the release beside the baseline in the last environment before customers, shifts\n"
        "the traffic to it in that environment's stages, and takes it back for real: the time "
        "until\n"
        "the router is read back with all traffic on the baseline is measured and compared with "
        "the\n"
        "contract's estimate. Then the baseline has to pass its health checks and smoke tests.\n"
        "What it shows is evidence about this release until it expires, and `deliver` does not\n"
        "rehearse again. Never touches an environment that customers use; refused while a "
        "delivery\n"
        "is under way.\n"
        "Exit codes: 0 back in time and well, 1 refused, too slow or not well, 2 the contract or\n"
        "sluice.yaml cannot be used, 3 it did not get to its end.",
    .example = "sluice drill work/releases/2026-11-24-storefront-release-contract.md",
    .options = kOptions,
    .run = run_drill};

}  // namespace sluice::cli
