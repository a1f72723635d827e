#include "gates/change_log_line.h"

#include <fmt/format.h>

#include "base/text.h"
#include "gates/findings.h"

namespace sluice::gates {
namespace {

// Letters that Markdown gives a meaning are escaped; everything unprintable became `?`.
std::string plain(std::string_view foreign, std::size_t max_bytes) {
  constexpr std::string_view kMarkup = "\\`*_[]<>#|!~&";
  std::string out;
  for (const char c : printable(trim(foreign), max_bytes)) {
    if (kMarkup.contains(c)) out += '\\';
    out += c;
  }
  return out;
}

std::string places(const Delivery& delivery, Phase outcome) {
  std::string out;
  for (std::size_t i = 0; i < delivery.plan.environments.size(); ++i) {
    const bool reached =
        outcome == Phase::done || (i < delivery.progress.size() && delivery.progress[i].touched);
    if (!reached) continue;
    out += (out.empty() ? "" : ", ") + plain(delivery.plan.environments[i].name.text, 60);
  }
  return out.empty() ? "no environment" : out;
}

std::string reason_back(const Delivery& delivery) {
  if (!delivery.rollback) return {};
  const RollbackStarted& back = *delivery.rollback;
  const std::string_view what =
      back.cause == Cause::trigger ? to_text(back.trigger) : to_text(back.cause);
  return fmt::format(" from {} ({})", plain(back.environment.text, 60), plain(what, 40));
}

// A release that stays though its validation is incomplete: the line must not look like the others.
std::string not_validated(const Delivery& delivery) {
  std::string clauses;
  for (const Clause clause : {Clause::post_health, Clause::post_error_rate,
                              Clause::post_performance, Clause::post_smoke}) {
    const auto decided = delivery.clauses.find(clause);
    if (decided == delivery.clauses.end() || decided->second.verdict != Verdict::fail) continue;
    clauses += (clauses.empty() ? "" : ", ") + plain(to_text(clause), 60);
  }
  return clauses.empty() ? "" : " though not validated (" + clauses + ")";
}

}  // namespace

std::string change_log_line(const Delivery& delivery, Phase outcome) {
  const Release& release = delivery.plan.release;
  std::string how;
  if (outcome == Phase::rolled_back) how = reason_back(delivery);
  if (outcome == Phase::done) how = not_validated(delivery);
  return fmt::format(
      "- {} **{}** {} {}, delivery {}: **{}**{}; in {}; contract {} {}", to_text(delivery.started),
      plain(release.id, 60), plain(release.title, 120), quoted(release.digest.brief()),
      plain(delivery.id.text, 60), plain(to_text(outcome), 20), how, places(delivery, outcome),
      quoted(delivery.plan.contract_file), quoted(delivery.plan.contract_revision.brief()));
}

}  // namespace sluice::gates
