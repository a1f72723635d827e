#include "judge/describe.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "base/figure.h"
#include "judge/exp_log.h"
#include "judge/latency_thresholds.h"

namespace sluice::judge {
namespace {

constexpr double kLnOddsMost = 41.4;  // about 10^18: more says no more

// Two significant digits: "5.1", "0.12", "57", "100", "0".
std::string percent(double fraction) {
  const double value = 100 * fraction;
  if (value <= 0) return "0";
  if (value >= 9.95) return fmt::format("{:.0f}", value);
  if (value < 0.0001) return "<0.0001";
  int decimals = 1;
  for (double step = 0.995; value < step && decimals < 6; step /= 10) ++decimals;
  std::string text = fmt::format("{:.{}f}", value, decimals);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

double part_of(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

// Two significant digits, as odds to one.
std::string odds(double ln_odds) {
  if (ln_odds >= kLnOddsMost) return "over 10^18 : 1";
  const double value = exp(ln_odds);
  if (value < 9.95) return fmt::format("{:.1f} : 1", value);
  double unit = 1;
  while (value / unit >= 99.5) unit *= 10;
  return grouped(static_cast<std::int64_t>(std::round(value / unit) * unit)) + " : 1";
}

std::string line(double ln_line) {
  return grouped(static_cast<std::int64_t>(std::round(exp(std::min(ln_line, kLnOddsMost))))) +
         " : 1";
}

std::string canary_words(const Counts& canary, std::int64_t bad, std::string_view what) {
  if (canary.requests == 0) return "no requests of the canary yet";
  const Interval interval = rate_interval(bad, canary.requests);
  return fmt::format("{} % of {} requests {} ({}–{} %)", percent(part_of(bad, canary.requests)),
                     grouped(canary.requests), what, percent(interval.low), percent(interval.high));
}

std::string compared_with(const Finding& finding, const Settings& settings, bool slow) {
  if (slow) return fmt::format("target at most {} %", percent(settings.over_target_share));
  if (!finding.concurrent) {
    return fmt::format("no baseline, target at most {} %", percent(settings.error_rate_target));
  }
  if (!finding.has_baseline) return "no requests of the baseline yet";
  return fmt::format("baseline {} % of {}",
                     percent(part_of(finding.baseline.errors, finding.baseline.requests)),
                     grouped(finding.baseline.requests));
}

// The odds of all metrics together stand beside the one that carries most of them; beside another
// they would read as if it were to blame.
std::string against(const Finding& finding, Trigger trigger) {
  if (finding.ln_harm <= 0) {
    return fmt::format("nothing speaks against the release, line {}", line(finding.ln_harm_line));
  }
  if (trigger != finding.blame) {
    const double alone = trigger == Trigger::p99 ? finding.ln_harm_slow : finding.ln_harm_error;
    if (alone <= 0) return "of this nothing speaks against the release";
    return fmt::format("of this alone odds {} against the release", odds(alone));
  }
  return fmt::format("odds {} against the release, line {}", odds(finding.ln_harm),
                     line(finding.ln_harm_line));
}

std::string progress(double ln_odds, double ln_line) {
  if (ln_odds >= ln_line) return "enough";
  if (ln_odds <= 0) return fmt::format("nothing of {}", line(ln_line));
  return fmt::format("odds {} of {}", odds(ln_odds), line(ln_line));
}

constexpr std::array<std::string_view, kQuantiles> kQuantileNames{"median", "p90", "p99", "p99.9"};

std::string_view why_not_compared(Comparison comparison) {
  switch (comparison) {
    case Comparison::not_counted:
      return "latency is not compared yet: that begins when the baseline has answered 1,000 "
             "requests";
    case Comparison::alone: return "there is no baseline beside it to compare its latency with";
    case Comparison::warming_up: return "latency is not compared in the canary's first minute";
    case Comparison::unequal_load:
      return "latency is not compared while the canary carries more than half of the traffic";
    case Comparison::compared: return "";
  }
  return "";
}

std::string latency_words(const LatencyFinding& latency, const OverMs& over_ms) {
  const std::size_t q = latency.quantile;
  const auto part = [q](const Ended& arm) { return percent(part_of(arm.over[q], arm.requests)); };
  return fmt::format(
      "{} % of the canary's {} requests took longer than {} ms, {} % of the baseline's {} longer "
      "than {} ms (its {} when that was drawn; {} points more are tolerated)",
      part(latency.canary), grouped(latency.canary.requests),
      grouped(over_ms_of_canary(over_ms[q])), part(latency.baseline),
      grouped(latency.baseline.requests), grouped(over_ms[q]), kQuantileNames[q],
      percent(kLatencyMargins[q]));
}

bool both_enough(const Finding& finding) {
  return finding.ln_promote_error >= finding.ln_promote_line &&
         finding.ln_promote_slow >= finding.ln_promote_line;
}

}  // namespace

std::string odds_words(double ln_odds, double ln_line) {
  return fmt::format("odds {} against the release, line {}", odds(ln_odds), line(ln_line));
}

std::string describe_harm(const Finding& finding, const Settings& settings, Trigger trigger) {
  if (trigger == Trigger::error_rate && finding.metric == Metric::traffic) {
    return fmt::format(
        "only {} of {} requests reached the canary, less than its share promises; {}",
        grouped(finding.canary.requests),
        grouped(finding.canary.requests + finding.baseline.requests), against(finding, trigger));
  }
  const bool slow = trigger == Trigger::p99;
  const std::int64_t bad = slow ? finding.canary.over_target : finding.canary.errors;
  const std::string_view what = slow ? "were over the p99 target" : "failed";
  return fmt::format("{}, {}; {}", canary_words(finding.canary, bad, what),
                     compared_with(finding, settings, slow), against(finding, trigger));
}

std::string describe_latency(const Finding& finding, const Settings& settings,
                             const OverMs& over_ms) {
  const LatencyFinding& latency = finding.latency;
  if (settings.latency_against_baseline == BaselineUse::off) {
    return "latency is not compared with the baseline's: sluice.yaml says so";
  }
  std::string out;
  if (latency.canary.requests > 0) {
    out = latency_words(latency, over_ms) + "; ";
    if (latency.comparison != Comparison::compared) {
      out += fmt::format("{}; ", why_not_compared(latency.comparison));
    }
  } else if (latency.comparison != Comparison::compared) {
    out = fmt::format("{}; ", why_not_compared(latency.comparison));
    if (latency.ln_worth == 0) return out.substr(0, out.size() - 2);
  } else {
    out = "latency is compared from the first whole second on; ";
  }
  out += latency.ln_worth <= 0 ? std::string("nothing says that the canary is slower")
                               : "odds " + odds(latency.ln_worth) + " that the canary is slower";
  if (settings.latency_against_baseline == BaselineUse::report) out += ", which is only reported";
  return out;
}

std::string describe_harm(const Finding& finding, const Settings& settings) {
  return describe_harm(finding, settings, finding.blame);
}

std::string describe_missing(const Finding& finding) {
  if (finding.breached) return "nothing can help: the release is breached";
  if (both_enough(finding)) {
    return finding.promotable ? "" : "odds of harm to fall below 10 : 1";
  }
  if (finding.requests_missing < 0) return "evidence does not grow; unknown how much is missing";
  const double missing = std::max(1.0, finding.requests_missing);
  double unit = 1;
  while (missing / unit >= 99.5) unit *= 10;
  return fmt::format("about {} more requests of the canary",
                     grouped(static_cast<std::int64_t>(std::ceil(missing / unit) * unit)));
}

std::string describe_promotion(const Finding& finding) {
  std::string out = fmt::format("error rate: {}; p99: {}",
                                progress(finding.ln_promote_error, finding.ln_promote_line),
                                progress(finding.ln_promote_slow, finding.ln_promote_line));
  if (const std::string missing = describe_missing(finding); !missing.empty()) {
    out += "; " + missing;
  }
  return out;
}

std::string describe_groups(const Finding& finding, const Settings& settings) {
  if (finding.leave_one_out) {
    return fmt::format("{} groups, judged without any one of them", settings.groups);
  }
  const std::string why =
      settings.groups < kGroupsMin
          ? fmt::format("{} groups needed, configured: {}", kGroupsMin, settings.groups)
          : fmt::format("fewer than {} of {} groups had requests", kGroupsMin, settings.groups);
  return fmt::format("leave-one-out is off: {}; trouble in {} different seconds needed", why,
                     kBadSecondsMin);
}

}  // namespace sluice::judge
