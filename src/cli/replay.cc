// sluice replay
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/standpoint.h"
#include "codec/event_json.h"
#include "codec/json.h"
#include "gates/delivery_verdict.h"
#include "replay/again.h"

namespace sluice::cli {
namespace {

using codec::Json;
using replay::Account;

constexpr std::size_t kPage = 5'000;
constexpr std::size_t kTextMost = 4'000;
// What a delivery was decided on becomes evidence a moment after its end.
constexpr std::int64_t kJustEndedMs = 10 * kSecondMs;
constexpr std::int64_t kWaitMs = 100;
constexpr int kWaits = 20;

constexpr std::array<Option, 1> kOptions{
    {{"--output", "text|json", "text", "how the account is written"}}};

Result<std::vector<Record>> read_records(const Context& context) {
  std::vector<Record> records;
  while (true) {
    std::vector<LogLine> page = SLUICE_TRY(context.read_log(records.size() + 1, kPage));
    for (LogLine& line : page) records.push_back({line.seq, line.at, std::move(line.event)});
    if (page.size() < kPage) return records;
  }
}

Result<Account> account_of(const Context& context, const DeliveryId& delivery) {
  const auto read = [&](const Digest& digest) { return context.read_evidence(digest); };
  for (int i = 0;; ++i) {
    const std::vector<Record> records = SLUICE_TRY(read_records(context));
    Account account = SLUICE_TRY(replay::decide_again(records, delivery, read));
    const bool just_ended = account.ended && wall_clock() - records.back().at < kJustEndedMs;
    if (account.missing.empty() || account.difference || !just_ended || i >= kWaits) {
      return account;
    }
    context.sleep(kWaitMs);
  }
}

Json json_of(const replay::EnvironmentAccount& one) {
  const auto number = [](std::uint64_t count) { return static_cast<std::int64_t>(count); };
  return Json(Json::Object{{"environment", one.environment.text},
                           {"parts", number(one.parts)},
                           {"bytes", number(one.bytes)},
                           {"looks", number(one.looks)},
                           {"requests", number(one.requests)},
                           {"entries_alike", number(one.entries)},
                           {"findings_alike", number(one.findings)}});
}

std::string_view result_of(const Account& account) {
  if (account.difference) return "different";
  return account.missing.empty() ? "alike" : "missing";
}

std::string as_json(const Account& account) {
  Json::Array environments;
  for (const auto& one : account.environments) environments.push_back(json_of(one));
  Json::Array missing;
  for (const replay::Missing& one : account.missing) {
    missing.push_back(Json(Json::Object{{"from_seq", static_cast<std::int64_t>(one.from)},
                                        {"to_seq", static_cast<std::int64_t>(one.to)},
                                        {"why", one.why}}));
  }
  Json json(Json::Object{{"delivery", account.delivery.text},
                         {"result", result_of(account)},
                         {"ended", account.ended},
                         {"environments", std::move(environments)},
                         {"entries_from_outside", static_cast<std::int64_t>(account.taken)},
                         {"missing", std::move(missing)}});
  if (const auto& difference = account.difference) {
    json.set("difference", Json(Json::Object{{"seq", static_cast<std::int64_t>(difference->seq)},
                                             {"at_unix_ms", difference->at.unix_ms},
                                             {"where", difference->where},
                                             {"expected", difference->expected},
                                             {"found", difference->found}}));
  }
  json.set("verdict", codec::to_json(account.verdict));
  return json.dump() + "\n";
}

void print_environment(const Context& context, const replay::EnvironmentAccount& one) {
  context.out(
      fmt::format("{:<14} {} looks at {} requests, {} bytes of kept counts; the same: {} "
                  "entries of the ledger, {} findings of the judge\n",
                  printable(one.environment.text, 40), one.looks, one.requests, one.bytes,
                  one.entries, one.findings));
}

void print_missing(const Context& context, const replay::Missing& one) {
  const std::string entries = one.from == one.to
                                  ? fmt::format("entry {}", one.from)
                                  : fmt::format("entries {} to {}", one.from, one.to);
  context.out(fmt::format("not decided    {}: {}\n", entries, printable(one.why, 400)));
}

void print(const Context& context, const Account& account) {
  for (const auto& one : account.environments) print_environment(context, one);
  if (const auto& different = account.difference) {
    context.out(fmt::format(
        "DIFFERENT      at entry {}, {}: {}\n  expected  {}\n  found     {}\n", different->seq,
        to_text(different->at), printable(different->where, 200),
        printable(different->expected, kTextMost), printable(different->found, kTextMost)));
    return;
  }
  for (const replay::Missing& one : account.missing) print_missing(context, one);
  context.out(fmt::format("{:<14} {}\n", account.ended ? "verdict" : "so far",
                          gates::summary_line(account.verdict)));
  if (!account.missing.empty()) return;
  const std::string others =
      account.taken == 0 ? std::string()
                         : fmt::format("; {} more came from people, or from engines that took over",
                                       account.taken);
  context.out(
      fmt::format("{} was decided again from what was seen, and every entry is the same to "
                  "the last byte{}\n",
                  account.delivery.text, others));
}

Result<Exit> run_replay(const Context& context, const Arguments& arguments) {
  const Account account = SLUICE_TRY(account_of(context, DeliveryId{arguments.text("DELIVERY")}));
  if (arguments.text("output") == "json") {
    context.out(as_json(account));
  } else {
    print(context, account);
  }
  if (account.difference) return Exit::denied;
  return account.missing.empty() ? Exit::allowed : Exit::undecided;
}

}  // namespace

constinit const Command kReplay{
    .group = "watch",
    .name = "replay",
    .operand = "DELIVERY",
    .summary = "decide a delivery again, from the counts that were kept, and compare",
    .help =
        "Gives the counts that the judge saw, with everything else that was seen, to the same "
        "judge\n"
        "and the same rules, and compares every entry that comes of it with the ledger, byte for\n"
        "byte: shares, readings, evidence, verdicts. Reads the ledger and the evidence store, and\n"
        "changes nothing. Works without an engine.\n"
        "Exit codes: 0 everything is the same, 1 something differs (the first place is shown), 3\n"
        "counts are missing: the delivery is under way, or they were lost, and it is said which.",
    .example = "sluice replay D-0002 --output json",
    .options = kOptions,
    .run = run_replay};

}  // namespace sluice::cli
