#include "judge/probe_hearing.h"

#include <algorithm>

#include <fmt/format.h>

#include "judge/describe.h"
#include "judge/exp_log.h"

namespace sluice::judge {
namespace {

constexpr std::int64_t kRoundMs = kSecondMs;
// Sluice looks many times a second. Where it did not, neither did much else on this machine run.
constexpr std::int64_t kAwayMs = kSecondMs;
constexpr double kLnStops = 2.302585092994046;  // ln 10, of odds times part of the budget

}  // namespace

ProbeHearing::ProbeHearing(const ProbeSettings& settings, Tick now)
    : ln_line_(-ln(settings.alpha)),
      ln_stop_(kLnStops - ln(settings.part)),
      evidence_(settings.planned_ms),
      round_began_(now),
      heard_at_(now) {}

void ProbeHearing::hear(const HealthChecks& canary, const HealthChecks& baseline, Tick now) {
  const bool away = now - heard_at_ > kAwayMs;
  heard_at_ = now;
  Round& round = rounds_.back();
  round.canary.answered += canary.answered;
  round.canary.failed += canary.failed;
  round.canary.after_good += canary.after_good;
  round.canary.failed_after_good += canary.failed_after_good;
  round.left_out = round.left_out || away || baseline.failed > 0;
  if (now - round_began_ < kRoundMs) return;
  end_round();
  round_began_ = now;
}

void ProbeHearing::end_round() {
  const bool left_out = std::ranges::any_of(rounds_, &Round::left_out);
  const HealthChecks& judged = rounds_[1].canary;
  std::int64_t failed = 0;
  std::int64_t checked = 0;
  if (!left_out) {
    failed = std::clamp<std::int64_t>(judged.failed_after_good, 0, judged.after_good);
    checked = judged.after_good;
    answered_ += judged.answered;
    failed_ += judged.failed;
  }
  evidence_.add_round(failed, checked, kRoundMs);
  breached_ = breached_ || evidence_.ln_worth() >= ln_line_;
  std::ranges::rotate(rounds_, rounds_.begin() + 1);
  rounds_.back() = {};
}

bool ProbeHearing::suspected() const { return evidence_.ln_worth() >= ln_stop_; }

std::string ProbeHearing::describe() const {
  return fmt::format("{} of its {} health checks failed, though never long enough in a row; {}",
                     failed_, answered_, odds_words(evidence_.ln_worth(), ln_line_));
}

}  // namespace sluice::judge
