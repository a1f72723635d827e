// sluice verdict
#include <algorithm>
#include <array>

#include "cli/client.h"
#include "cli/command.h"
#include "cli/standpoint.h"
#include "codec/event_json.h"
#include "gates/delivery_verdict.h"

namespace sluice::cli {
namespace {

constexpr std::array<Option, 1> kOptions{
    {{"--output", "text|json", "text", "how the verdict is written"}}};

// From the engine, or from the ledger when none runs: the same fold, the same verdict.
Result<DeliveryVerdict> find_verdict(const Context& context, const DeliveryId& delivery) {
  if (!delivery.empty()) {
    Service then = SLUICE_TRY(context.read_delivery(delivery));
    const Service now = SLUICE_TRY(context.read_service());
    then.evidence = now.evidence;  // what was lost since then counts
    return gates::verdict_of(then, wall_clock());
  }
  auto verdict = Client(context).verdict();
  if (verdict || verdict.error().code != ErrorCode::unavailable) return verdict;
  const Service service = SLUICE_TRY(context.read_service());
  if (!service.delivery) return fail(ErrorCode::not_found, "no delivery was ever started here");
  return gates::verdict_of(service, wall_clock());
}

Exit exit_of(const DeliveryVerdict& verdict) {
  const auto is = [&](Verdict wanted) {
    return std::ranges::any_of(verdict.clauses, [wanted](const ClauseVerdict& clause) {
      return clause.verdict == wanted && clause.code != kNotBuilt;
    });
  };
  if (verdict.overall == Verdict::fail || is(Verdict::fail)) return Exit::denied;
  return is(Verdict::inconclusive) ? Exit::undecided : Exit::allowed;
}

Result<Exit> run_verdict(const Context& context, const Arguments& arguments) {
  const DeliveryVerdict verdict =
      SLUICE_TRY(find_verdict(context, DeliveryId{arguments.text("DELIVERY")}));
  if (arguments.text("output") == "json") {
    context.out(codec::to_json(verdict).dump() + "\n");
  } else {
    context.out(gates::render(verdict, context.terminal.colour, context.terminal.columns));
  }
  return exit_of(verdict);
}

}  // namespace

constinit const Command kVerdict{
    .group = "watch",
    .name = "verdict",
    .operand = "[DELIVERY]",
    .summary = "PASS, FAIL or INCONCLUSIVE for every clause",
    .help =
        "The verdict of the delivery under way, or of the last one, clause by clause; with an id,\n"
        "of that one.\n"
        "Exit codes: 0 no clause fails or is open, 1 a clause fails, 3 a clause is open. Clauses\n"
        "that are not built yet are shown and change no exit code.",
    .example = "sluice verdict --output json",
    .options = kOptions,
    .run = run_verdict};

}  // namespace sluice::cli
