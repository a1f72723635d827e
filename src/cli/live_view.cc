#include "cli/live_view.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/figure.h"
#include "base/text.h"
#include "cli/figures.h"
#include "cli/styled_line.h"
#include "cli/waiting.h"

namespace sluice::cli {
namespace {

constexpr int kLabel = 20;       // where what follows a label begins
constexpr int kColumnsMin = 20;  // narrower than this nothing can be read anyway
constexpr int kNarrow = 100;     // below this, bars are short

// The lines drawn so far, and how wide they may be.
struct Page {
  int columns;
  bool colour;
  std::vector<std::string> lines;

  void add(const StyledLine& line) { lines.push_back(line.render(columns, colour)); }
  void gap() {
    if (!lines.empty() && !lines.back().empty()) lines.emplace_back();
  }
  // The label once, then the text, wrapped, each line beginning below the other.
  void labelled(std::string_view label, std::string_view text, Tint tint = Tint::plain,
                std::size_t lines_max = 4) {
    bool first = true;
    for (const std::string& part : wrap(text, std::max(columns - kLabel, 10), lines_max)) {
      StyledLine line(first ? label : "", Tint::dim);
      add(line.to_column(kLabel).add(part, tint));
      first = false;
    }
  }
};

Tint tint_of(Phase phase) {
  switch (phase) {
    case Phase::deploying:
    case Phase::shifting:
    case Phase::soaking:
    case Phase::smoking:
    case Phase::drilling:
    case Phase::validating:
    case Phase::finishing: return Tint::bold;
    case Phase::done: return Tint::good;
    case Phase::rolling_back:
    case Phase::rolled_back:
    case Phase::aborted: return Tint::bad;
  }
  return Tint::plain;
}

Tint tint_of(Reading reading) {
  switch (reading) {
    case Reading::healthy: return Tint::good;
    case Reading::breached: return Tint::bad;
    case Reading::no_data:
    case Reading::error: return Tint::careful;
  }
  return Tint::plain;
}

bool going_back(const Status& status) {
  return status.phase == Phase::rolling_back || status.phase == Phase::rolled_back;
}

std::string environment_text(const EnvironmentStatus& one) {
  if (one.passed) return one.name.text + " ✓";
  if (one.current || one.share != Share::none()) return one.name.text + " " + to_text(one.share);
  return one.name.text;
}

void draw_title(const Status& status, Page& page) {
  StyledLine line(status.service.text, Tint::bold);
  line.add("  ").add(status.delivery.text, Tint::bold);
  line.add("  ").add(in_words(status.phase), tint_of(status.phase));
  if (status.paused) line.add(", paused", Tint::careful);
  const Tick until = status.ended.unix_ms != 0 ? status.ended : status.now;
  if (status.started.unix_ms != 0 && until >= status.started) {
    const std::string took = duration_text(until - status.started);
    line.add(status.ended.unix_ms != 0 ? " after " + took : "  started " + took + " ago");
  }
  line.add("  ").add(status.release_id).add(" ").add(status.release_title);
  line.add("  " + status.release.brief(), Tint::dim);
  page.add(line);
}

void draw_environments(const Status& status, Page& page) {
  StyledLine line;
  for (const EnvironmentStatus& one : status.environments) {
    if (line.width() > 0) line.add(" → ", Tint::dim);
    const Tint tint = one.passed ? Tint::good : one.current ? Tint::bold : Tint::dim;
    line.add(environment_text(one), tint);
  }
  page.add(line);
}

void draw_stage(const Status& status, Page& page) {
  if (!status.delivering || status.stages == 0) return;
  const Share share = current_share(status);
  StyledLine line(status.phase == Phase::validating
                      ? std::string("validation")
                      : fmt::format("stage {} of {}", status.stage + 1, status.stages),
                  Tint::bold);
  if (!status.stage_name.empty() && status.phase != Phase::validating) {
    line.add(" \"" + printable(status.stage_name, 40) + "\"");
  }
  line.add("  share " + to_text(share));
  if (below_cap(status)) line.add(", cap " + to_text(status.stage_share), Tint::careful);
  line.add("  " + bar(share.fraction(), page.columns < kNarrow ? 10 : 20));
  const bool soaks = status.phase == Phase::soaking || status.phase == Phase::validating;
  if (soaks) {
    line.add(status.soak_left_ms > 0 ? "  soak left " + duration_text(status.soak_left_ms)
                                     : std::string("  soak over"));
  }
  page.add(line);
}

void draw_arm(std::string_view name, const ArmStatus& arm, Page& page) {
  StyledLine line(name, Tint::bold);
  line.to_column(10).add(rate_text(arm.requests_per_second));
  line.to_column(20).add(grouped(arm.counts.requests));
  line.to_column(31).add(
      part_text(arm.counts.errors, arm.counts.requests, arm.error_low, arm.error_high));
  line.to_column(56).add(part_text(arm.counts.over_target, arm.counts.requests, arm.over_target_low,
                                   arm.over_target_high));
  page.add(line);
}

void draw_arms(const Status& status, Page& page) {
  page.gap();
  StyledLine head;
  head.to_column(10).add("rate", Tint::dim).to_column(20).add("requests", Tint::dim);
  head.to_column(31).add("errors (interval)", Tint::dim);
  page.add(head.to_column(56).add("slower than p99 target", Tint::dim));
  draw_arm("canary", status.canary, page);
  if (status.judge.has_baseline) draw_arm("baseline", status.baseline, page);
}

void draw_evidence(const Status& status, Page& page) {
  const JudgeStatus& judge = status.judge;
  const int width = page.columns < kNarrow ? 10 : 20;
  std::string harm = bar(odds_fraction(judge.harm_odds, judge.harm_odds_line), width);
  harm += fmt::format(" {}; rolled back at {}", odds_text(judge.harm_odds),
                      odds_text(judge.harm_odds_line));
  if (!judge.blame.empty()) harm += ", by " + judge.blame;
  const bool harmful = judge.harm_odds >= judge.harm_odds_line;
  page.labelled("evidence of harm", harm, harmful ? Tint::bad : Tint::plain);
  std::string good = bar(odds_fraction(judge.promotion_odds, judge.promotion_odds_line), width);
  good += fmt::format(" {}; enough at {}", odds_text(judge.promotion_odds),
                      odds_text(judge.promotion_odds_line));
  if (!judge.promotion_missing.empty()) good += "; needed: " + judge.promotion_missing;
  if (status.delivering && !going_back(status)) page.labelled("evidence to promote", good);
  if (!judge.has_baseline) page.labelled("baseline", "none: judged against fixed targets");
  page.labelled("groups", judge.groups);
  const bool burns = status.standing.reason == Reason::budget_burning;
  page.labelled("burn rate", status.burn, burns ? Tint::bad : Tint::plain);
  page.labelled("beside the baseline", judge.latency);
  page.labelled("gauges", judge.gauges);
  page.labelled(judge.gauges.empty() ? "gauges" : "", judge.gauges_trouble, Tint::careful);
}

void draw_judge(const Status& status, Page& page) {
  const bool seen = status.canary.counts.requests > 0 || status.baseline.counts.requests > 0;
  if (!status.judge.judged || (!status.delivering && !seen)) return;
  draw_arms(status, page);
  draw_evidence(status, page);
}

void draw_triggers(const Status& status, Page& page) {
  if (!status.delivering) return;
  page.gap();
  bool first = true;
  for (const Trigger trigger : kTriggers) {
    const TriggerReading& reading = status.readings.of(trigger);
    StyledLine line(first ? "triggers" : "", Tint::dim);
    line.to_column(kLabel).add(to_text(trigger)).to_column(kLabel + 16);
    line.add(to_text(reading.reading), tint_of(reading.reading));
    const int width = std::max(page.columns - kLabel - 26, 10);
    const std::vector<std::string> evidence = wrap(reading.evidence, width, 2);
    if (!evidence.empty()) line.to_column(kLabel + 26).add(evidence[0]);
    page.add(line);
    if (evidence.size() > 1) page.add(StyledLine().to_column(kLabel + 26).add(evidence[1]));
    first = false;
  }
}

void draw_waiting(const Status& status, Page& page) {
  if (!status.delivering) return;
  page.gap();
  const Standing& standing = status.standing;
  std::string why = fmt::format("{}: {}", to_text(standing.reason), sentence(standing.reason));
  if (standing.since.unix_ms != 0 && status.now >= standing.since) {
    why += fmt::format(", for {}", duration_text(status.now - standing.since));
  }
  const bool careful = !counts_as_soak(standing.reason);
  page.labelled("standing still", why, careful ? Tint::careful : Tint::plain);
  page.labelled("", detail_of(status));
  page.labelled("", time_left(status), Tint::dim);
}

void draw_rollback(const Status& status, Page& page) {
  if (status.rollback.empty()) return;
  page.gap();
  page.labelled(status.delivering ? "rolling back" : "rolled back", status.rollback, Tint::bad, 8);
  if (status.canary.counts.requests > 0) {
    page.labelled("", "the canary had " + counts_text(status.canary.counts));
  }
  if (status.rollback_blocked && status.delivering) {
    page.labelled("", "BLOCKED: past its deadline; retries go on, the second way back is used",
                  Tint::bad);
  } else if (status.rollback_blocked) {
    page.labelled("", "it was blocked past its deadline, and the second way back was used");
  }
}

void draw_resisting(const Status& status, Page& page) {
  constexpr std::size_t kShown = 5;
  for (std::size_t i = 0; i < std::min(status.resisting.size(), kShown); ++i) {
    page.labelled(i == 0 ? "resisting" : "", status.resisting[i], Tint::careful, 2);
  }
  if (status.resisting.size() > kShown) {
    page.labelled("", fmt::format("and {} more", status.resisting.size() - kShown));
  }
}

}  // namespace

Share current_share(const Status& status) {
  for (const EnvironmentStatus& one : status.environments) {
    if (one.current) return one.share;
  }
  return Share::none();
}

bool below_cap(const Status& status) {
  const bool steered = status.phase == Phase::shifting || status.phase == Phase::soaking;
  const bool known = std::ranges::any_of(status.environments, &EnvironmentStatus::current);
  return status.delivering && steered && known && current_share(status) != status.stage_share;
}

std::string environments_text(const Status& status) {
  std::string out;
  for (const EnvironmentStatus& one : status.environments) {
    if (!out.empty()) out += " → ";
    out += printable(environment_text(one));
  }
  return out;
}

std::vector<std::string> draw(const Status& status, int columns, bool colour) {
  Page page{std::max(columns, kColumnsMin), colour, {}};
  if (status.delivery.empty()) {
    page.add(StyledLine(status.service.text, Tint::bold).add("  no delivery yet"));
  } else {
    draw_title(status, page);
    draw_environments(status, page);
    draw_stage(status, page);
    draw_judge(status, page);
    draw_triggers(status, page);
    draw_waiting(status, page);
    draw_rollback(status, page);
  }
  draw_resisting(status, page);
  if (!status.requested.empty()) {
    page.labelled("next", status.requested.text + " begins when this one has gone back");
  }
  page.labelled("adoption", status.adoption);
  return page.lines;
}

}  // namespace sluice::cli
