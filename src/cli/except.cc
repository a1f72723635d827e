// sluice except
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/client.h"
#include "cli/command.h"
#include "cli/complaints.h"
#include "cli/contract_path.h"
#include "cli/decider.h"
#include "cli/until.h"
#include "model/clause.h"
#include "model/evidence.h"

namespace sluice::cli {
namespace {

constexpr std::array<Option, 3> kOptions{
    {{"--clause", "ID", "", "the INCONCLUSIVE clause that is decided, such as pre.flags"},
     {"--reason", "TEXT", "", "why this may go out although the clause is open"},
     {"--until", "DATE", "", "the last day on which it counts: 2026-12-31, in UTC"}}};

Result<ExceptionOrder> read_order(const Arguments& arguments) {
  ExceptionOrder order;
  order.contract = SLUICE_TRY(absolute_contract(arguments.text("CONTRACT")));
  const std::string clause = arguments.text("clause");
  if (clause.empty()) {
    return fail(ErrorCode::invalid_input,
                "--clause: name the open clause, such as progression.health");
  }
  const auto known = find_clause(clause);
  if (!known) {
    return fail(ErrorCode::invalid_input,
                fmt::format("--clause: there is no clause `{}`", printable(clause, 80)));
  }
  order.clause = *known;
  order.reason = arguments.text("reason");
  if (trim(order.reason).empty()) {
    return fail(ErrorCode::invalid_input, "--reason: say why this may go out");
  }
  const auto until = end_of_day(arguments.text("until"));
  if (!until) {
    return fail(ErrorCode::invalid_input, "--until: write the day as YYYY-MM-DD");
  }
  order.until = *until;
  return order;
}

Result<Exit> run_except(const Context& context, const Arguments& arguments) {
  const ExceptionOrder order = SLUICE_TRY(read_order(arguments));
  const LoadedPolicy policy = SLUICE_TRY(context.load_policy());
  if (print_complaints(context, policy.complaints)) return Exit::usage;
  const LoadedContract read = SLUICE_TRY(context.load_contract(order.contract));
  if (print_complaints(context, read.complaints)) return Exit::usage;
  const Client client = SLUICE_TRY(reach_engine(context, policy.policy));
  const Exception exception = SLUICE_TRY(client.except(order, read));
  context.out(fmt::format("{} decided {} for release {} until {}: {}\n",
                          printable(exception.name, 80), to_text(exception.clause),
                          exception.release.brief(), to_text(order.until),
                          evidence_name(exception.evidence)));
  return Exit::allowed;
}

}  // namespace

constinit const Command kExcept{
    .group = "deliver",
    .name = "except",
    .operand = "CONTRACT",
    .summary = "decide one open clause, with a reason and an end",
    .help =
        "Records your decision that this release may go out although one clause is INCONCLUSIVE. "
        "The\n"
        "clause is then shown as PASS by exception, and counted as such. A FAIL, security and the\n"
        "clauses of an emergency cannot be decided. You need the clause's domain in sluice.yaml, "
        "and\n"
        "must not be an author of the release. It is bound to the release and to what the gate "
        "found:\n"
        "another finding needs another decision.\n"
        "Exit codes: 0 recorded, 1 you may not, or nobody may.",
    .example =
        "sluice except work/releases/x.md --clause progression.health --reason \"no load in "
        "staging\" "
        "--until 2026-12-31",
    .options = kOptions,
    .run = run_except};

}  // namespace sluice::cli
