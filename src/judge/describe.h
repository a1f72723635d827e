// Describe: a finding in one line for people: what was counted and how sure that is, the odds
// against the release beside the line at which it goes back, and what promotion still needs.
#pragma once

#include <cstdint>
#include <string>

#include "judge/judge.h"

namespace sluice::judge {

// "5.1 % of 412 requests failed (2.1–9.8 %), baseline 0.1 % of 8,023; odds 4,200 : 1 against the
// release, line 1,000 : 1". Lost requests are told with the error rate. Of the metric of that
// trigger, which is error_rate or p99; the odds are those of the metric's own evidence together
// with the other's, which alone are decided on.
[[nodiscard]] std::string describe_harm(const Finding& finding, const Settings& settings,
                                        Trigger trigger);
// Of the metric that is to blame.
[[nodiscard]] std::string describe_harm(const Finding& finding, const Settings& settings);

// "odds 4,200 : 1 against the release, line 1,000 : 1"; both as logarithms.
[[nodiscard]] std::string odds_words(double ln_odds, double ln_line);

// Latency against the baseline, of the quantile that speaks most against the canary: "83 % of the
// canary's 412 requests took longer than 23 ms, 50 % of the baseline's 8,023 longer than 21 ms (its
// median when that was drawn; 10 points more are tolerated); odds 7.1 : 1 that the canary is
// slower"; or why the two are not compared. `over_ms`: the thresholds now.
[[nodiscard]] std::string describe_latency(const Finding& finding, const Settings& settings,
                                           const OverMs& over_ms);

// "error rate: odds 12 : 1 of 20 : 1; p99: enough; about 310 more requests of the canary"
[[nodiscard]] std::string describe_promotion(const Finding& finding);

// "about 310 more requests of the canary"; empty where nothing is missing.
[[nodiscard]] std::string describe_missing(const Finding& finding);

// "leave-one-out" on or off, and why.
[[nodiscard]] std::string describe_groups(const Finding& finding, const Settings& settings);

}  // namespace sluice::judge
