// Series: metrics of real services (the Numenta Anomaly Benchmark's CSV files), anomalies and all,
// as the course of the error rate of both arms. A release that follows such a course beside its
// baseline is healthy, whatever the series does.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bench/harm.h"

namespace sluice::bench {

struct Series {
  std::string name;
  std::vector<double> course;  // values over their mean, within [0, 300]
};

// Every *.csv of the folder, by name: a line of heads, then lines of `time,value`; what is no
// number is left out, and so are series whose mean is not above 0. At most 100 files of 100,000
// values. Empty where there is no such folder.
[[nodiscard]] std::vector<Series> read_series(const std::filesystem::path& folder);

// An hour at a random place of each series, 1,000 requests a second, 0.1 % errors on average: in
// how many runs each method takes the release back.
[[nodiscard]] std::string series_table(const std::vector<Series>& all,
                                       const std::vector<Method>& methods, const Effort& effort);

}  // namespace sluice::bench
