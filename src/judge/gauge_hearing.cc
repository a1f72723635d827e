#include "judge/gauge_hearing.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/figure.h"
#include "base/text.h"
#include "judge/describe.h"
#include "judge/exp_log.h"

namespace sluice::judge {
namespace {

constexpr std::int64_t kWarmUpMs = kMinuteMs;
constexpr double kShareMost = 0.5;
constexpr double kLnStops = 2.302585092994046;  // ln 10, of odds times part of the budget
constexpr std::size_t kNameMost = 80;
// From so many samples that count as one on, the words say why the odds do not grow.
constexpr double kPersistenceTold = 2;

std::size_t index(Slot slot) { return static_cast<std::size_t>(slot); }

GaugeStanding standing_of(const GaugeFooting& footing, const std::optional<Tick>& met_at,
                          Tick now) {
  if (!footing.concurrent) return GaugeStanding::alone;
  if (!met_at) return GaugeStanding::no_traffic;
  if (footing.share <= 0) return GaugeStanding::share_unknown;
  if (footing.share > kShareMost) return GaugeStanding::unequal_load;
  return now - *met_at < kWarmUpMs ? GaugeStanding::warming_up : GaugeStanding::compared;
}

std::string_view why_not(GaugeStanding standing) {
  switch (standing) {
    case GaugeStanding::alone: return "there is no baseline beside the canary";
    case GaugeStanding::no_traffic: return "no request has reached the canary yet";
    case GaugeStanding::warming_up: return "the canary's first minute with traffic";
    case GaugeStanding::share_unknown: return "no share of the traffic is known to be routed to it";
    case GaugeStanding::unequal_load: return "the canary has more than half of the traffic";
    case GaugeStanding::compared: break;
  }
  return "no sample has come yet";
}

bool usable(const std::vector<double>& values) {
  return values.size() <= kGaugeUnitsMost &&
         std::ranges::all_of(values, [](double one) { return std::isfinite(one); });
}

std::string range(const std::vector<double>& values) {
  const auto [least, most] = std::ranges::minmax(values);
  const std::string low = figure_text(least);
  const std::string high = figure_text(most);
  return low == high ? low : fmt::format("{} to {}", low, high);
}

std::string number_of(std::size_t processes) {
  return processes == 1 ? std::string("1 process") : fmt::format("{} processes", processes);
}

std::string values_in_words(const std::vector<double>& canary,
                            const std::vector<double>& baseline) {
  if (canary.empty() || baseline.size() < kGaugeBaselineLeast) {
    return fmt::format("too few processes to compare, {} beside {} of the baseline, which needs {}",
                       canary.size(), baseline.size(), kGaugeBaselineLeast);
  }
  return fmt::format("{} in {} beside {} in {} of the baseline", range(canary),
                     number_of(canary.size()), range(baseline), number_of(baseline.size()));
}

}  // namespace

GaugeHearing::GaugeHearing(const GaugeSettings& settings)
    : use_(settings.use),
      ln_line_(-ln(settings.alpha)),
      ln_stop_(kLnStops - ln(settings.part)),
      planned_ms_(settings.planned_ms) {}

void GaugeHearing::follow(const GaugeFooting& footing, Tick now) {
  footing_ = footing;
  if (footing.met && !met_at_) met_at_ = now;
  standing_ = standing_of(footing_, met_at_, now);
}

void GaugeHearing::hear(const GaugeSample& sample) {
  if (gauges_.empty()) {
    for (const GaugeValues& one : sample.gauges) {
      if (gauges_.size() == kGaugesMost) break;
      gauges_.push_back({printable(one.name, kNameMost), {}, {}, GaugeEvidence(planned_ms_)});
    }
  }
  const std::int64_t elapsed_ms =
      sampled_at_ ? std::clamp<std::int64_t>(sample.at - *sampled_at_, 0, kDayMs) : 0;
  sampled_at_ = sample.at;
  compare(sample, elapsed_ms);
  decide();
}

void GaugeHearing::compare(const GaugeSample& sample, std::int64_t elapsed_ms) {
  const bool compared = standing_ == GaugeStanding::compared;
  for (std::size_t i = 0; i < gauges_.size(); ++i) {
    Gauge& gauge = gauges_[i];
    const bool there = compared && i < sample.gauges.size();
    const bool good = there && std::ranges::all_of(sample.gauges[i].by_slot, usable);
    if (!good) {
      gauge.evidence.add({}, {}, elapsed_ms);  // time goes on
      continue;
    }
    gauge.canary = sample.gauges[i].by_slot[index(footing_.canary)];
    gauge.baseline = sample.gauges[i].by_slot[index(other(footing_.canary))];
    gauge.evidence.add(gauge.canary, gauge.baseline, elapsed_ms);
    compared_ = true;
  }
}

void GaugeHearing::decide() {
  double sum = 0;
  std::vector<double> worth;
  for (const Gauge& gauge : gauges_) {
    worth.push_back(gauge.evidence.ln_worth());
    sum += exp(worth.back());
  }
  if (worth.empty()) return;
  most_ = static_cast<std::size_t>(std::ranges::max_element(worth) - worth.begin());
  ln_worth_ = ln(sum / static_cast<double>(worth.size()));
  breached_ = breached_ || (use_ == BaselineUse::rollback && ln_worth_ >= ln_line_);
}

bool GaugeHearing::awaits_samples() const { return standing_ == GaugeStanding::compared; }

bool GaugeHearing::suspected() const {
  return use_ == BaselineUse::rollback && ln_worth_ >= ln_stop_;
}

std::string GaugeHearing::describe() const {
  if (!compared_) {
    return fmt::format("gauges are not compared with the baseline's: {}", why_not(standing_));
  }
  const Gauge& gauge = gauges_[most_];
  std::string out =
      fmt::format("{}: {}", gauge.name, values_in_words(gauge.canary, gauge.baseline));
  if (standing_ != GaugeStanding::compared) {
    out += fmt::format("; not compared now: {}", why_not(standing_));
  }
  if (gauge.evidence.persistence() >= kPersistenceTold) {
    out +=
        fmt::format("; the baseline's own processes differ for long: {:.0f} samples count as one",
                    gauge.evidence.persistence());
  }
  if (ln_worth_ <= 0) return out + "; nothing speaks against the release";
  out += "; " + odds_words(ln_worth_, ln_line_);
  if (use_ == BaselineUse::report) out += ", which is only reported";
  return out;
}

}  // namespace sluice::judge
