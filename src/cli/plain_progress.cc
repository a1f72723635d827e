#include "cli/plain_progress.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/figures.h"
#include "cli/live_view.h"
#include "cli/waiting.h"

namespace sluice::cli {
namespace {

std::string where(const Status& status) {
  std::string out = printable(status.environment.text);
  if (status.phase == Phase::validating) return out + " validation";
  if (status.stages > 0) out += fmt::format(" stage {} of {}", status.stage + 1, status.stages);
  return out;
}

bool stands_elsewhere(const Status& before, const Status& now) {
  return before.phase != now.phase || before.environment != now.environment ||
         before.stage != now.stage;
}

bool stands_for_another_reason(const Status& before, const Status& now) {
  return before.standing.reason != now.standing.reason;
}

std::string state_line(const Status& now) {
  if (!now.delivering) return fmt::format("{}: {}", in_words(now.phase), environments_text(now));
  if (now.phase == Phase::rolling_back) return "rolling back: " + printable(now.rollback, 1'000);
  return fmt::format("{}: {} ({})", where(now), in_words(now.phase), environments_text(now));
}

std::string reason_line(const Status& now) {
  std::string out = fmt::format("standing still: {}: {}", to_text(now.standing.reason),
                                sentence(now.standing.reason));
  if (!now.standing.detail.empty()) out += fmt::format(" ({})", printable(now.standing.detail));
  const std::string left = time_left(now);
  return left.empty() ? out : out + "; " + left;
}

std::string judged_text(const Status& now) {
  if (!now.judge.judged) return {};
  std::string out =
      fmt::format("; canary {}{}, errors {}",
                  now.canary.requests_per_second ? rate_text(now.canary.requests_per_second) + ", "
                                                 : std::string(),
                  counts_text(now.canary.counts),
                  part_text(now.canary.counts.errors, now.canary.counts.requests,
                            now.canary.error_low, now.canary.error_high));
  out += fmt::format("; harm {} of {}", odds_text(now.judge.harm_odds),
                     odds_text(now.judge.harm_odds_line));
  if (!now.judge.promotion_missing.empty()) {
    out += "; needed: " + printable(now.judge.promotion_missing);
  }
  return out;
}

std::string progress_line(const Status& now) {
  std::string out = fmt::format("{}: {}", where(now), to_text(now.standing.reason));
  if (below_cap(now)) {
    out += fmt::format(", share {} of at most {}", to_text(current_share(now)),
                       to_text(now.stage_share));
  }
  if (now.soak_left_ms > 0) out += ", soak left " + duration_text(now.soak_left_ms);
  return out + judged_text(now);
}

// What is newly in the way.
void tell_resistance(const Status* before, const Status& now, std::vector<std::string>& lines) {
  for (const std::string& one : now.resisting) {
    const bool known =
        before != nullptr && std::ranges::find(before->resisting, one) != before->resisting.end();
    if (!known) lines.push_back("resisting: " + printable(one, 400));
  }
}

std::vector<std::string> changes(const Status* before, const Status& now) {
  std::vector<std::string> lines;
  const bool moved = before == nullptr || stands_elsewhere(*before, now);
  if (moved) lines.push_back(state_line(now));
  const bool turned = moved || stands_for_another_reason(*before, now);
  // While the new state already says it, the reason would say it twice.
  const bool says_more = now.standing.reason != Reason::soaking;
  if (now.delivering && turned && says_more) lines.push_back(reason_line(now));
  if (now.rollback_blocked && (before == nullptr || !before->rollback_blocked)) {
    lines.emplace_back("the rollback is BLOCKED: past its deadline; retries go on");
  }
  tell_resistance(before, now, lines);
  return lines;
}

}  // namespace

Telling tell(const Told& told, const Status& now) {
  Telling telling;
  telling.lines = changes(told.last ? &*told.last : nullptr, now);
  const bool due = now.now - told.at >= kProgressMs;
  if (telling.lines.empty() && now.delivering && due) telling.lines.push_back(progress_line(now));
  const std::string prefix = fmt::format("{} {} ", to_text(now.now), printable(now.delivery.text));
  for (std::string& line : telling.lines) line = prefix + line;
  telling.told.last = now;
  telling.told.at = telling.lines.empty() ? told.at : now.now;
  return telling;
}

}  // namespace sluice::cli
