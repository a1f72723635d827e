// sluice explain
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/figures.h"
#include "cli/standpoint.h"
#include "cli/styled_line.h"
#include "cli/waiting.h"

namespace sluice::cli {
namespace {

constexpr int kIndent = 20;

// Lines of "label   text", wrapped below themselves.
struct Account {
  int columns;
  bool colour;
  std::string text;

  void say(std::string_view label, std::string_view words, Tint tint = Tint::plain) {
    bool first = true;
    for (const std::string& part : wrap(words, std::max(columns - kIndent, 20))) {
      StyledLine line(first ? label : "", Tint::dim);
      line.to_column(kIndent).add(part, tint);
      text += line.render(std::max(columns, kIndent + 20), colour) + "\n";
      first = false;
    }
  }
};

std::string for_how_long(const Status& status) {
  const Standing& standing = status.standing;
  if (standing.since.unix_ms == 0) return {};
  std::string out = to_text(standing.since);
  if (status.now >= standing.since) {
    out += fmt::format(", {} ago", duration_text(status.now - standing.since));
  }
  return out;
}

std::string deadline_text(const Status& status) {
  const Standing& standing = status.standing;
  if (standing.deadline.unix_ms == 0) {
    return status.phase == Phase::rolling_back ? "none: the way back is tried without end"
                                               : "none: nothing happens by itself";
  }
  return fmt::format("{}; {}", to_text(standing.deadline), time_left(status));
}

void explain_wait(const Status& status, Account& account) {
  const Standing& standing = status.standing;
  account.say("reason", fmt::format("{}: {}", to_text(standing.reason), sentence(standing.reason)),
              Tint::bold);
  account.say("in detail", detail_of(status));
  account.say("since", for_how_long(status));
  account.say("ends with", what_ends(standing.reason));
  account.say("deadline", deadline_text(status));
}

void explain_triggers(const Status& status, Account& account) {
  for (const Trigger trigger : kTriggers) {
    const TriggerReading& reading = status.readings.of(trigger);
    account.say(to_text(trigger),
                fmt::format("{}{}{}", to_text(reading.reading),
                            reading.evidence.empty() ? "" : ": ", reading.evidence));
  }
}

void explain_judge(const Status& status, Account& account) {
  const JudgeStatus& judge = status.judge;
  if (!judge.judged) return;
  account.say("evidence of harm",
              fmt::format("{}; the release is rolled back at {}", odds_text(judge.harm_odds),
                          odds_text(judge.harm_odds_line)));
  account.say(
      "evidence to promote",
      fmt::format("{}; enough at {}{}{}", odds_text(judge.promotion_odds),
                  odds_text(judge.promotion_odds_line),
                  judge.promotion_missing.empty() ? "" : "; needed: ", judge.promotion_missing));
  account.say("burn rate", status.burn);
  account.say("gauges", judge.gauges);
  account.say(judge.gauges.empty() ? "gauges" : "", judge.gauges_trouble, Tint::careful);
}

void explain_rollback(const Status& status, Account& account) {
  account.say("why it went back", status.rollback, Tint::bad);
  account.say("canary", counts_text(status.canary.counts));
  account.say("baseline", counts_text(status.baseline.counts));
}

std::string account_of(const Status& status, bool live, const Terminal& terminal) {
  Account account{terminal.columns, terminal.colour, {}};
  if (status.delivery.empty()) {
    account.say("delivery", "none was ever started here");
    account.say("adoption", status.adoption);
    return account.text;
  }
  account.say("delivery", fmt::format("{} of {} {}: {}", status.delivery.text, status.release_id,
                                      status.release_title, in_words(status.phase)));
  if (!status.rollback.empty()) explain_rollback(status, account);
  if (status.delivering) explain_wait(status, account);
  if (status.delivering && live) {
    explain_triggers(status, account);
    explain_judge(status, account);
  }
  for (const std::string& one : status.resisting) account.say("resisting", one, Tint::careful);
  if (!status.requested.empty()) {
    account.say("next", status.requested.text + " begins when this one has gone back");
  }
  account.say("adoption", status.adoption);
  return account.text;
}

Result<Exit> run_explain(const Context& context, const Arguments& arguments) {
  const Standpoint standpoint = SLUICE_TRY(look(context, DeliveryId{arguments.text("DELIVERY")}));
  context.err(notice(standpoint));
  context.out(account_of(standpoint.status, standpoint.live, context.terminal));
  return Exit::allowed;
}

}  // namespace

constinit const Command kExplain{
    .group = "watch",
    .name = "explain",
    .operand = "[DELIVERY]",
    .summary = "why it stands still, what ends that, and what happens otherwise",
    .help =
        "Says the reason for standing still, since when, what ends the wait and what happens at\n"
        "its deadline; then what each trigger reads and on what evidence. After a rollback:\n"
        "what caused it, and what was counted.\n"
        "Exit codes: 0 shown, whatever it shows, 2 there is no such delivery, 3 the ledger cannot "
        "be\n"
        "read.",
    .example = "sluice explain",
    .options = {},
    .run = run_explain};

}  // namespace sluice::cli
