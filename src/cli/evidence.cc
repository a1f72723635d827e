// sluice evidence, evidence show, evidence revoke
#include "model/evidence.h"

#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/client.h"
#include "cli/command.h"
#include "cli/decider.h"
#include "cli/standpoint.h"
#include "codec/event_json.h"
#include "codec/json.h"

namespace sluice::cli {
namespace {

using codec::Json;

constexpr std::array<Option, 1> kListOptions{
    {{"--output", "text|json", "text", "how the list is written"}}};
constexpr std::array<Option, 1> kRevokeOptions{
    {{"--reason", "TEXT", "", "why nothing may rest on it any more"}}};

std::string standing_of(const EvidenceBook& book, const Evidence& evidence, Tick now) {
  const std::string why = why_not_valid(book, evidence.id, now);
  if (!why.empty()) return why;
  if (evidence.valid_until.unix_ms == 0) return "valid";
  return "valid until " + to_text(evidence.valid_until);
}

Json json_of(const EvidenceBook& book, const KeptEvidence& kept, Tick now) {
  Json json = codec::to_json(kept.evidence);
  json.set("name", evidence_name(kept.evidence.id));
  json.set("valid", why_not_valid(book, kept.evidence.id, now).empty());
  json.set("standing", standing_of(book, kept.evidence, now));
  return json;
}

Result<Exit> run_list(const Context& context, const Arguments& arguments) {
  const Service service = SLUICE_TRY(context.read_service());
  const Tick now = wall_clock();
  if (arguments.text("output") == "json") {
    Json::Array list;
    for (const KeptEvidence& kept : service.evidence.records) {
      list.push_back(json_of(service.evidence, kept, now));
    }
    context.out(Json(std::move(list)).dump() + "\n");
    return Exit::allowed;
  }
  if (service.evidence.records.empty()) context.out("the ledger holds no evidence\n");
  for (const KeptEvidence& kept : service.evidence.records) {
    const Evidence& evidence = kept.evidence;
    context.out(fmt::format("{} {:<11} about {} by {}, {}: {}\n", evidence_name(evidence.id),
                            to_text(evidence.kind), evidence.about.brief(),
                            printable(evidence.by, 80), to_text(evidence.observed),
                            standing_of(service.evidence, evidence, now)));
  }
  return Exit::allowed;
}

Result<const KeptEvidence*> find_one(const EvidenceBook& book, const std::string& id) {
  const auto matching = book.matching(id);
  if (matching.size() == 1) return matching.front();
  return fail(ErrorCode::not_found,
              fmt::format("{} evidence whose id begins with `{}`",
                          matching.empty() ? "there is no" : "there is more than one piece of",
                          printable(id, 80)));
}

void print_resting(const Context& context, const Service& service, const Digest& id) {
  if (!service.delivery) return;
  for (const auto& [clause, verdict] : service.delivery->clauses) {
    if (std::ranges::find(verdict.evidence, id) == verdict.evidence.end()) continue;
    context.out(fmt::format("carries      {} of {}\n", to_text(clause), service.delivery->id.text));
  }
}

Result<Exit> run_show(const Context& context, const Arguments& arguments) {
  const Service service = SLUICE_TRY(context.read_service());
  const KeptEvidence* kept = SLUICE_TRY(find_one(service.evidence, arguments.text("ID")));
  const Evidence& evidence = kept->evidence;
  const auto line = [&](std::string_view label, std::string_view text) {
    context.out(fmt::format("{:<12} {}\n", label, printable(text, 2'000)));
  };
  line("evidence", evidence_name(evidence.id) + ", " + std::string(to_text(evidence.kind)));
  line("about", "release " + evidence.about.hex);
  line("by", evidence.by);
  line("from", evidence.source);
  line("observed", to_text(evidence.observed));
  line("standing", standing_of(service.evidence, evidence, wall_clock()));
  line("bytes", "sha256:" + evidence.bytes.hex);
  for (const Assessed& one : evidence.assessed) {
    line(one.domain, fmt::format("{} ({}): {}", to_text(one.verdict), one.code, one.why));
  }
  print_resting(context, service, evidence.id);
  const std::string bytes = SLUICE_TRY(context.read_evidence(evidence.bytes));
  context.out(fmt::format("\n{}\n", printable(trim(bytes), 4'000)));
  return Exit::allowed;
}

Result<Exit> run_revoke(const Context& context, const Arguments& arguments) {
  const std::string reason = arguments.text("reason");
  if (trim(reason).empty()) {
    return fail(ErrorCode::invalid_input, "--reason: say why nothing may rest on it any more");
  }
  const LoadedPolicy policy = SLUICE_TRY(context.load_policy());
  const Client client = SLUICE_TRY(reach_engine(context, policy.policy));
  const Evidence revoked = SLUICE_TRY(client.revoke(arguments.text("ID"), reason));
  context.out(fmt::format("{} is revoked, and what rested on it falls: `sluice verdict` shows it\n",
                          evidence_name(revoked.id)));
  return Exit::allowed;
}

constexpr std::string_view kListHelp =
    "Lists every record of evidence in the ledger: what it is, about which release, by whom, when\n"
    "it was observed, and whether anything may still rest on it. Works without an engine.\n"
    "Exit codes: 0 listed, 3 the ledger cannot be read.";

}  // namespace

constinit const Command kEvidence{.group = "watch",
                                  .name = "evidence",
                                  .operand = "",
                                  .summary = "what verdicts rest on, and whether it is still valid",
                                  .help = kListHelp,
                                  .example = "sluice evidence --output json",
                                  .options = kListOptions,
                                  .run = run_list};

constinit const Command kEvidenceList{.group = "watch",
                                      .name = "evidence list",
                                      .operand = "",
                                      .summary = "the same",
                                      .help = kListHelp,
                                      .example = "sluice evidence list",
                                      .options = kListOptions,
                                      .run = run_list};

constinit const Command kEvidenceShow{
    .group = "watch",
    .name = "evidence show",
    .operand = "ID",
    .summary = "one piece of evidence, and its bytes as they were recorded",
    .help =
        "Shows one record, the clauses of the last delivery that rest on it, and its bytes, after "
        "they\n"
        "were compared with their digest. The beginning of an id suffices.\n"
        "Exit codes: 0 shown, 2 there is no such evidence, 3 its bytes were changed or cannot be "
        "read.",
    .example = "sluice evidence show E-3f9a00c1d2e4",
    .options = {},
    .run = run_show};

constinit const Command kEvidenceRevoke{
    .group = "steer",
    .name = "evidence revoke",
    .operand = "ID",
    .summary = "nothing may rest on it any more",
    .help =
        "Revokes one record, for good. Verdicts that rested on it are INCONCLUSIVE from now on, "
        "also\n"
        "those of deliveries that have ended; a delivery under way stops advancing, and goes back "
        "at\n"
        "its deadline. Approvals and exceptions are taken back in the same way.\n"
        "Exit codes: 0 revoked, 1 it was before, 2 there is no such evidence.",
    .example = "sluice evidence revoke E-3f9a00c1d2e4 --reason \"another build was scanned\"",
    .options = kRevokeOptions,
    .run = run_revoke};

}  // namespace sluice::cli
