// sluice deliver
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/client.h"
#include "cli/command.h"
#include "cli/contract_path.h"
#include "cli/figures.h"
#include "cli/follow.h"
#include "cli/stored_contract.h"
#include "cli/styled_line.h"
#include "cli/waiting.h"
#include "gates/delivery_verdict.h"

namespace sluice::cli {
namespace {

constexpr std::array<Option, 2> kOptions{
    {{"--detach", "", "", "start it and come back at once"},
     {"--supersede", "", "", "roll the delivery under way back first"}}};

// The lines of a text, each below `indent` spaces but the first.
std::string wrapped(std::string_view text, int columns, int indent) {
  std::string out;
  for (const std::string& line : wrap(text, std::max(columns - indent, 40))) {
    out += (out.empty() ? "" : "\n" + std::string(static_cast<std::size_t>(indent), ' ')) + line;
  }
  return out;
}

Exit refused(const Context& context, const std::vector<ClauseVerdict>& clauses) {
  context.out(gates::render_clauses(clauses, context.terminal.colour, context.terminal.columns));
  std::string names;
  for (const ClauseVerdict& clause : clauses) {
    if (clause.verdict == Verdict::fail) {
      names += (names.empty() ? ": " : ", ") + std::string(to_text(clause.clause)) + " is FAIL";
    }
  }
  const std::string said =
      fmt::format("sluice: the policy refuses this delivery{}; nothing was changed", names);
  context.err(wrapped(said, context.terminal.columns, 0) + "\n");
  return Exit::denied;
}

std::string how_it_went(const Status& status, int columns) {
  const std::string took =
      status.ended >= status.started ? duration_text(status.ended - status.started) : "";
  std::string out =
      fmt::format("{} {} after {}: {} {}", printable(status.delivery.text), in_words(status.phase),
                  took, printable(status.release_id), printable(status.release_title));
  if (status.rollback.empty()) return out;
  out += "\n  why: " + wrapped(printable(status.rollback, 2'000), columns, 7);
  if (status.canary.counts.requests > 0) {
    out += "\n  the canary had " + counts_text(status.canary.counts);
  }
  return out;
}

void print_end(const Context& context, const Status& status) {
  const auto verdict = Client(context).verdict();
  if (verdict) {
    context.out("\n" + gates::render(*verdict, context.terminal.colour, context.terminal.columns));
  } else {
    context.err(
        "sluice: the verdict could not be read: " + printable(verdict.error().message, 400) + "\n");
  }
  const Tint tint = status.phase == Phase::done ? Tint::good : Tint::bad;
  context.out("\n" +
              tinted(how_it_went(status, context.terminal.columns), tint, context.terminal.colour) +
              "\n");
}

// The ledger remembers how a delivery ended that another one has taken the place of.
Exit end_of_replaced(const Context& context, const DeliveryId& delivery) {
  const auto service = context.read_service();
  if (!service) return Exit::undecided;
  const auto outcome = std::ranges::find(service->outcomes, delivery, &Outcome::delivery);
  if (outcome == service->outcomes.end()) return Exit::undecided;
  context.out(fmt::format("{} {}; a later delivery is under way: `sluice status`\n",
                          printable(delivery.text), in_words(outcome->phase)));
  return outcome->phase == Phase::done ? Exit::allowed : Exit::denied;
}

Exit take_leave(const Context& context, const DeliveryId& delivery, const Followed& followed) {
  switch (followed.farewell) {
    case Farewell::ended:
      print_end(context, followed.last);
      return followed.last.phase == Phase::done ? Exit::allowed : Exit::denied;
    case Farewell::left: return say_left(context, delivery, "takes it back");
    case Farewell::lost: return say_lost(context);
    case Farewell::replaced: return end_of_replaced(context, delivery);
    case Farewell::dropped:
      context.err(fmt::format(
          "sluice: {} never began: its request was dropped while {} went back; nothing of it was "
          "deployed\n",
          printable(delivery.text), printable(followed.last.delivery.text)));
      return Exit::denied;
  }
  return Exit::undecided;
}

Result<Exit> run_deliver(const Context& context, const Arguments& arguments) {
  const std::string contract = SLUICE_TRY(absolute_contract(arguments.text("CONTRACT")));
  const auto stored = SLUICE_TRY(store(context, contract));
  if (!stored) return Exit::usage;
  SLUICE_TRY(context.ensure_engine());
  const DeliverAnswer answer =
      SLUICE_TRY(Client(context).deliver(contract, *stored, arguments.has("supersede")));
  if (answer.delivery.empty()) return refused(context, answer.clauses);
  if (arguments.has("detach")) {
    context.out(
        fmt::format("{} is under way; `sluice status` shows it, `sluice abort` takes it back\n",
                    printable(answer.delivery.text)));
    return Exit::allowed;
  }
  return take_leave(context, answer.delivery, follow(context, answer.delivery));
}

}  // namespace

constinit const Command kDeliver{
    .group = "deliver",
    .name = "deliver",
    .operand = "CONTRACT",
    .summary = "carry the release to the end, or back",
    .help =
        "Takes the release of the contract through every environment, and shows how it goes. On a\n"
        "terminal the view is drawn in place; in a pipe there is a line for each change.\n"
        "Ctrl-C leaves the view, not the delivery: that goes on, and the exit code is 0.\n"
        "Exit codes: 0 done, 1 refused, rolled back or aborted, 2 the contract or sluice.yaml "
        "cannot\n"
        "be used, 3 contact with the engine was lost for more than 10 s.",
    .example = "sluice deliver work/releases/2026-11-24-storefront-release-contract.md",
    .options = kOptions,
    .run = run_deliver};

}  // namespace sluice::cli
