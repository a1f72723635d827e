// Summary: figures over many runs. Nothing is dropped: a run that came to no decision counts with
// all the requests of its horizon.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sluice::bench {

struct Limits {
  double low = 0;
  double high = 1;
};

// Clopper and Pearson: for the chance behind `hits` of `runs`; two-sided, 95 % by default.
[[nodiscard]] Limits clopper_pearson(std::int64_t hits, std::int64_t runs, double alpha = 0.05);

// The most hits that are no surprise: with that chance more than these come with a probability of
// at most `tail`.
[[nodiscard]] int hits_allowed(std::int64_t runs, double chance, double tail = 1e-6);

[[nodiscard]] double mean_of(const std::vector<double>& values);
// The value that a part `p` of all does not exceed, 0 < p <= 1.
[[nodiscard]] double quantile_of(std::vector<double> values, double p);
[[nodiscard]] double geometric_mean_of(const std::vector<double>& values);

[[nodiscard]] std::string short_number(double value);  // "4.2", "46", "3553", "16k", "1.1M"
[[nodiscard]] std::string percent(double fraction);    // "0", "0.3 %", "73 %"
// "0.3 % (0.1 to 0.9)"
[[nodiscard]] std::string share_text(std::int64_t hits, std::int64_t runs);

}  // namespace sluice::bench
